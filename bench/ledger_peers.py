"""What the ledger is measured against: as others post, each in tables of its own on the same server.

`peer_*` does what pgledger's `pgledger_create_transfer` does as of July 2026, in words of ours: tables, foreign keys and
indexes as there, keys of 26 letters that grow with time and are made in PL/pgSQL, a lock a statement in order, balances, a
function that checks them, entries with the balance before and after and a version, and the transfer read again for the
answer. TPC-B is pgbench's, here as one PL/pgSQL function a transaction (`bench.pgbench` has it as it is). None
knows keys that make a call safe to repeat, holds, limits or closed days. The plain one is what one writes with models and
`select_for_update`.
"""

from typing import Any

from django.db import models, transaction

ACCOUNTS, BRANCHES = 10_000, 10
TABLES = f"""
    CREATE FUNCTION peer_letters(p_id uuid) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
    DECLARE
        v_bits bit(130) := (B'00' || ('x' || replace(p_id::text, '-', ''))::bit(128))::bit(130);
        v_text text := '';
    BEGIN
        FOR n IN 0..25 LOOP
            v_text := v_text || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + substring(v_bits FROM 1 + 5 * n FOR 5)::int, 1);
        END LOOP;
        RETURN v_text;
    END $$;
    CREATE FUNCTION peer_key(p_prefix text) RETURNS text LANGUAGE sql VOLATILE AS $$
        SELECT p_prefix || peer_letters((lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 14, '0')
                                         || substr(replace(gen_random_uuid()::text, '-', ''), 15))::uuid)
    $$;
    CREATE TABLE peer_account (
        id text PRIMARY KEY DEFAULT peer_key('pgla_'), name text NOT NULL, currency text NOT NULL,
        balance numeric NOT NULL DEFAULT 0, version bigint NOT NULL DEFAULT 0, may_be_negative boolean NOT NULL,
        may_be_positive boolean NOT NULL, facts jsonb, created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE peer_transfer (
        id text PRIMARY KEY DEFAULT peer_key('pglt_'), giver text NOT NULL REFERENCES peer_account,
        taker text NOT NULL REFERENCES peer_account, amount numeric NOT NULL, created_at timestamptz NOT NULL,
        event_at timestamptz NOT NULL, facts jsonb, CHECK (amount > 0 AND giver <> taker));
    CREATE INDEX ON peer_transfer (giver); CREATE INDEX ON peer_transfer (taker); CREATE INDEX ON peer_transfer (event_at);
    CREATE TABLE peer_entry (
        id text PRIMARY KEY DEFAULT peer_key('pgle_'), account_id text NOT NULL REFERENCES peer_account,
        transfer_id text NOT NULL REFERENCES peer_transfer,
        amount numeric NOT NULL, balance_before numeric NOT NULL, balance_after numeric NOT NULL, version bigint NOT NULL,
        created_at timestamptz NOT NULL);
    CREATE INDEX ON peer_entry (account_id); CREATE INDEX ON peer_entry (transfer_id);
    INSERT INTO peer_account (id, name, currency, may_be_negative, may_be_positive, balance)
        SELECT 'acc_' || n, 'Account ' || n, 'IDR', true, true, 1000000000 FROM generate_series(1, {ACCOUNTS}) n;

    CREATE TABLE tpcb_branch (id int PRIMARY KEY, balance int NOT NULL DEFAULT 0, filler char(88)) WITH (fillfactor = 50);
    CREATE TABLE tpcb_teller (id int PRIMARY KEY, branch_id int, balance int NOT NULL DEFAULT 0, filler char(84)) WITH (fillfactor = 50);
    CREATE TABLE tpcb_account (id int PRIMARY KEY, branch_id int, balance int NOT NULL DEFAULT 0, filler char(84)) WITH (fillfactor = 90);
    CREATE TABLE tpcb_history (teller_id int, branch_id int, account_id int, delta int, at timestamp, filler char(22));
    INSERT INTO tpcb_branch SELECT n FROM generate_series(1, {BRANCHES}) n;
    INSERT INTO tpcb_teller SELECT n, n / 10 FROM generate_series(1, {BRANCHES} * 10) n;
    INSERT INTO tpcb_account SELECT n, n / 100000 FROM generate_series(1, {BRANCHES} * 100000) n;

    CREATE TABLE plain_account (id bigint PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
    CREATE TABLE plain_transfer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key varchar(120) UNIQUE, amount bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE plain_entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id bigint NOT NULL REFERENCES plain_account,
        transfer_id bigint NOT NULL REFERENCES plain_transfer, amount bigint NOT NULL, balance_after bigint NOT NULL);
    CREATE INDEX ON plain_entry (account_id); CREATE INDEX ON plain_entry (transfer_id);
    INSERT INTO plain_account SELECT n, 1000000000 FROM generate_series(1, {ACCOUNTS}) n;

    CREATE FUNCTION peer_check(a peer_account) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT a.may_be_negative AND a.balance < 0 THEN
            RAISE EXCEPTION 'Not below nothing';
        END IF;
        IF NOT a.may_be_positive AND a.balance > 0 THEN
            RAISE EXCEPTION 'Not above nothing';
        END IF;
    END $$;
    CREATE TYPE peer_request AS (giver text, taker text, amount numeric);
    CREATE FUNCTION peer_post_all(p_requests peer_request[], p_event_at timestamptz DEFAULT NULL, p_facts jsonb DEFAULT NULL)
    RETURNS SETOF peer_transfer LANGUAGE plpgsql AS $$
    DECLARE
        r peer_request;
        v_made text[] := '{{}}';
        v_accounts text[] := '{{}}';
        v_account text;
        v_transfer text;
        a peer_account;
        b peer_account;
    BEGIN
        FOREACH r IN ARRAY p_requests LOOP
            v_accounts := array_append(v_accounts, r.giver);
            v_accounts := array_append(v_accounts, r.taker);
        END LOOP;
        SELECT ARRAY(SELECT DISTINCT one FROM unnest(v_accounts) one ORDER BY one) INTO v_accounts;
        FOREACH v_account IN ARRAY v_accounts LOOP
            PERFORM FROM peer_account WHERE id = v_account FOR UPDATE;
        END LOOP;
        FOREACH r IN ARRAY p_requests LOOP
            IF r.amount <= 0 OR r.giver = r.taker THEN
                RAISE EXCEPTION 'Of one to another, and more than nothing';
            END IF;
            UPDATE peer_account SET balance = balance - r.amount, version = version + 1, updated_at = now()
             WHERE id = r.giver RETURNING * INTO a;
            PERFORM peer_check(a);
            UPDATE peer_account SET balance = balance + r.amount, version = version + 1, updated_at = now()
             WHERE id = r.taker RETURNING * INTO b;
            PERFORM peer_check(b);
            IF a.currency <> b.currency THEN
                RAISE EXCEPTION 'Of one currency';
            END IF;
            INSERT INTO peer_transfer (giver, taker, amount, created_at, event_at, facts)
            VALUES (r.giver, r.taker, r.amount, now(), coalesce(p_event_at, now()), p_facts) RETURNING id INTO v_transfer;
            v_made := array_append(v_made, v_transfer);
            INSERT INTO peer_entry (account_id, transfer_id, amount, balance_before, balance_after, version, created_at)
            VALUES (r.giver, v_transfer, -r.amount, a.balance + r.amount, a.balance, a.version, now());
            INSERT INTO peer_entry (account_id, transfer_id, amount, balance_before, balance_after, version, created_at)
            VALUES (r.taker, v_transfer, r.amount, b.balance - r.amount, b.balance, b.version, now());
        END LOOP;
        RETURN QUERY SELECT * FROM peer_transfer WHERE id = ANY (v_made) ORDER BY id;
    END $$;
    CREATE FUNCTION peer_post(p_giver text, p_taker text, p_amount numeric) RETURNS SETOF peer_transfer LANGUAGE plpgsql AS $$
    BEGIN
        RETURN QUERY SELECT * FROM peer_post_all(ARRAY[(p_giver, p_taker, p_amount)::peer_request]);
    END $$;
    CREATE FUNCTION tpcb(p_account int, p_branch int, p_teller int, p_delta int) RETURNS int LANGUAGE plpgsql AS $$
    DECLARE
        v_balance int;
    BEGIN
        UPDATE tpcb_account SET balance = balance + p_delta WHERE id = p_account;
        SELECT balance INTO v_balance FROM tpcb_account WHERE id = p_account;
        UPDATE tpcb_teller SET balance = balance + p_delta WHERE id = p_teller;
        UPDATE tpcb_branch SET balance = balance + p_delta WHERE id = p_branch;
        INSERT INTO tpcb_history VALUES (p_teller, p_branch, p_account, p_delta, current_timestamp);
        RETURN v_balance;
    END $$;
"""  # noqa: S608  our own numbers


# What each has posted before it is measured, so that its plans are those of a ledger in use.
SEED = """
    SELECT count(*) FROM generate_series(1, 1000) n, peer_post('acc_' || n, 'acc_' || n + 1, 5);
    SELECT count(tpcb(n, 1 + n % 10, 1 + n % 100, 7)) FROM generate_series(1, 1000) n;
    WITH made AS (INSERT INTO plain_transfer (key, amount) SELECT 'seed' || n, 5 FROM generate_series(1, 1000) n RETURNING id)
    INSERT INTO plain_entry (account_id, transfer_id, amount, balance_after)
        SELECT id, id, 5, 5 FROM made UNION ALL SELECT 1 + id, id, -5, 5 FROM made;
"""


class PlainAccount(models.Model):
    objects: Any = models.Manager()
    balance = models.BigIntegerField()

    class Meta:
        managed, app_label, db_table = False, "bench", "plain_account"


class PlainTransfer(models.Model):
    objects: Any = models.Manager()
    key = models.CharField(max_length=120)
    amount = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed, app_label, db_table = False, "bench", "plain_transfer"


class PlainEntry(models.Model):
    objects: Any = models.Manager()
    account = models.ForeignKey(PlainAccount, models.PROTECT)
    transfer = models.ForeignKey(PlainTransfer, models.PROTECT)
    amount = models.BigIntegerField()
    balance_after = models.BigIntegerField()

    class Meta:
        managed, app_label, db_table = False, "bench", "plain_entry"


@transaction.atomic
def post_plainly(key: str, giver: int, taker: int, amount: int) -> None:
    """The accounts locked in order, a transfer, two entries, two balances: what a careful person writes with models."""
    accounts = {
        one.pk: one
        for one in PlainAccount.objects.select_for_update().filter(pk__in=[giver, taker]).order_by("pk")
    }
    made = PlainTransfer.objects.create(key=key, amount=amount)
    for pk, change in ((giver, -amount), (taker, amount)):
        accounts[pk].balance += change
        accounts[pk].save()
        PlainEntry.objects.create(
            account=accounts[pk], transfer=made, amount=change, balance_after=accounts[pk].balance
        )


def by_peer(database: Any, chance: Any, units: int) -> None:
    for _ in range(units):
        giver, taker = chance.sample(range(1, ACCOUNTS + 1), 2)
        database.execute("SELECT * FROM peer_post(%s, %s, %s)", [f"acc_{giver}", f"acc_{taker}", 5])


def by_tpcb(database: Any, chance: Any, units: int) -> None:
    for _ in range(units):
        branch = chance.randrange(1, BRANCHES + 1)
        database.execute(
            "SELECT tpcb(%s, %s, %s, %s)",
            [chance.randrange(1, BRANCHES * 100_000 + 1), branch, branch * 10 - chance.randrange(10), 7],
        )


def by_models(database: Any, chance: Any, units: int) -> None:
    for _ in range(units):
        giver, taker = chance.sample(range(1, ACCOUNTS + 1), 2)
        post_plainly(f"{chance.getrandbits(64):x}", giver, taker, 5)
