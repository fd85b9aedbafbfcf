-- What PostgreSQL reads anew from its text at each statement, a trigger's WHEN among it, was a twentieth of what a posting
-- cost. A trigger's function is kept read and planned, so today's legs are let through there:
-- today is never closed.
CREATE OR REPLACE FUNCTION ppob_delta_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.posted_on = (clock_timestamp() AT TIME ZONE 'Asia/Jakarta')::date THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM ppob_ledger_day WHERE day >= NEW.posted_on) THEN
        RAISE EXCEPTION 'Transfer % has no open day %', NEW.transfer_id, NEW.posted_on USING ERRCODE = 'PB001',
            DETAIL = json_build_object('day', NEW.posted_on)::text;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION ppob_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.fold_id IS NULL AND NEW.transfer_id IS NOT NULL
       AND NEW.posted_on = (clock_timestamp() AT TIME ZONE 'Asia/Jakarta')::date THEN
        RETURN NEW;
    END IF;
    IF (NEW.transfer_id IS NULL) = (NEW.fold_id IS NULL) THEN
        RAISE EXCEPTION 'An entry has one cause'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_has_one_cause', TABLE = 'ppob_entry';
    END IF;
    IF NEW.fold_id IS NULL THEN
        IF EXISTS (SELECT FROM ppob_ledger_day WHERE day >= NEW.posted_on) THEN
            RAISE EXCEPTION 'Transfer % has no open day %', NEW.transfer_id, NEW.posted_on USING ERRCODE = 'PB001',
                DETAIL = json_build_object('day', NEW.posted_on)::text;
        END IF;
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(742101, NEW.posted_on - DATE '2000-01-01');
    PERFORM FROM ppob_fold f
      WHERE f.id = NEW.fold_id AND (f.account_id, f.version, f.amount) = (NEW.account_id, NEW.version, NEW.amount)
        AND NEW.posted_on = (f.created_at AT TIME ZONE 'Asia/Jakarta')::date
        AND NOT EXISTS (SELECT FROM ppob_ledger_day WHERE day >= NEW.posted_on);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Fold % is another, or its day % is closed', NEW.fold_id, NEW.posted_on
            USING ERRCODE = 'PB001', DETAIL = json_build_object('day', NEW.posted_on)::text;
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER guard ON ppob_entry;
CREATE TRIGGER guard BEFORE INSERT ON ppob_entry FOR EACH ROW EXECUTE FUNCTION ppob_entry_guard();
DROP TRIGGER guard ON ppob_delta;
CREATE TRIGGER guard BEFORE INSERT ON ppob_delta FOR EACH ROW EXECUTE FUNCTION ppob_delta_guard();
