-- Which sale is which line, of the newest run of a day: by stretches of 1,024 lines (line >> 10), two numbers a pair and no
-- row of its own for each of a million pairs. What needs a line of its own reads it by the view.
CREATE TABLE ppob_matched_stretch (
    run_id bigint NOT NULL,
    file_id bigint NOT NULL,
    stretch integer NOT NULL,
    lines integer[] NOT NULL,
    transactions bigint[] NOT NULL,
    CONSTRAINT stretch_has_pairs CHECK (cardinality(lines) > 0 AND cardinality(lines) = cardinality(transactions)),
    CONSTRAINT stretch_pairs_are_whole CHECK (
        array_position(lines, NULL) IS NULL AND array_position(transactions, NULL) IS NULL)
);
-- A few kilobytes a row that hardly shrink: packing them would cost more than it saves.
ALTER TABLE ppob_matched_stretch ALTER COLUMN lines SET STORAGE EXTERNAL;
ALTER TABLE ppob_matched_stretch ALTER COLUMN transactions SET STORAGE EXTERNAL;
CREATE INDEX matched_stretch_of_run ON ppob_matched_stretch (run_id, file_id, stretch);

INSERT INTO ppob_matched_stretch (run_id, file_id, stretch, lines, transactions)
SELECT run_id, file_id, line >> 10, array_agg(line ORDER BY line), array_agg(transaction_id ORDER BY line)
  FROM ppob_matched_pair GROUP BY 1, 2, 3;
DROP TABLE ppob_matched_pair;
ALTER TABLE ppob_matched_stretch ADD FOREIGN KEY (run_id) REFERENCES ppob_reconciliationrun (id) DEFERRABLE INITIALLY DEFERRED;
CREATE VIEW ppob_matched_pair AS
SELECT s.run_id, p.transaction_id, s.file_id, p.line
  FROM ppob_matched_stretch s CROSS JOIN LATERAL unnest(s.lines, s.transactions) AS p(line, transaction_id);

-- The guards as they were on the pairs: once a statement and run.
CREATE TRIGGER signed_new AFTER INSERT ON ppob_matched_stretch REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION recon_pair_guard();
CREATE TRIGGER signed_gone AFTER DELETE ON ppob_matched_stretch REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION recon_pair_guard();
CREATE TRIGGER never_changed BEFORE UPDATE ON ppob_matched_stretch
    FOR EACH ROW EXECUTE FUNCTION core_append_only();

-- What a file is never changes, the days of its lines among it.
CREATE OR REPLACE FUNCTION recon_file_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A settlement file stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.uuid, NEW.biller_id, NEW.sha256, NEW.size, NEW.received_at, NEW.lines, NEW.rejected, NEW.amount,
        NEW.closing, NEW.business_on, NEW.first_on, NEW.last_on)
       IS DISTINCT FROM (OLD.id, OLD.uuid, OLD.biller_id, OLD.sha256, OLD.size, OLD.received_at, OLD.lines, OLD.rejected,
        OLD.amount, OLD.closing, OLD.business_on, OLD.first_on, OLD.last_on) THEN
        RAISE EXCEPTION 'What a settlement file is never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM recon_refuse_signed(OLD.biller_id, OLD.business_on);
    RETURN NEW;
END $$;

-- What came a moment ago is compared next, before autovacuum has counted it: a plan that thinks of it as nothing is the wrong
-- one for a million lines. The application owns no table, so it may not count by itself. A small sample, and no waiting.
CREATE FUNCTION recon_count_lines(p_partition text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET default_statistics_target = 10 AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'public.ppob_settlement_line'::regclass
                                             AND inhrelid = to_regclass(format('public.%I', p_partition))) THEN
        RAISE EXCEPTION '% holds no lines', p_partition USING ERRCODE = 'undefined_table';
    END IF;
    EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I (staged_at, file_id, business_on, reason, noref)', p_partition);
END $$;
