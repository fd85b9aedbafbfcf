-- A line's day and moment as the numbers that they are: as text, COPY takes longer for three of them than for all that a line
-- has besides. A file's moment is the same in all of its lines: they have it by default.
ALTER TABLE ppob_settlement_line RENAME COLUMN business_on TO business_day;
ALTER TABLE ppob_settlement_line RENAME COLUMN at TO at_us;
ALTER TABLE ppob_settlement_line
    ALTER COLUMN business_day TYPE integer USING business_day - date '2000-01-01',
    ALTER COLUMN at_us TYPE bigint USING (extract(epoch FROM at_us) * 1000000)::bigint,
    ALTER COLUMN staged_at SET DEFAULT now();
ALTER TABLE ppob_settlement_line DROP CONSTRAINT line_is_good_or_says_why;
ALTER TABLE ppob_settlement_line ADD CONSTRAINT line_is_good_or_says_why CHECK (
    CASE WHEN reason IS NULL
         THEN business_day IS NOT NULL AND at_us IS NOT NULL AND noref IS NOT NULL AND amount IS NOT NULL
              AND is_success IS NOT NULL AND noref <> ''
         ELSE reason <> '' AND amount IS NULL AND business_day IS NULL END);
COMMENT ON COLUMN ppob_settlement_line.business_day IS 'Days since 2000-01-01';
COMMENT ON COLUMN ppob_settlement_line.at_us IS 'Microseconds since 1970-01-01 in UTC';

-- A file keeps that moment apart from what the clock of the portal says. Written as a type that changes, since what is signed
-- may not be updated.
ALTER TABLE ppob_settlementfile ADD COLUMN staged_at timestamptz;
ALTER TABLE ppob_settlementfile ALTER COLUMN staged_at TYPE timestamptz USING received_at;
ALTER TABLE ppob_settlementfile ALTER COLUMN staged_at SET NOT NULL, ALTER COLUMN staged_at SET DEFAULT statement_timestamp();
CREATE OR REPLACE FUNCTION recon_file_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A settlement file stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.uuid, NEW.biller_id, NEW.sha256, NEW.size, NEW.received_at, NEW.staged_at, NEW.lines, NEW.rejected,
        NEW.amount, NEW.closing, NEW.business_on, NEW.first_on, NEW.last_on)
       IS DISTINCT FROM (OLD.id, OLD.uuid, OLD.biller_id, OLD.sha256, OLD.size, OLD.received_at, OLD.staged_at, OLD.lines,
        OLD.rejected, OLD.amount, OLD.closing, OLD.business_on, OLD.first_on, OLD.last_on) THEN
        RAISE EXCEPTION 'What a settlement file is never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM recon_refuse_signed(OLD.biller_id, OLD.business_on);
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION recon_count_lines(p_partition text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET default_statistics_target = 10 AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'public.ppob_settlement_line'::regclass
                                             AND inhrelid = to_regclass(format('public.%I', p_partition))) THEN
        RAISE EXCEPTION '% holds no lines', p_partition USING ERRCODE = 'undefined_table';
    END IF;
    EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I (staged_at, file_id, business_day, reason, noref)', p_partition);
END $$;

-- A pair in one number instead of two: the line's number above the sale's (which stays below 2^40 for a trillion sales).
DROP VIEW ppob_matched_pair;
DROP INDEX matched_stretch_of_run;
CREATE FUNCTION pg_temp.packed(lines integer[], sales bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(p.line::bigint << 40 | p.sale) FROM unnest(lines, sales) AS p(line, sale)
$$;
ALTER TABLE ppob_matched_stretch DROP CONSTRAINT stretch_has_pairs, DROP CONSTRAINT stretch_pairs_are_whole;
ALTER TABLE ppob_matched_stretch ALTER COLUMN transactions TYPE bigint[] USING pg_temp.packed(lines, transactions);
ALTER TABLE ppob_matched_stretch RENAME COLUMN transactions TO pairs;
-- Another type begins with the storage of its own: packing what hardly shrinks costs more than it saves.
ALTER TABLE ppob_matched_stretch ALTER COLUMN pairs SET STORAGE EXTERNAL;
ALTER TABLE ppob_matched_stretch
    DROP COLUMN lines, DROP COLUMN stretch,
    ADD CONSTRAINT stretch_has_pairs CHECK (cardinality(pairs) > 0 AND array_position(pairs, NULL) IS NULL);
CREATE INDEX matched_stretch_of_run ON ppob_matched_stretch (run_id, file_id);
CREATE VIEW ppob_matched_pair AS
SELECT s.run_id, p.pair & 1099511627775 AS transaction_id, s.file_id, (p.pair >> 40)::integer AS line
  FROM ppob_matched_stretch s CROSS JOIN LATERAL unnest(s.pairs) AS p(pair);

-- New differences of a signed day are refused once a statement and day, as pairs are, not once a row.
CREATE FUNCTION recon_new_differences_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT DISTINCT biller_id, business_on FROM fresh LOOP
        PERFORM recon_refuse_signed(r.biller_id, r.business_on);
    END LOOP;
    RETURN NULL;
END $$;
DROP TRIGGER signed ON ppob_difference;
CREATE TRIGGER signed BEFORE UPDATE OR DELETE ON ppob_difference
    FOR EACH ROW EXECUTE FUNCTION recon_signed_day_guard();
CREATE TRIGGER signed_new AFTER INSERT ON ppob_difference REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION recon_new_differences_guard();
