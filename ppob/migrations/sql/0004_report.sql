-- The second door: what the core has sold already. Nothing is refused for want of money or limit: the sale is posted to
-- the agent's receivable instead, and a person is told by an exception.
CREATE TYPE ppob_item AS (
    n integer,
    biller_id bigint,
    noref text,
    business_on date,  -- of the moment it occurred, by the biller's zone and cut-off
    today_on date,     -- of this moment: where it goes when that day is signed
    hash bytea,
    occurred_at timestamptz,
    agent_id bigint,
    product_id bigint,
    customer_id text,
    source_account text,
    state text,
    response_code text,
    stan text,
    serial text,
    milliseconds integer,
    bill bigint,
    fine bigint,
    biller_fee bigint,
    counter_fee bigint,
    sheets smallint,
    commission bigint,
    agent_share bigint,
    points integer,
    hold_id bigint
);

-- The accounts that each sale of a biller touches, for their deltas: locked against whoever folds them. A batch asks once.
CREATE TYPE ppob_house AS (deposit bigint, income bigint, issued bigint);
CREATE FUNCTION ppob_house_of(p_biller bigint) RETURNS ppob_house LANGUAGE plpgsql AS $$
DECLARE
    h ppob_house;
BEGIN
    SELECT d.id, i.id, p.id INTO STRICT h.deposit, h.income, h.issued
      FROM ppob_account d, ppob_account i, ppob_account p
     WHERE d.biller_id = p_biller AND d.kind IN ('deposit', 'payable') AND i.code = 'income:idr' AND p.code = 'issued:pts'
     ORDER BY d.kind LIMIT 1;
    PERFORM pg_advisory_xact_lock_shared(742103, id::integer)
       FROM unnest(ARRAY[h.deposit, h.income, h.issued]) AS shared(id) ORDER BY id;
    RETURN h;
END $$;

-- Post the money of one sale that is successful now: what ppob_apply does, for the legs that a sale has, and they sum to
-- zero as they are made. The agent's accounts are locked. Gives the transfer, and why it went to the receivable, if it did.
CREATE FUNCTION ppob_sell(
    t ppob_transaction, p_hash bytea, p_hold bigint, p_signed boolean, p_house ppob_house, p_at timestamptz,
    OUT transfer_id bigint, OUT exception text
) LANGUAGE plpgsql AS $$
DECLARE
    v_posted_on date := (p_at AT TIME ZONE 'Asia/Jakarta')::date;
    v_charged bigint := t.total - t.agent_share;
    v_held bigint := 0;
    v_debit bigint;
    v_version bigint;
    v_balance bigint;
    v_points_version bigint;
    v_points_balance bigint;
    v_limit_day date;
    v_limit_month date;
    v_day date := v_posted_on;
    w record;
    h record;
BEGIN
    SELECT a.id, a.balance - a.held - a.min_balance AS free, a.item_cap, a.day_cap, a.month_cap, p.id AS points INTO STRICT w
      FROM ppob_account a JOIN ppob_account p ON p.agent_id = t.agent_id AND p.kind = 'points'
     WHERE a.agent_id = t.agent_id AND a.kind = 'agent';
    IF p_hold IS NOT NULL THEN
        UPDATE ppob_hold SET state = 'captured', ended_at = clock_timestamp()
         WHERE id = p_hold AND state = 'open' AND account_id = w.id AND coalesce(transaction_id, t.id) = t.id
        RETURNING amount, limit_day, limit_month, (created_at AT TIME ZONE 'Asia/Jakarta')::date AS day INTO h;
        IF FOUND THEN
            v_held := h.amount;
            UPDATE ppob_account SET held = held - v_held WHERE id = w.id;
            v_day := h.day;
        END IF;
    END IF;
    IF v_held > 0 AND v_held >= v_charged THEN
        -- Within what was held, which was within the limits when it was held; they may have been lowered since.
        exception := CASE WHEN w.free + v_held < v_charged THEN 'floor' END;
        v_limit_day := h.limit_day;
        v_limit_month := h.limit_month;
        PERFORM ppob_give_back_limits(w.id, h.limit_day, h.limit_month,
                                      v_held - CASE WHEN exception IS NULL THEN v_charged ELSE 0 END);
    ELSE
        IF v_held > 0 THEN
            PERFORM ppob_give_back_limits(w.id, h.limit_day, h.limit_month, v_held);
        END IF;
        exception := CASE WHEN w.free + v_held < v_charged THEN 'floor'
                          ELSE ppob_broken_limit(w.id, v_day, v_charged, w.item_cap, w.day_cap, w.month_cap) END;
        IF exception IS NULL THEN
            v_limit_day := CASE WHEN w.day_cap IS NOT NULL THEN v_day END;
            v_limit_month := CASE WHEN w.month_cap IS NOT NULL THEN date_trunc('month', v_day)::date END;
            PERFORM ppob_use_limits(w.id, v_day, v_charged, w.day_cap, w.month_cap);
        END IF;
    END IF;
    IF exception IS NOT NULL THEN
        -- The receivable counts for no limit.
        v_limit_day := NULL;
        v_limit_month := NULL;
    END IF;
    INSERT INTO ppob_transfer (key, payload_hash, kind, amount, posted_on, biller_id, business_on, transaction_id, hold_id,
                               limit_account_id, limit_day, limit_month, created_at)
    VALUES ('sale:' || t.id, p_hash, 'sale', v_charged, v_posted_on,
            CASE WHEN NOT p_signed THEN t.biller_id END, CASE WHEN NOT p_signed THEN t.business_on END, t.id,
            CASE WHEN v_held > 0 THEN p_hold END,
            CASE WHEN num_nonnulls(v_limit_day, v_limit_month) > 0 THEN w.id END, v_limit_day, v_limit_month, p_at)
    RETURNING id INTO transfer_id;
    IF exception IS NULL THEN
        v_debit := w.id;
    ELSE
        SELECT id INTO STRICT v_debit FROM ppob_account WHERE agent_id = t.agent_id AND kind = 'receivable';
    END IF;
    UPDATE ppob_account SET balance = balance + sign * v_charged, version = version + 1
     WHERE id = v_debit RETURNING version, balance INTO v_version, v_balance;
    IF t.points > 0 THEN
        UPDATE ppob_account SET balance = balance - sign * t.points, version = version + 1
         WHERE id = w.points RETURNING version, balance INTO v_points_version, v_points_balance;
    END IF;
    INSERT INTO ppob_entry (account_id, version, transfer_id, amount, balance_after, posted_on)
    SELECT e.account_id, e.version, ppob_sell.transfer_id, e.amount, e.balance, v_posted_on
      FROM (VALUES (v_debit, v_version, v_charged, v_balance),
                   (w.points, v_points_version, -t.points::bigint, v_points_balance))
           AS e(account_id, version, amount, balance)
     WHERE e.amount <> 0;
    INSERT INTO ppob_delta (account_id, transfer_id, amount, posted_on)
    SELECT d.account_id, ppob_sell.transfer_id, d.amount, v_posted_on
      FROM (VALUES (p_house.deposit, -t.net::bigint), (p_house.income, t.net - v_charged),
                   (p_house.issued, t.points::bigint)) AS d(account_id, amount)
     WHERE d.amount <> 0;
END $$;

CREATE FUNCTION ppob_note_exception(t ppob_transaction, p_reason text, p_amount bigint)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO ppob_posting_exception (transaction_id, occurred_at, agent_id, reason, amount)
    VALUES (t.id, t.occurred_at, t.agent_id, p_reason, p_amount)
$$;

-- Try to set the money of a sale under way aside; NULL when floor or limit forbid it.
CREATE FUNCTION ppob_try_hold(t ppob_transaction, p_hash bytea, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_day date := (p_at AT TIME ZONE 'Asia/Jakarta')::date;
    v_charged bigint := t.total - t.agent_share;
    v_hold bigint;
    w record;
BEGIN
    SELECT id, balance - held - min_balance AS free, item_cap, day_cap, month_cap INTO STRICT w
      FROM ppob_account WHERE agent_id = t.agent_id AND kind = 'agent';
    IF w.free < v_charged
       OR ppob_broken_limit(w.id, v_day, v_charged, w.item_cap, w.day_cap, w.month_cap) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO ppob_hold (key, payload_hash, account_id, amount, transaction_id, limit_day, limit_month, created_at)
    VALUES ('transaction:' || t.id, p_hash, w.id, v_charged, t.id, CASE WHEN w.day_cap IS NOT NULL THEN v_day END,
            CASE WHEN w.month_cap IS NOT NULL THEN date_trunc('month', v_day)::date END, p_at) RETURNING id INTO v_hold;
    UPDATE ppob_account SET held = held + v_charged WHERE id = w.id;
    PERFORM ppob_use_limits(w.id, v_day, v_charged, w.day_cap, w.month_cap);
    RETURN v_hold;
END $$;

-- Whether a sale may take this hold: it is open, its agent's, and no other sale's. From now on it is this one's.
CREATE FUNCTION ppob_claim_hold(t ppob_transaction, p_hold bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ppob_hold h SET transaction_id = t.id
      FROM ppob_account a
     WHERE h.id = p_hold AND h.state = 'open' AND coalesce(h.transaction_id, t.id) = t.id
       AND a.id = h.account_id AND a.agent_id = t.agent_id AND a.kind = 'agent';
    RETURN FOUND;
END $$;

-- Move one sale to another state, with its money. The transaction, its hold and its accounts are locked. Answers 'moved',
-- 'same', 'backwards', or the reason of an exception.
CREATE FUNCTION ppob_advance(
    t ppob_transaction, p_state text, p_response_code text, p_serial text, p_milliseconds integer, p_hash bytea,
    p_hold bigint, p_source text, p_at timestamptz
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_signed boolean := EXISTS (SELECT FROM ppob_billerday WHERE biller_id = t.biller_id
                                   AND business_on = t.business_on AND signed_at IS NOT NULL);
    v_transfer bigint := t.transfer_id;
    v_reversal bigint := t.reversal_id;
    v_hold bigint := t.hold_id;
    v_exception text;
BEGIN
    IF p_state = t.state THEN
        IF NOT v_signed AND ((p_serial <> '' AND p_serial <> t.serial)
                             OR (p_response_code <> '' AND p_response_code <> t.response_code)) THEN
            UPDATE ppob_transaction SET serial = coalesce(nullif(p_serial, ''), serial),
                   response_code = coalesce(nullif(p_response_code, ''), response_code), changed_at = p_at
             WHERE occurred_at = t.occurred_at AND id = t.id AND agent_id = t.agent_id;
        END IF;
        RETURN 'same';
    END IF;
    IF NOT ppob_state_may_move(t.state, p_state) THEN
        RETURN 'backwards';
    END IF;
    IF v_signed AND EXISTS (SELECT FROM ppob_transaction_event WHERE transaction_id = t.id AND after = p_state) THEN
        RETURN 'same';
    END IF;
    IF v_hold IS NULL AND p_hold IS NOT NULL AND ppob_claim_hold(t, p_hold) THEN
        v_hold := p_hold;
    END IF;
    IF p_state = 'success' THEN
        SELECT s.transfer_id, s.exception INTO v_transfer, v_exception
          FROM ppob_sell(t, p_hash, v_hold, v_signed, ppob_house_of(t.biller_id), p_at) s;
        IF v_exception IS NOT NULL THEN
            PERFORM ppob_note_exception(t, v_exception, t.total - t.agent_share);
        END IF;
    ELSIF p_state IN ('failed', 'reversed') AND t.state IN ('pending', 'suspect') THEN
        PERFORM ppob_end_hold(v_hold, 'released');
    ELSIF p_state = 'reversed' THEN
        SELECT r.transfer_id INTO v_reversal FROM ppob_mirror(
            'reversal:' || t.transfer_id, p_hash, 'reversal', t.transfer_id, '', NULL,
            CASE WHEN NOT v_signed THEN t.biller_id END, CASE WHEN NOT v_signed THEN t.business_on END, p_at) r;
    END IF;
    INSERT INTO ppob_transaction_event (transaction_id, occurred_at, before, after, response_code, source, at)
    VALUES (t.id, t.occurred_at, t.state, p_state, p_response_code, p_source, p_at);
    IF v_signed THEN
        -- The signed day stays as it was signed: the money moves today, and a person sees why.
        PERFORM ppob_note_exception(t, 'late', t.total - t.agent_share);
        RETURN 'late';
    END IF;
    UPDATE ppob_transaction SET state = p_state, response_code = coalesce(nullif(p_response_code, ''), response_code),
           serial = coalesce(nullif(p_serial, ''), serial), milliseconds = coalesce(p_milliseconds, milliseconds),
           transfer_id = v_transfer, reversal_id = v_reversal, hold_id = v_hold, changed_at = p_at
     WHERE occurred_at = t.occurred_at AND id = t.id AND agent_id = t.agent_id;
    RETURN coalesce(v_exception, 'moved');
END $$;

-- A batch of what the core states. One transaction; each item has its own answer:
-- new, moved, same: taken; different, backwards: refused, nothing of it changed.
-- `exception`: why the money went to the receivable, or why the day was changed.
CREATE FUNCTION ppob_report(p_items jsonb, p_source text DEFAULT 'api', p_at timestamptz DEFAULT NULL)
RETURNS TABLE (n integer, answer text, transaction_id bigint, business_on date, exception text)
-- One row after another by its key, as OFFSET 0 insists: a plan that was made while a table was small would read all of
-- it, or all of an index, and each of its dead versions, for every batch.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    v_at timestamptz := coalesce(p_at, clock_timestamp());
    v_today date := (v_at AT TIME ZONE 'Asia/Jakarta')::date;
    v_items ppob_item[];
    v_new bigint[];
    v_done bigint[] := '{}';
    v_holds bigint[];
    v_accounts bigint[];
    v_biller bigint;
    v_house ppob_house;
    v_sales ppob_transaction[] := '{}';
    r record;
    sold record;
    t ppob_transaction;
    v_hold bigint;
    v_exception text;
    v_answer text;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'The ledger posts under READ COMMITTED' USING ERRCODE = 'PB000';
    END IF;
    -- Days first, each known one in its order. A retry keeps the day that its first try was given.
    PERFORM ppob_lock_ledger_day(v_today);
    SELECT array_agg(i ORDER BY i.n) INTO v_items FROM jsonb_populate_recordset(NULL::ppob_item, p_items) i;
    PERFORM pg_advisory_xact_lock_shared(742102, number) FROM (
        SELECT DISTINCT ppob_biller_day_number(i.biller_id, d) AS number
          FROM unnest(v_items) i, unnest(ARRAY[i.business_on, i.today_on]) d ORDER BY 1) days;
    -- What a signed day gets late has no key of that day: one after another, so that a retry across midnight sees its first try.
    PERFORM pg_advisory_xact_lock(742108, number) FROM (
        SELECT DISTINCT hashtext(i.biller_id || '/' || i.noref) AS number
          FROM unnest(v_items) i JOIN ppob_billerday s ON s.biller_id = i.biller_id AND s.business_on = i.business_on
         WHERE s.signed_at IS NOT NULL ORDER BY 1) late;
    SELECT array_agg(CASE WHEN k.business_on IS NOT NULL AND k.business_on <> i.business_on
                          THEN jsonb_populate_record(i, jsonb_build_object('business_on', k.business_on))
                          WHEN k.business_on IS NULL AND s.id IS NOT NULL
                          THEN jsonb_populate_record(i, jsonb_build_object('business_on', i.today_on))
                          ELSE i END ORDER BY i.n) INTO v_items
      FROM unnest(v_items) i
      LEFT JOIN LATERAL (SELECT known.business_on FROM ppob_transaction_key known
                          WHERE known.biller_id = i.biller_id AND known.noref = i.noref
                            AND known.payload_hash = i.hash ORDER BY 1 LIMIT 1) k ON true
      LEFT JOIN ppob_billerday s ON s.biller_id = i.biller_id AND s.business_on = i.business_on
                                AND s.signed_at IS NOT NULL;
    -- Keys, in their order: of two batches with the same noref the second waits here.
    WITH made AS (
        INSERT INTO ppob_transaction_key (biller_id, noref, business_on, transaction_id, occurred_at, agent_id, payload_hash)
        SELECT i.biller_id, i.noref, i.business_on, nextval('ppob_transaction_id_seq'), i.occurred_at, i.agent_id, i.hash
          FROM unnest(v_items) i ORDER BY i.biller_id, i.noref, i.business_on
        ON CONFLICT (biller_id, noref, business_on) DO NOTHING
        RETURNING ppob_transaction_key.transaction_id
    ) SELECT coalesce(array_agg(made.transaction_id), '{}') INTO v_new FROM made;
    -- Known transactions, then holds, then accounts, each by id.
    SELECT coalesce(array_agg(i.hold_id) FILTER (WHERE i.hold_id IS NOT NULL), '{}') INTO v_holds FROM unnest(v_items) i;
    FOR r IN
        SELECT DISTINCT k.occurred_at, k.transaction_id, k.agent_id
          FROM unnest(v_items) i
          CROSS JOIN LATERAL (SELECT * FROM ppob_transaction_key known
                               WHERE known.biller_id = i.biller_id AND known.noref = i.noref
                                 AND known.business_on = i.business_on OFFSET 0) k
         WHERE k.transaction_id <> ALL (v_new) ORDER BY k.transaction_id
    LOOP
        SELECT x.hold_id INTO v_hold FROM ppob_transaction x
         WHERE x.occurred_at = r.occurred_at AND x.id = r.transaction_id AND x.agent_id = r.agent_id FOR UPDATE;
        IF v_hold IS NOT NULL THEN
            v_holds := v_holds || v_hold;
        END IF;
    END LOOP;
    IF cardinality(v_holds) > 0 THEN
        PERFORM FROM ppob_hold h WHERE h.id = ANY (v_holds) AND h.state = 'open' ORDER BY h.id FOR UPDATE;
    END IF;
    SELECT array_agg(a.id) INTO v_accounts FROM ppob_account a
     WHERE a.agent_id IN (SELECT i.agent_id FROM unnest(v_items) i);
    PERFORM FROM ppob_account a WHERE a.id = ANY (v_accounts) ORDER BY a.id FOR NO KEY UPDATE;

    FOR r IN
        SELECT i.*, k.transaction_id AS id, k.occurred_at AS first_at, k.agent_id AS first_agent, k.payload_hash AS first_hash
          FROM unnest(v_items) i
          CROSS JOIN LATERAL (SELECT * FROM ppob_transaction_key known
                               WHERE known.biller_id = i.biller_id AND known.noref = i.noref
                                 AND known.business_on = i.business_on OFFSET 0) k
         ORDER BY i.n
    LOOP
        v_exception := NULL;
        IF r.first_hash <> r.hash THEN
            v_answer := 'different';
        ELSIF r.id = ANY (v_new) AND r.id <> ALL (v_done) THEN
            v_done := v_done || r.id;
            v_hold := NULL;
            t := ROW(r.id, r.occurred_at, r.business_on, v_today, v_at, v_at, r.agent_id, r.biller_id, r.product_id,
                     r.noref, r.customer_id, r.source_account, r.state, r.response_code, r.stan, r.serial, r.milliseconds,
                     r.bill, r.fine, r.biller_fee, r.counter_fee, r.sheets, r.commission, r.agent_share,
                     r.bill + r.fine + r.biller_fee + r.counter_fee, r.bill + r.fine + r.biller_fee - r.commission,
                     r.points, NULL, NULL, NULL)::ppob_transaction;
            IF r.hold_id IS NOT NULL AND ppob_claim_hold(t, r.hold_id) THEN
                v_hold := r.hold_id;
            END IF;
            IF r.state = 'success' THEN
                IF v_biller IS DISTINCT FROM r.biller_id THEN
                    v_biller := r.biller_id;
                    v_house := ppob_house_of(v_biller);
                END IF;
                sold := ppob_sell(t, r.hash, v_hold, false, v_house, v_at);
                t.transfer_id := sold.transfer_id;
                v_exception := sold.exception;
            ELSIF r.state IN ('pending', 'suspect') THEN
                IF v_hold IS NULL THEN
                    v_hold := ppob_try_hold(t, r.hash, v_at);
                END IF;
                IF v_hold IS NULL AND r.state = 'suspect' THEN
                    v_exception := 'unheld';
                END IF;
            ELSIF v_hold IS NOT NULL THEN
                PERFORM ppob_end_hold(v_hold, 'released');
            END IF;
            t.hold_id := v_hold;
            v_sales := v_sales || t;
            IF v_exception IS NOT NULL THEN
                PERFORM ppob_note_exception(t, v_exception, t.total - t.agent_share);
            END IF;
            v_answer := 'new';
        ELSE
            IF cardinality(v_sales) > 0 THEN  -- it may be one of this batch
                INSERT INTO ppob_transaction SELECT s.* FROM unnest(v_sales) s;
                v_sales := '{}';
            END IF;
            SELECT x.* INTO STRICT t FROM ppob_transaction x
             WHERE x.occurred_at = r.first_at AND x.id = r.id AND x.agent_id = r.first_agent;
            v_answer := ppob_advance(t, r.state, r.response_code, r.serial, r.milliseconds, r.hash, r.hold_id, p_source, v_at);
            IF v_answer NOT IN ('moved', 'same', 'backwards') THEN
                v_exception := v_answer;
                v_answer := 'moved';
            END IF;
        END IF;
        n := r.n;
        answer := v_answer;
        transaction_id := r.id;
        business_on := r.business_on;
        exception := v_exception;
        RETURN NEXT;
    END LOOP;
    INSERT INTO ppob_transaction SELECT s.* FROM unnest(v_sales) s;
END $$;

-- Move one known transaction, by whoever settles it (advice, the next day's file): ppob_report without a batch.
CREATE FUNCTION ppob_settle(
    p_transaction bigint, p_occurred_at timestamptz, p_state text, p_source text, p_response_code text DEFAULT '',
    p_serial text DEFAULT '', p_at timestamptz DEFAULT NULL
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_at timestamptz := coalesce(p_at, clock_timestamp());
    t ppob_transaction;
    v_hash bytea;
BEGIN
    PERFORM ppob_lock_ledger_day((v_at AT TIME ZONE 'Asia/Jakarta')::date);
    SELECT * INTO t FROM ppob_transaction WHERE occurred_at = p_occurred_at AND id = p_transaction;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'No such transaction' USING ERRCODE = 'PB009';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(742102, ppob_biller_day_number(t.biller_id, t.business_on));
    SELECT * INTO t FROM ppob_transaction WHERE occurred_at = p_occurred_at AND id = p_transaction FOR UPDATE;
    PERFORM FROM ppob_hold WHERE id = t.hold_id FOR UPDATE;
    PERFORM FROM ppob_account WHERE agent_id = t.agent_id ORDER BY id FOR NO KEY UPDATE;
    SELECT payload_hash INTO v_hash FROM ppob_transaction_key
     WHERE biller_id = t.biller_id AND noref = t.noref AND business_on = t.business_on;
    RETURN ppob_advance(t, p_state, p_response_code, p_serial, NULL, v_hash, NULL, p_source, v_at);
END $$;

-- The eight stored operations of the original. Each answers instead of raising, and what it refuses changes no row.
-- What a transfer made of an account: its balance after it and before it.
CREATE FUNCTION ppob_answer_of(p_transfer bigint, p_account bigint, OUT current bigint, OUT previous bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT e.balance_after, e.balance_after - x.sign * e.amount INTO current, previous
      FROM ppob_entry e JOIN ppob_account x ON x.id = e.account_id
     WHERE e.transfer_id = p_transfer AND e.account_id = p_account;
    IF current IS NULL THEN
        -- An account that everybody touches has its balance as of this delta, in the order of their numbers: said again
        -- later it is the same, whatever was folded or came since.
        SELECT x.balance + x.sign * (
                   coalesce((SELECT sum(l.amount) FROM ppob_delta l
                              WHERE l.account_id = x.id AND l.id > x.folded_through AND l.id <= d.id), 0)
                 - coalesce((SELECT sum(l.amount) FROM ppob_delta l
                              WHERE l.account_id = x.id AND l.id > d.id AND l.id <= x.folded_through), 0)),
               x.sign * d.amount
          INTO current, previous
          FROM ppob_delta d JOIN ppob_account x ON x.id = d.account_id
         WHERE d.transfer_id = p_transfer AND d.account_id = p_account;
        previous := current - previous;
    END IF;
END $$;

CREATE FUNCTION ppob_answer(
    p_key text, p_hash bytea, p_kind text, p_account bigint, p_debit bigint, p_credit bigint, p_amount bigint,
    OUT current bigint, OUT previous bigint, OUT status text, OUT description text
) LANGUAGE plpgsql AS $$
DECLARE
    v_transfer bigint;
    v_replayed boolean;
BEGIN
    status := 'FAILED';
    IF p_account IS NULL OR p_debit IS NULL OR p_credit IS NULL THEN
        description := 'unknown';
        RETURN;
    END IF;
    IF p_amount IS NULL OR p_amount NOT BETWEEN 1 AND 1000000000000000 THEN
        description := 'amount';
        RETURN;
    END IF;
    BEGIN
        IF p_kind = 'charge' THEN
            SELECT c.transfer_id, c.replayed INTO v_transfer, v_replayed
              FROM ppob_charge(p_key, p_hash, p_debit, p_credit, p_amount) c;
        ELSE
            SELECT m.transfer_id, m.replayed INTO v_transfer, v_replayed
              FROM ppob_move(p_key, p_hash, p_kind, p_debit, p_credit, p_amount) m;
        END IF;
        -- A reversal may take points that were spent already, so the account itself may go below nothing; this may not.
        IF p_kind = 'points_out' AND NOT v_replayed
           AND (SELECT balance - held < 0 FROM ppob_account WHERE id = p_account) THEN
            RAISE EXCEPTION 'Not so many points' USING ERRCODE = 'PB004';
        END IF;
    EXCEPTION
        WHEN SQLSTATE 'PB003' THEN description := 'different'; RETURN;
        WHEN SQLSTATE 'PB004' THEN description := 'balance'; RETURN;
        WHEN SQLSTATE 'PB005' THEN description := 'limit'; RETURN;
    END;
    SELECT a.current, a.previous INTO current, previous FROM ppob_answer_of(v_transfer, p_account) a;
    status := 'SUCCESS';
    description := CASE WHEN v_replayed THEN 'repeated' ELSE 'done' END;
END $$;

-- Money out of an agent's balance that counts for its limits.
CREATE FUNCTION ppob_charge(
    p_key text, p_hash bytea, p_debit bigint, p_credit bigint, p_amount bigint,
    OUT transfer_id bigint, OUT replayed boolean
) LANGUAGE plpgsql AS $$
DECLARE
    v_at timestamptz := clock_timestamp();
    v_day date := (v_at AT TIME ZONE 'Asia/Jakarta')::date;
    v_month date := date_trunc('month', v_day)::date;
    v_broken text;
    a record;
BEGIN
    replayed := false;
    SELECT item_cap, day_cap, month_cap INTO a FROM ppob_account WHERE id = p_debit;
    INSERT INTO ppob_transfer (key, payload_hash, kind, amount, posted_on, limit_account_id, limit_day, limit_month,
                               created_at)
    VALUES (p_key, p_hash, 'charge', p_amount, v_day,
            CASE WHEN num_nonnulls(a.day_cap, a.month_cap) > 0 THEN p_debit END,
            CASE WHEN a.day_cap IS NOT NULL THEN v_day END, CASE WHEN a.month_cap IS NOT NULL THEN v_month END, v_at)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO transfer_id;
    IF transfer_id IS NULL THEN
        transfer_id := ppob_known_transfer(p_key, p_hash, 'charge', p_amount);
        replayed := true;
        RETURN;
    END IF;
    PERFORM ppob_apply(transfer_id, v_day, ARRAY[p_debit, p_credit], ARRAY[p_amount, -p_amount]);
    v_broken := ppob_broken_limit(p_debit, v_day, p_amount, a.item_cap, a.day_cap, a.month_cap);
    IF v_broken IS NOT NULL THEN
        RAISE EXCEPTION 'Over the limit' USING ERRCODE = 'PB005', DETAIL = json_build_object('limit', v_broken)::text;
    END IF;
    PERFORM ppob_use_limits(p_debit, v_day, p_amount, a.day_cap, a.month_cap);
END $$;

CREATE FUNCTION ppob_account_of_agent(p_agent text, p_kind text) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT a.id FROM ppob_account a JOIN ppob_agent g ON g.id = a.agent_id
     WHERE g.agent_id = p_agent AND g.status = 'active' AND a.kind = p_kind
$$;
CREATE FUNCTION ppob_account_of_biller(p_biller text) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT a.id FROM ppob_account a JOIN ppob_biller b ON b.id = a.biller_id
     WHERE b.code = p_biller AND a.kind IN ('deposit', 'payable') ORDER BY a.kind LIMIT 1
$$;
CREATE FUNCTION ppob_account_coded(p_code text) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT id FROM ppob_account WHERE code = p_code
$$;

-- am_receivemoneyproc: money into an agent's balance.
CREATE FUNCTION ppob_receive_money(p_agent text, p_amount bigint, p_key text, p_hash bytea,
    OUT current bigint, OUT previous bigint, OUT status text, OUT description text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM ppob_answer(p_key, p_hash, 'topup', ppob_account_of_agent(p_agent, 'agent'),
        ppob_account_coded('bank:idr'), ppob_account_of_agent(p_agent, 'agent'), p_amount)
$$;
-- am_receivepoinproc: points for an agent.
CREATE FUNCTION ppob_receive_points(p_agent text, p_amount bigint, p_key text, p_hash bytea,
    OUT current bigint, OUT previous bigint, OUT status text, OUT description text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM ppob_answer(p_key, p_hash, 'points_in', ppob_account_of_agent(p_agent, 'points'),
        ppob_account_coded('issued:pts'), ppob_account_of_agent(p_agent, 'points'), p_amount)
$$;
-- am_setlimitproc: a sale's money out of an agent's balance, within floor and limits.
CREATE FUNCTION ppob_take_money(p_agent text, p_amount bigint, p_key text, p_hash bytea,
    OUT current bigint, OUT previous bigint, OUT status text, OUT description text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM ppob_answer(p_key, p_hash, 'charge', ppob_account_of_agent(p_agent, 'agent'),
        ppob_account_of_agent(p_agent, 'agent'), ppob_account_coded('clearing:idr'), p_amount)
$$;
-- am_revlimitproc: given back when the sale fails, to the limits that counted it too. It is the newest charge of this
-- amount that was not given back yet; where there is none, nothing was taken that could go back.
CREATE FUNCTION ppob_give_back_money(p_agent text, p_amount bigint, p_key text, p_hash bytea,
    OUT current bigint, OUT previous bigint, OUT status text, OUT description text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_account bigint := ppob_account_of_agent(p_agent, 'agent');
    v_known boolean;
    v_charge bigint;
    v_transfer bigint;
    v_replayed boolean;
BEGIN
    status := 'FAILED';
    IF v_account IS NULL THEN
        description := 'unknown';
        RETURN;
    END IF;
    LOOP
        -- One statement, so one moment: between two of them another call with this key may give the charge back, and the
        -- second would no longer find it, or take an older one for it.
        SELECT known.id IS NOT NULL, coalesce(known.reverses_id, (
            SELECT t.id FROM ppob_entry e JOIN ppob_transfer t ON t.id = e.transfer_id
             WHERE known.id IS NULL AND e.account_id = v_account AND t.kind = 'charge' AND t.amount = p_amount
               AND NOT EXISTS (SELECT FROM ppob_transfer r WHERE r.reverses_id = t.id)
             ORDER BY e.version DESC LIMIT 1))
          INTO v_known, v_charge FROM (VALUES (p_key)) asked (key) LEFT JOIN ppob_transfer known USING (key);
        IF v_charge IS NULL THEN
            description := CASE WHEN v_known THEN 'different' WHEN p_amount BETWEEN 1 AND 1000000000000000 THEN 'nothing'
                                ELSE 'amount' END;
            RETURN;
        END IF;
        BEGIN
            SELECT m.transfer_id, m.replayed INTO v_transfer, v_replayed
              FROM ppob_mirror(p_key, p_hash, 'give_back', v_charge, '', NULL, NULL, NULL, clock_timestamp()) m;
            EXIT;
        EXCEPTION
            WHEN SQLSTATE 'PB003' THEN
                -- Of a key that nobody had used when the charge was chosen: another call has, and for another charge.
                IF v_known THEN
                    description := 'different';
                    RETURN;
                END IF;
            WHEN unique_violation THEN NULL;  -- another call has given that one back meanwhile: the next
        END;
    END LOOP;
    SELECT a.current, a.previous INTO current, previous FROM ppob_answer_of(v_transfer, v_account) a;
    status := 'SUCCESS';
    description := CASE WHEN v_replayed THEN 'repeated' ELSE 'done' END;
END $$;
-- am_setpoinproc: points out, a redemption; never more than there are.
CREATE FUNCTION ppob_take_points(p_agent text, p_amount bigint, p_key text, p_hash bytea,
    OUT current bigint, OUT previous bigint, OUT status text, OUT description text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM ppob_answer(p_key, p_hash, 'points_out', ppob_account_of_agent(p_agent, 'points'),
        ppob_account_of_agent(p_agent, 'points'), ppob_account_coded('issued:pts'), p_amount)
$$;
-- setbalanceusproc: a sale's cost out of our deposit at a biller.
CREATE FUNCTION ppob_take_deposit(p_biller text, p_amount bigint, p_key text, p_hash bytea,
    OUT status text, OUT description text, OUT current bigint, OUT previous bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.status, a.description, a.current, a.previous
      FROM ppob_answer(p_key, p_hash, 'deposit_taken', ppob_account_of_biller(p_biller),
        ppob_account_coded('clearing:idr'), ppob_account_of_biller(p_biller), p_amount) a
$$;
-- revbalanceusproc: given back.
CREATE FUNCTION ppob_give_back_deposit(p_biller text, p_amount bigint, p_key text, p_hash bytea,
    OUT status text, OUT description text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.status, a.description
      FROM ppob_answer(p_key, p_hash, 'deposit_back', ppob_account_of_biller(p_biller),
        ppob_account_of_biller(p_biller), ppob_account_coded('clearing:idr'), p_amount) a
$$;
-- checkid: is it registered and active.
CREATE FUNCTION ppob_check_id(p_login text, OUT description text, OUT status text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT g.status FROM ppob_agent g WHERE g.agent_id = p_login), 'unknown'),
           CASE WHEN EXISTS (SELECT FROM ppob_agent g WHERE g.agent_id = p_login AND g.status = 'active')
                THEN 'SUCCESS' ELSE 'FAILED' END
$$;
