-- The lines of settlement files as they were read, good and bad: evidence, written once by COPY. By month of their
-- arrival; all lines of a file have its moment, so that one partition and a stretch of it hold them.
CREATE TABLE ppob_settlement_line (
    staged_at timestamptz NOT NULL,
    file_id bigint NOT NULL,
    number integer NOT NULL CONSTRAINT line_number_positive CHECK (number > 0),
    business_on date,
    at timestamptz,
    noref varchar(40) COLLATE "C",
    customer_id varchar(40) COLLATE "C",
    product varchar(40) COLLATE "C",
    part varchar(20) COLLATE "C",
    sheets smallint,
    amount bigint,
    commission bigint,
    is_success boolean,
    response_code varchar(8),
    stan varchar(12),
    serial varchar(60),
    -- Why it was rejected, and how it began; a rejected line has no money that anybody counts.
    reason varchar(200),
    raw varchar(400),
    CONSTRAINT line_is_good_or_says_why CHECK (
        CASE WHEN reason IS NULL
             THEN num_nulls(business_on, at, noref, amount, is_success) = 0 AND noref <> ''
             ELSE reason <> '' AND amount IS NULL END),
    CONSTRAINT line_amount_sane CHECK (amount BETWEEN 0 AND 1000000000000000),
    CONSTRAINT line_commission_sane CHECK (commission BETWEEN 0 AND 1000000000000000)
) PARTITION BY RANGE (staged_at);
CREATE INDEX settlement_line_of_file ON ppob_settlement_line USING brin (file_id) WITH (pages_per_range = 16);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ppob_settlement_line
    FOR EACH ROW EXECUTE FUNCTION core_append_only();

-- Which sale is which line, of the newest run of a day. Two numbers a side, nothing else.
CREATE TABLE ppob_matched_pair (
    run_id bigint NOT NULL REFERENCES ppob_reconciliationrun (id) DEFERRABLE INITIALLY DEFERRED,
    transaction_id bigint NOT NULL,
    file_id bigint NOT NULL,
    line integer NOT NULL
);
CREATE INDEX matched_pair_of_run ON ppob_matched_pair USING brin (run_id) WITH (pages_per_range = 16);

-- A signed day stays as it was signed: its runs, differences, pairs and its statement. Whoever is about to sign takes the
-- day alone (ppob_billerday_guard), so that nothing can slip in beside the signature.
CREATE FUNCTION recon_refuse_signed(p_biller bigint, p_day date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(742102, ppob_biller_day_number(p_biller, p_day));
    IF EXISTS (SELECT FROM ppob_billerday
                WHERE biller_id = p_biller AND business_on = p_day AND signed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'The day % of biller % is signed', p_day, p_biller
            USING ERRCODE = 'PB002', DETAIL = json_build_object('day', p_day)::text;
    END IF;
END $$;
CREATE FUNCTION recon_signed_day_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM recon_refuse_signed(OLD.biller_id, OLD.business_on);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM recon_refuse_signed(NEW.biller_id, NEW.business_on);
    RETURN NEW;
END $$;
CREATE FUNCTION recon_pair_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    -- Once a statement and run, not once a pair: a day has a million of them.
    IF TG_OP = 'INSERT' THEN
        FOR r IN SELECT DISTINCT n.biller_id, n.business_on FROM fresh p JOIN ppob_reconciliationrun n ON n.id = p.run_id LOOP
            PERFORM recon_refuse_signed(r.biller_id, r.business_on);
        END LOOP;
    ELSE
        FOR r IN SELECT DISTINCT n.biller_id, n.business_on FROM gone p JOIN ppob_reconciliationrun n ON n.id = p.run_id LOOP
            PERFORM recon_refuse_signed(r.biller_id, r.business_on);
        END LOOP;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER signed BEFORE INSERT OR UPDATE OR DELETE ON ppob_reconciliationrun
    FOR EACH ROW EXECUTE FUNCTION recon_signed_day_guard();
CREATE TRIGGER signed BEFORE INSERT OR UPDATE OR DELETE ON ppob_difference
    FOR EACH ROW EXECUTE FUNCTION recon_signed_day_guard();
CREATE TRIGGER signed BEFORE INSERT OR UPDATE OR DELETE ON ppob_depositstatement
    FOR EACH ROW EXECUTE FUNCTION recon_signed_day_guard();
CREATE TRIGGER signed_new AFTER INSERT ON ppob_matched_pair REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION recon_pair_guard();
CREATE TRIGGER signed_gone AFTER DELETE ON ppob_matched_pair REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION recon_pair_guard();
CREATE TRIGGER never_changed BEFORE UPDATE ON ppob_matched_pair
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER append_only BEFORE UPDATE ON ppob_differencenote
    FOR EACH ROW EXECUTE FUNCTION core_append_only();

-- What a file is never changes; it may be replaced, unless the day it was brought for is signed.
CREATE FUNCTION recon_file_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A settlement file stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.uuid, NEW.biller_id, NEW.sha256, NEW.size, NEW.received_at, NEW.lines, NEW.rejected, NEW.amount,
        NEW.closing, NEW.business_on)
       IS DISTINCT FROM (OLD.id, OLD.uuid, OLD.biller_id, OLD.sha256, OLD.size, OLD.received_at, OLD.lines, OLD.rejected,
        OLD.amount, OLD.closing, OLD.business_on) THEN
        RAISE EXCEPTION 'What a settlement file is never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM recon_refuse_signed(OLD.biller_id, OLD.business_on);
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON ppob_settlementfile
    FOR EACH ROW EXECUTE FUNCTION recon_file_guard();

-- An adjustment is approved once, by somebody else than its maker; what is posted is not un-posted by a page.
CREATE FUNCTION recon_adjusted_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'adjusted' AND (NEW.state, NEW.transfer_id, NEW.proposed_by_id, NEW.approved_by_id, NEW.proposed_amount)
       IS DISTINCT FROM (OLD.state, OLD.transfer_id, OLD.proposed_by_id, OLD.approved_by_id, OLD.proposed_amount) THEN
        RAISE EXCEPTION 'An adjustment is posted and stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'adjusted' AND OLD.state <> 'adjusted' AND (OLD.proposed_by_id IS NULL
       OR (NEW.proposed_by_id, NEW.proposed_amount) IS DISTINCT FROM (OLD.proposed_by_id, OLD.proposed_amount)) THEN
        RAISE EXCEPTION 'An adjustment is proposed first, and approved as it was proposed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER adjusted BEFORE UPDATE ON ppob_difference
    FOR EACH ROW EXECUTE FUNCTION recon_adjusted_guard();
CREATE FUNCTION recon_adjusted_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A difference is found first, and adjusted after' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER not_adjusted BEFORE INSERT ON ppob_difference
    FOR EACH ROW WHEN (NEW.state = 'adjusted') EXECUTE FUNCTION recon_adjusted_new();
