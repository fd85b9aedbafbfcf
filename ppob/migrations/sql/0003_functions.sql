-- The ledger's verbs: each one round trip, its locks always in the order days, keys, transactions, holds, accounts by
-- id, limits, so that no two of them wait for each other in a circle. Amounts are whole Rupiah or points; a leg's sign is
-- the accountant's, debits positive.
--
-- What they refuse: PB001 ledger day closed, PB002 biller's day signed, PB003 key known with another payload,
-- PB004 not enough, PB005 over a limit, PB006 hold has ended, PB007 state would move backwards, PB008 legs do not sum to
-- zero, PB009 no such account or transfer, PB010 a sale is reversed by its state, PB011 a reversal is not reversed.
--
-- `ppob.ownership` says which functions the application may call; the others are steps of theirs, and run with their
-- rights and search_path.

CREATE FUNCTION ppob_today() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (clock_timestamp() AT TIME ZONE 'Asia/Jakarta')::date
$$;

-- Count an amount for the limits of a day and its month, each where it has a cap; a CHECK keeps what is used within it.
CREATE FUNCTION ppob_use_limits(p_account bigint, p_day date, p_amount bigint, p_day_cap bigint, p_month_cap bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_day_cap IS NOT NULL OR p_month_cap IS NOT NULL THEN
        INSERT INTO ppob_limit_usage AS u (account_id, kind, period, used, cap)
        SELECT p_account, l.kind, l.period, p_amount, l.cap
          FROM (VALUES ('day', p_day, p_day_cap), ('month', date_trunc('month', p_day)::date, p_month_cap))
               AS l(kind, period, cap)
         WHERE l.cap IS NOT NULL
        ON CONFLICT (account_id, kind, period) DO UPDATE SET used = u.used + excluded.used, cap = excluded.cap;
    END IF;
END $$;

-- Give back to the day and the month that counted it; NULL counted nothing, for there was no cap then.
CREATE FUNCTION ppob_give_back_limits(p_account bigint, p_day date, p_month date, p_amount bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_day IS NOT NULL OR p_month IS NOT NULL THEN
        UPDATE ppob_limit_usage SET used = used - p_amount
         WHERE account_id = p_account AND ((kind = 'day' AND period = p_day) OR (kind = 'month' AND period = p_month));
    END IF;
END $$;

-- Which limit a sale of this amount would break: 'item', 'day', 'month', or NULL. The account's lock is held.
CREATE FUNCTION ppob_broken_limit(p_account bigint, p_day date, p_amount bigint, p_item bigint, p_day_cap bigint,
                                  p_month_cap bigint)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_day bigint := 0;
    v_month bigint := 0;
BEGIN
    IF p_day_cap IS NOT NULL OR p_month_cap IS NOT NULL THEN
        SELECT (SELECT used FROM ppob_limit_usage WHERE account_id = p_account AND kind = 'day' AND period = p_day),
               (SELECT used FROM ppob_limit_usage
                 WHERE account_id = p_account AND kind = 'month' AND period = date_trunc('month', p_day)::date)
          INTO v_day, v_month;
    END IF;
    RETURN CASE WHEN p_amount > p_item THEN 'item'
                WHEN p_amount + coalesce(v_day, 0) > p_day_cap THEN 'day'
                WHEN p_amount + coalesce(v_month, 0) > p_month_cap THEN 'month' END;
END $$;

-- The legs of a transfer whose row is there: accounts by id, floors kept, shared accounts by delta. Their locks come after
-- those of the rows: who waits for a row must hold nothing that somebody who folds is waiting for.
CREATE FUNCTION ppob_apply(p_transfer bigint, p_posted_on date, p_accounts bigint[], p_amounts bigint[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    leg record;
    v_idr numeric := 0;
    v_pts numeric := 0;
    v_seen integer := 0;
    v_version bigint;
    v_balance bigint;
    v_entry_accounts bigint[] := '{}';
    v_versions bigint[] := '{}';
    v_amounts bigint[] := '{}';
    v_balances bigint[] := '{}';
    v_delta_accounts bigint[] := '{}';
    v_delta_amounts bigint[] := '{}';
BEGIN
    FOR leg IN
        SELECT a.id, a.asset, a.is_shared, a.sign * l.amount AS change, l.amount
          FROM unnest(p_accounts, p_amounts) AS l(account_id, amount) JOIN ppob_account a ON a.id = l.account_id
         ORDER BY a.id
    LOOP
        v_seen := v_seen + 1;
        IF leg.asset = 'IDR' THEN v_idr := v_idr + leg.amount; ELSE v_pts := v_pts + leg.amount; END IF;
        IF leg.is_shared THEN
            v_delta_accounts := v_delta_accounts || leg.id;
            v_delta_amounts := v_delta_amounts || leg.amount;
        ELSE
            UPDATE ppob_account SET balance = balance + leg.change, version = version + 1
             WHERE id = leg.id AND (leg.change > 0 OR balance + leg.change - held >= min_balance)
            RETURNING version, balance INTO v_version, v_balance;
            IF NOT FOUND THEN
                PERFORM ppob_refuse_shortfall(leg.id, -leg.change);
            END IF;
            v_entry_accounts := v_entry_accounts || leg.id;
            v_versions := v_versions || v_version;
            v_amounts := v_amounts || leg.amount;
            v_balances := v_balances || v_balance;
        END IF;
    END LOOP;
    IF v_seen <> cardinality(p_accounts) THEN
        RAISE EXCEPTION 'No such account' USING ERRCODE = 'PB009';
    END IF;
    IF v_idr <> 0 OR v_pts <> 0 OR v_seen < 2 OR v_seen <> cardinality(p_amounts) THEN
        RAISE EXCEPTION 'The legs sum to % Rupiah and % points, and not to zero', v_idr, v_pts USING ERRCODE = 'PB008';
    END IF;
    IF v_entry_accounts <> '{}' THEN
        INSERT INTO ppob_entry (account_id, version, transfer_id, amount, balance_after, posted_on)
        SELECT e.account_id, e.version, p_transfer, e.amount, e.balance, p_posted_on
          FROM unnest(v_entry_accounts, v_versions, v_amounts, v_balances) AS e(account_id, version, amount, balance);
    END IF;
    IF v_delta_accounts <> '{}' THEN
        PERFORM pg_advisory_xact_lock_shared(742103, id::integer) FROM unnest(v_delta_accounts) AS d(id);
        INSERT INTO ppob_delta (account_id, transfer_id, amount, posted_on)
        SELECT d.account_id, p_transfer, d.amount, p_posted_on
          FROM unnest(v_delta_accounts, v_delta_amounts) AS d(account_id, amount);
    END IF;
END $$;

CREATE FUNCTION ppob_refuse_shortfall(p_account bigint, p_need bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_available bigint;
BEGIN
    SELECT balance - held - min_balance INTO v_available FROM ppob_account WHERE id = p_account;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'No such account' USING ERRCODE = 'PB009';
    END IF;
    RAISE EXCEPTION 'Account % has % and needs %', p_account, v_available, p_need USING ERRCODE = 'PB004',
        DETAIL = json_build_object('account', p_account, 'available', v_available, 'need', p_need)::text;
END $$;

-- The transfer that a key has made already; another payload under the same key is refused, and so is another verb.
CREATE FUNCTION ppob_known_transfer(
    p_key text, p_hash bytea, p_kind text, p_amount bigint, p_hold bigint DEFAULT NULL, p_reverses bigint DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    t record;
BEGIN
    SELECT id, payload_hash, kind, amount, hold_id, reverses_id INTO t FROM ppob_transfer WHERE key = p_key;
    IF (t.payload_hash, t.kind, t.amount, t.hold_id, t.reverses_id)
       IS DISTINCT FROM (p_hash, p_kind::varchar, p_amount, p_hold, p_reverses) THEN
        RAISE EXCEPTION 'The key % has another payload', p_key USING ERRCODE = 'PB003';
    END IF;
    RETURN t.id;
END $$;

-- Hold a posting's days before its key is looked for: a day that closed between the two would refuse a call that an
-- earlier one with its key has answered already.
CREATE FUNCTION ppob_lock_days(p_day date, p_biller bigint, p_business_on date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_day < ppob_today() THEN
        PERFORM pg_advisory_xact_lock_shared(742107);
    END IF;
    PERFORM ppob_lock_ledger_day(p_day);
    IF p_biller IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock_shared(742102, ppob_biller_day_number(p_biller, p_business_on));
    END IF;
END $$;

-- Post n legs under a key: the first call does it, each later one answers what the first one did.
CREATE FUNCTION ppob_post(
    p_key text, p_hash bytea, p_kind text, p_amount bigint, p_accounts bigint[], p_amounts bigint[],
    p_memo text DEFAULT '', p_actor bigint DEFAULT NULL, p_biller bigint DEFAULT NULL, p_business_on date DEFAULT NULL,
    p_at timestamptz DEFAULT NULL, OUT transfer_id bigint, OUT replayed boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_at timestamptz := coalesce(p_at, clock_timestamp());
    v_posted_on date := (v_at AT TIME ZONE 'Asia/Jakarta')::date;
BEGIN
    replayed := false;
    IF p_amount IS DISTINCT FROM (SELECT sum(u.amount) FROM unnest(p_amounts) AS u(amount) WHERE u.amount > 0) THEN
        RAISE EXCEPTION 'The amount % is not what the legs debit', p_amount USING ERRCODE = 'PB008';
    END IF;
    IF p_at IS NOT NULL OR p_biller IS NOT NULL THEN
        PERFORM ppob_lock_days(v_posted_on, p_biller, p_business_on);
        IF EXISTS (SELECT FROM ppob_transfer WHERE key = p_key) THEN
            -- Its day may be closed since: the first answer is given all the same, and the row's guard is not asked.
            transfer_id := ppob_known_transfer(p_key, p_hash, p_kind, p_amount);
            replayed := true;
            RETURN;
        END IF;
    END IF;
    INSERT INTO ppob_transfer (key, payload_hash, kind, amount, posted_on, biller_id, business_on, memo, actor_id, created_at)
    VALUES (p_key, p_hash, p_kind, p_amount, v_posted_on, p_biller, p_business_on, p_memo, p_actor, v_at)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO transfer_id;
    IF transfer_id IS NULL THEN
        transfer_id := ppob_known_transfer(p_key, p_hash, p_kind, p_amount);
        replayed := true;
        RETURN;
    END IF;
    PERFORM ppob_apply(transfer_id, v_posted_on, p_accounts, p_amounts);
END $$;

-- The plain posting: debit one account, credit another. What ppob_post does, without its loops.
CREATE FUNCTION ppob_move(
    p_key text, p_hash bytea, p_kind text, p_debit bigint, p_credit bigint, p_amount bigint,
    p_memo text DEFAULT '', p_actor bigint DEFAULT NULL, OUT transfer_id bigint, OUT replayed boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_at timestamptz := clock_timestamp();
    v_posted_on date := (v_at AT TIME ZONE 'Asia/Jakarta')::date;
    v_first bigint := least(p_debit, p_credit);
    v_second bigint := greatest(p_debit, p_credit);
    v_amount bigint := CASE WHEN p_debit < p_credit THEN p_amount ELSE -p_amount END;  -- the first one's leg
    v_asset text;
    v_first_version bigint;
    v_first_balance bigint;
    v_second_version bigint;
    v_second_balance bigint;
BEGIN
    replayed := false;
    INSERT INTO ppob_transfer (key, payload_hash, kind, amount, posted_on, memo, actor_id, created_at)
    VALUES (p_key, p_hash, p_kind, p_amount, v_posted_on, p_memo, p_actor, v_at)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO transfer_id;
    IF transfer_id IS NULL THEN
        transfer_id := ppob_known_transfer(p_key, p_hash, p_kind, p_amount);
        replayed := true;
        RETURN;
    END IF;
    UPDATE ppob_account SET balance = balance + sign * v_amount, version = version + 1
     WHERE id = v_first AND NOT is_shared
       AND (sign * v_amount > 0 OR balance + sign * v_amount - held >= min_balance)
    RETURNING asset, version, balance INTO v_asset, v_first_version, v_first_balance;
    IF v_first_version IS NOT NULL AND v_first <> v_second THEN
        UPDATE ppob_account SET balance = balance - sign * v_amount, version = version + 1
         WHERE id = v_second AND NOT is_shared AND asset = v_asset
           AND (sign * v_amount < 0 OR balance - sign * v_amount - held >= min_balance)
        RETURNING version, balance INTO v_second_version, v_second_balance;
        IF v_second_version IS NOT NULL THEN
            INSERT INTO ppob_entry (account_id, version, transfer_id, amount, balance_after, posted_on)
            VALUES (v_first, v_first_version, transfer_id, v_amount, v_first_balance, v_posted_on),
                   (v_second, v_second_version, transfer_id, -v_amount, v_second_balance, v_posted_on);
            RETURN;
        END IF;
    END IF;
    -- A shared account, or something to refuse: undo what the first statement did, and let the general way decide.
    IF v_first_version IS NOT NULL THEN
        UPDATE ppob_account SET balance = balance - sign * v_amount, version = version - 1 WHERE id = v_first;
    END IF;
    PERFORM ppob_apply(transfer_id, v_posted_on, ARRAY[p_debit, p_credit], ARRAY[p_amount, -p_amount]);
END $$;

-- Authorise: set money of an account aside, within floor and limits, until it is captured, released or expires.
CREATE FUNCTION ppob_hold(
    p_key text, p_hash bytea, p_account bigint, p_amount bigint, p_expires_at timestamptz DEFAULT NULL,
    OUT hold_id bigint, OUT replayed boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_at timestamptz := clock_timestamp();
    v_day date := (v_at AT TIME ZONE 'Asia/Jakarta')::date;
    v_broken text;
    a record;
    h record;
BEGIN
    replayed := false;
    SELECT item_cap, day_cap, month_cap INTO a FROM ppob_account WHERE id = p_account;
    INSERT INTO ppob_hold (key, payload_hash, account_id, amount, limit_day, limit_month, expires_at, created_at)
    VALUES (p_key, p_hash, p_account, p_amount, CASE WHEN a.day_cap IS NOT NULL THEN v_day END,
            CASE WHEN a.month_cap IS NOT NULL THEN date_trunc('month', v_day)::date END, p_expires_at, v_at)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO hold_id;
    IF hold_id IS NULL THEN
        SELECT id, payload_hash, account_id, amount INTO h FROM ppob_hold WHERE key = p_key;
        IF (h.payload_hash, h.account_id, h.amount) IS DISTINCT FROM (p_hash, p_account, p_amount) THEN
            RAISE EXCEPTION 'The key % has another payload', p_key USING ERRCODE = 'PB003';
        END IF;
        hold_id := h.id;
        replayed := true;
        RETURN;
    END IF;
    UPDATE ppob_account SET held = held + p_amount
     WHERE id = p_account AND NOT is_shared AND balance - held - p_amount >= min_balance;
    IF NOT FOUND THEN
        PERFORM ppob_refuse_shortfall(p_account, p_amount);
    END IF;
    v_broken := ppob_broken_limit(p_account, v_day, p_amount, a.item_cap, a.day_cap, a.month_cap);
    IF v_broken IS NOT NULL THEN
        RAISE EXCEPTION 'Over the limit' USING ERRCODE = 'PB005', DETAIL = json_build_object('limit', v_broken)::text;
    END IF;
    PERFORM ppob_use_limits(p_account, v_day, p_amount, a.day_cap, a.month_cap);
END $$;

-- End an open hold: its money is free again, and so is what it counted for the limits. Whether it was open.
CREATE FUNCTION ppob_end_hold(p_hold bigint, p_state text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    h record;
BEGIN
    UPDATE ppob_hold SET state = p_state, ended_at = clock_timestamp()
     WHERE id = p_hold AND state = 'open' RETURNING account_id, amount, limit_day, limit_month INTO h;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE ppob_account SET held = held - h.amount WHERE id = h.account_id;
    PERFORM ppob_give_back_limits(h.account_id, h.limit_day, h.limit_month, h.amount);
    RETURN true;
END $$;

-- End a hold without a sale. True the first time, false for one that was released before; a captured one is refused, and
-- one that a sale under way has taken: that ends with the sale's state.
CREATE FUNCTION ppob_release(p_hold bigint, p_state text DEFAULT 'released')
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    h record;
BEGIN
    IF p_state IS NULL OR p_state NOT IN ('released', 'expired') THEN
        RAISE EXCEPTION 'A hold is released or expires' USING ERRCODE = 'PB006';
    END IF;
    SELECT state, transaction_id INTO h FROM ppob_hold WHERE id = p_hold FOR UPDATE;
    IF h.state IN ('released', 'expired') THEN
        RETURN false;
    END IF;
    IF h.state IS DISTINCT FROM 'open' OR h.transaction_id IS NOT NULL THEN
        RAISE EXCEPTION 'The hold % is no more, or is a sale''s', p_hold USING ERRCODE = 'PB006';
    END IF;
    RETURN ppob_end_hold(p_hold, p_state);
END $$;

-- Turn a hold into a transfer of at most its amount: p_accounts holds the other legs, the held account is debited their sum.
CREATE FUNCTION ppob_capture(
    p_key text, p_hash bytea, p_kind text, p_hold bigint, p_accounts bigint[], p_amounts bigint[],
    p_memo text DEFAULT '', p_actor bigint DEFAULT NULL, OUT transfer_id bigint, OUT replayed boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_at timestamptz := clock_timestamp();
    v_posted_on date := (v_at AT TIME ZONE 'Asia/Jakarta')::date;
    v_amount bigint := coalesce(-(SELECT sum(amount) FROM unnest(p_amounts) AS u(amount)), 0);
    h record;
BEGIN
    SELECT account_id, amount, limit_day, limit_month INTO h FROM ppob_hold WHERE id = p_hold;
    replayed := false;
    INSERT INTO ppob_transfer (key, payload_hash, kind, amount, posted_on, hold_id, limit_day, limit_month,
                               limit_account_id, memo, actor_id, created_at)
    VALUES (p_key, p_hash, p_kind, v_amount, v_posted_on, p_hold, h.limit_day, h.limit_month,
            CASE WHEN num_nonnulls(h.limit_day, h.limit_month) > 0 THEN h.account_id END, p_memo, p_actor, v_at)
    -- Not of the key alone: of two with one key at the same moment, the second would trip over the hold's index instead.
    ON CONFLICT DO NOTHING RETURNING id INTO transfer_id;
    IF transfer_id IS NULL THEN
        IF NOT EXISTS (SELECT FROM ppob_transfer WHERE key = p_key) THEN
            RAISE EXCEPTION 'The hold % is captured', p_hold USING ERRCODE = 'PB006';
        END IF;
        transfer_id := ppob_known_transfer(p_key, p_hash, p_kind, v_amount, p_hold);
        replayed := true;
        RETURN;
    END IF;
    UPDATE ppob_hold SET state = 'captured', ended_at = v_at
     WHERE id = p_hold AND state = 'open' AND transaction_id IS NULL;
    IF NOT FOUND OR v_amount > h.amount THEN
        RAISE EXCEPTION 'The hold % is no more, is a sale''s, or is smaller', p_hold USING ERRCODE = 'PB006';
    END IF;
    -- Locks by id: an account with a smaller one among the other legs comes before the held one.
    PERFORM FROM ppob_account WHERE id = ANY (p_accounts || h.account_id) AND NOT is_shared ORDER BY id FOR NO KEY UPDATE;
    UPDATE ppob_account SET held = held - h.amount WHERE id = h.account_id;
    PERFORM ppob_apply(transfer_id, v_posted_on, p_accounts || h.account_id, p_amounts || v_amount);
    IF v_amount < h.amount THEN
        PERFORM ppob_give_back_limits(h.account_id, h.limit_day, h.limit_month, h.amount - v_amount);
    END IF;
END $$;

-- Post the mirror image of a transfer; what it counted for the limits goes back to the day and month that counted it.
CREATE FUNCTION ppob_mirror(
    p_key text, p_hash bytea, p_kind text, p_transfer bigint, p_memo text, p_actor bigint, p_biller bigint,
    p_business_on date, p_at timestamptz, OUT transfer_id bigint, OUT replayed boolean
) LANGUAGE plpgsql AS $$
DECLARE
    v_posted_on date := (p_at AT TIME ZONE 'Asia/Jakarta')::date;
    v_accounts bigint[];
    v_amounts bigint[];
    t record;
BEGIN
    SELECT amount, transaction_id, limit_day, limit_month, limit_account_id INTO t
      FROM ppob_transfer WHERE id = p_transfer;
    replayed := false;
    INSERT INTO ppob_transfer (key, payload_hash, kind, amount, posted_on, biller_id, business_on, transaction_id,
                               reverses_id, memo, actor_id, created_at)
    VALUES (p_key, p_hash, p_kind, t.amount, v_posted_on, p_biller, p_business_on, t.transaction_id, p_transfer,
            p_memo, p_actor, p_at)
    ON CONFLICT DO NOTHING RETURNING id INTO transfer_id;  -- as in ppob_capture
    IF transfer_id IS NULL THEN
        IF NOT EXISTS (SELECT FROM ppob_transfer WHERE key = p_key) THEN
            RAISE EXCEPTION 'Transfer % is reversed', p_transfer
                USING ERRCODE = 'unique_violation', CONSTRAINT = 'transfer_reversed_once';
        END IF;
        transfer_id := ppob_known_transfer(p_key, p_hash, p_kind, t.amount, NULL, p_transfer);
        replayed := true;
        RETURN;
    END IF;
    SELECT array_agg(account_id), array_agg(-amount) INTO v_accounts, v_amounts
      FROM (SELECT e.account_id, e.amount FROM ppob_entry e WHERE e.transfer_id = p_transfer
            UNION ALL SELECT d.account_id, d.amount FROM ppob_delta d WHERE d.transfer_id = p_transfer) legs;
    PERFORM ppob_apply(transfer_id, v_posted_on, v_accounts, v_amounts);
    PERFORM ppob_give_back_limits(t.limit_account_id, t.limit_day, t.limit_month, t.amount);
END $$;

-- Cancel a transfer by its mirror image. A sale's is not cancelled here: its state would still say that it was sold.
CREATE FUNCTION ppob_reverse(
    p_key text, p_hash bytea, p_transfer bigint, p_memo text DEFAULT '', p_actor bigint DEFAULT NULL,
    p_biller bigint DEFAULT NULL, p_business_on date DEFAULT NULL, p_at timestamptz DEFAULT NULL,
    OUT transfer_id bigint, OUT replayed boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    t record;
BEGIN
    SELECT amount, transaction_id, reverses_id INTO t FROM ppob_transfer WHERE id = p_transfer;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'No transfer % to reverse', p_transfer USING ERRCODE = 'PB009';
    ELSIF t.reverses_id IS NOT NULL THEN
        RAISE EXCEPTION 'Transfer % is a reversal itself', p_transfer USING ERRCODE = 'PB011';
    ELSIF t.transaction_id IS NOT NULL THEN
        RAISE EXCEPTION 'Transaction % is reversed by its state', t.transaction_id USING ERRCODE = 'PB010';
    END IF;
    IF p_at IS NOT NULL OR p_biller IS NOT NULL THEN
        PERFORM ppob_lock_days((coalesce(p_at, clock_timestamp()) AT TIME ZONE 'Asia/Jakarta')::date, p_biller,
                               p_business_on);
        IF EXISTS (SELECT FROM ppob_transfer WHERE key = p_key) THEN
            transfer_id := ppob_known_transfer(p_key, p_hash, 'reversal', t.amount, NULL, p_transfer);
            replayed := true;
            RETURN;
        END IF;
    END IF;
    SELECT m.transfer_id, m.replayed INTO transfer_id, replayed
      FROM ppob_mirror(p_key, p_hash, 'reversal', p_transfer, p_memo, p_actor, p_biller, p_business_on,
                       coalesce(p_at, clock_timestamp())) m;
END $$;

-- Fold a shared account's deltas into one entry. The exclusive lock waits for whoever is adding one (their numbers are
-- drawn under its shared form), so every delta up to the last is there and none comes later.
CREATE FUNCTION ppob_fold(p_account bigint)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a record;
    d record;
    v_at timestamptz := clock_timestamp();
    v_day date := (v_at AT TIME ZONE 'Asia/Jakarta')::date;
    v_fold bigint;
    v_version bigint;
    v_balance bigint;
BEGIN
    PERFORM ppob_lock_ledger_day(v_day);
    PERFORM pg_advisory_xact_lock(742104);
    PERFORM pg_advisory_xact_lock(742103, p_account::integer);
    SELECT id, sign, folded_through, version INTO a FROM ppob_account WHERE id = p_account AND is_shared FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'No such shared account' USING ERRCODE = 'PB009';
    END IF;
    SELECT min(id) AS first, max(id) AS last, count(*)::integer AS n, sum(amount) AS amount INTO d
      FROM ppob_delta WHERE account_id = p_account AND id > a.folded_through;
    IF d.n = 0 THEN
        RETURN 0;
    END IF;
    IF d.amount = 0 THEN
        -- They cancel each other: an entry of nothing would say nothing.
        UPDATE ppob_account SET folded_through = d.last WHERE id = p_account;
        RETURN d.n;
    END IF;
    UPDATE ppob_account SET balance = balance + a.sign * d.amount, version = version + 1, folded_through = d.last
     WHERE id = p_account RETURNING version, balance INTO v_version, v_balance;
    INSERT INTO ppob_fold (account_id, first_delta, last_delta, deltas, amount, version, created_at)
    VALUES (p_account, d.first, d.last, d.n, d.amount, v_version, v_at) RETURNING id INTO v_fold;
    INSERT INTO ppob_entry (account_id, version, fold_id, amount, balance_after, posted_on)
    VALUES (p_account, v_version, v_fold, d.amount, v_balance, v_day);
    RETURN d.n;
END $$;

-- Close a ledger day: nothing posts into it or before it any more, and its hash binds what was posted to the day before.
-- Oldest first: a day that was passed over would be closed and have no hash.
CREATE FUNCTION ppob_close_day(p_day date)
RETURNS bytea LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_digest bytea;
    v_transfers bigint;
    v_entries bigint;
    v_moved bigint;
    v_open date;
BEGIN
    IF p_day IS NULL OR p_day >= ppob_today() THEN
        RAISE EXCEPTION 'The ledger day % is not over', p_day USING ERRCODE = 'PB001';
    END IF;
    -- Alone with every day that is over: those who post into one hold this lock's shared form too.
    PERFORM pg_advisory_xact_lock(742107);
    PERFORM pg_advisory_xact_lock(742101, p_day - DATE '2000-01-01');
    IF EXISTS (SELECT FROM ppob_ledger_day WHERE day >= p_day) THEN
        RAISE EXCEPTION 'The ledger day % is closed', p_day USING ERRCODE = 'PB001';
    END IF;
    SELECT min(posted_on) INTO v_open FROM ppob_transfer
     WHERE posted_on < p_day AND posted_on > coalesce((SELECT max(day) FROM ppob_ledger_day), '-infinity');
    IF v_open IS NOT NULL THEN
        RAISE EXCEPTION 'The ledger day % comes before', v_open USING ERRCODE = 'PB001',
            DETAIL = json_build_object('day', v_open)::text;
    END IF;
    SELECT digest, transfers, entries, moved INTO v_digest, v_transfers, v_entries, v_moved FROM ppob_day_digest(p_day);
    INSERT INTO ppob_ledger_day (day, transfers, entries, moved, digest)
    VALUES (p_day, v_transfers, v_entries, v_moved, v_digest);
    RETURN v_digest;
END $$;

-- What a day's hash is: over its transfers and their legs, in blocks of a thousand, after the hash of the day before.
-- Every column has its place, also an empty one; dates are written the same whatever the session prefers.
CREATE FUNCTION ppob_day_digest(p_day date, OUT digest bytea, OUT transfers bigint, OUT entries bigint, OUT moved bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    v_before bytea := coalesce((SELECT d.digest FROM ppob_ledger_day d WHERE d.day < p_day ORDER BY d.day DESC LIMIT 1),
                               ''::bytea);
    v_transfers bytea;
    v_entries bytea;
BEGIN
    SELECT string_agg(block, ''::bytea ORDER BY number), coalesce(sum(n), 0) INTO v_transfers, transfers FROM (
        SELECT id / 1000 AS number, count(*) AS n, sha256(string_agg(sha256(convert_to(ROW(id, key, payload_hash, kind,
                   amount, posted_on, biller_id, business_on, transaction_id, reverses_id, hold_id, limit_account_id,
                   limit_day, limit_month, memo, actor_id, created_at)::text, 'UTF8')), ''::bytea ORDER BY id)) AS block
          FROM ppob_transfer WHERE posted_on = p_day GROUP BY 1) blocks;
    SELECT string_agg(block, ''::bytea ORDER BY number), coalesce(sum(n), 0), coalesce(sum(debits), 0)
      INTO v_entries, entries, moved FROM (
        SELECT account_id * 1000000 + number / 1000 AS number, count(*) AS n,
               sum(greatest(amount, 0)) FILTER (WHERE transfer_id IS NOT NULL) AS debits,
               sha256(string_agg(sha256(convert_to(ROW(kind, account_id, number, transfer_id, fold_id, amount,
                   balance_after)::text, 'UTF8')), ''::bytea ORDER BY kind, number)) AS block
          FROM (SELECT 'e' AS kind, account_id, version AS number, transfer_id, fold_id, amount, balance_after
                  FROM ppob_entry WHERE posted_on = p_day
                UNION ALL SELECT 'd', account_id, id, transfer_id, NULL, amount, NULL
                  FROM ppob_delta WHERE posted_on = p_day) legs
         GROUP BY 1) blocks;
    digest := sha256(v_before || convert_to(p_day::text, 'UTF8') || coalesce(v_transfers, ''::bytea)
                     || coalesce(v_entries, ''::bytea));
END $$;
