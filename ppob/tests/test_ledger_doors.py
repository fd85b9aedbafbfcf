"""Raw SQL as the application's role: only the verbs write the ledger, and nothing written is changed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from core.append_only import is_separate_role
from core.partitions import partitions_for, tables_of
from ppob import ledger
from ppob.ledger import payload_hash
from ppob.models import BillerDay, LedgerDay, Transaction, Transfer
from ppob.ownership import TABLES, VERBS
from ppob.services.proof import close_days, verify_ledger
from ppob.services.sales import report_sales
from ppob.services.shared_accounts import fold_all
from ppob.tests.ledger_factories import House, account

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.skipif(not is_separate_role(), reason="one database role for all"),
]
DENIED, KEPT, CLOSED, SIGNED = "42501", "23001", "PB001", "PB002"
HASH = payload_hash(anything=1)
APPEND_ONLY = (
    "ppob_transfer", "ppob_entry", "ppob_delta", "ppob_fold", "ppob_ledger_day", "ppob_transaction_key",
    "ppob_transaction_event", "core_auditentry", "core_auditseal",
)  # fmt: skip


def refused(sql: str, *params, using: str = "default") -> str:
    """The SQLSTATE with which the statement is refused; it must be."""
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(using=using),
        connections[using].cursor() as cursor,
    ):
        cursor.execute(sql, params)
    return getattr(caught.value.__cause__, "sqlstate", "")


@pytest.fixture
def house() -> House:
    """With a row in every table of the ledger."""
    house = House.make()
    lost = house.sale(state="suspect")
    report_sales([house.sale(), house.sale(state="suspect"), House.make(balance=0).sale(), lost])
    report_sales([replace(lost, state="failed")])
    fold_all()
    return house


def partitions_of(parent: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [parent]
        )
        return [name for (name,) in cursor.fetchall()]


def columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [table]
        )
        return [name for (name,) in cursor.fetchall()]


def test_no_ledger_table_is_written_changed_or_emptied(house):
    for table in (
        *TABLES,
        *partitions_of("ppob_transaction"),
        *APPEND_ONLY,
        *partitions_of("core_auditentry"),
    ):
        column = columns_of(table)[0]
        assert refused(f"UPDATE {table} SET {column} = {column}") == DENIED, table
        assert refused(f"DELETE FROM {table}") == DENIED, table
        assert refused(f"TRUNCATE {table} CASCADE") == DENIED, table
        if table.startswith("ppob_") and table != "ppob_account":
            assert refused(f"INSERT INTO {table} SELECT * FROM {table}") == DENIED, table
    assert verify_ledger()["violations"] == []


def test_a_partition_made_later_is_closed_too():
    [table] = [one for one in tables_of("ppob") if one.table == "ppob_transaction"]
    moment = timezone.now() + timedelta(days=4000)
    [name] = partitions_for(table, moment, moment)
    try:
        for forbidden in (f"INSERT INTO {name} SELECT * FROM {name}", f"DELETE FROM {name}", f"TRUNCATE {name}",
                          f"UPDATE {name} SET state = state"):  # fmt: skip
            assert refused(forbidden) == DENIED
        assert refused(f"TRUNCATE {name}", using="owner") == KEPT
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"DROP TABLE {name}")


def test_not_even_the_owner_changes_what_was_posted(house):
    for table in APPEND_ONLY[:-2]:
        if table == "ppob_ledger_day":
            continue  # empty here
        column = columns_of(table)[0]
        assert refused(f"UPDATE {table} SET {column} = {column}", using="owner") == KEPT, table
        assert refused(f"DELETE FROM {table}", using="owner") == KEPT, table
    for table in TABLES:
        assert refused(f"TRUNCATE {table} CASCADE", using="owner") == KEPT, table
    for table in ("ppob_account", "ppob_hold", "ppob_transaction", "ppob_posting_exception"):
        assert refused(f"DELETE FROM {table}", using="owner") == KEPT, table


def test_only_the_verbs_are_called():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, has_function_privilege(current_user, oid, 'EXECUTE'), prorettype = 'trigger'::regtype"
            " FROM pg_proc WHERE proname LIKE 'ppob\\_%%' AND pronamespace = 'public'::regnamespace"
        )
        callable_by = {name: may for name, may, is_trigger in cursor.fetchall() if not is_trigger}
    assert {name for name, may in callable_by.items() if may} == set(VERBS)
    assert {"ppob_apply", "ppob_use_limits", "ppob_give_back_limits", "ppob_sell", "ppob_mirror"} <= set(
        callable_by
    )


@pytest.mark.parametrize(
    "call",
    [
        "ppob_apply(1, current_date, ARRAY[1, 2]::bigint[], ARRAY[1, -1]::bigint[])",
        "ppob_use_limits(1, current_date, 1, 1, 1)",
        "ppob_give_back_limits(1, current_date, current_date, 1000000)",
        "ppob_end_hold(1, 'released')",
        "ppob_mirror('k', '\\x00', 'reversal', 1, '', NULL, NULL, NULL, now())",
        "ppob_charge('k', '\\x00', 1, 2, 1)",
    ],
)  # fmt: skip
def test_a_step_of_a_verb_is_not_called(call):
    assert refused(f"SELECT {call}") == DENIED


def test_an_account_begins_with_nothing_and_is_of_its_kind(house):
    row = (
        "INSERT INTO ppob_account (code, kind, asset, sign, is_shared, balance, held, min_balance, version,"
        " folded_through) VALUES ('mine', %s, %s, %s, %s, %s, %s, 0, %s, %s)"
    )
    for balance, held, version, folded in ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)):
        assert refused(row, "bank", "IDR", 1, True, balance, held, version, folded) == KEPT
    assert refused(row, "bank", "IDR", -1, True, 0, 0, 0, 0) == KEPT
    assert refused(row, "bank", "PTS", 1, True, 0, 0, 0, 0) == KEPT
    assert refused(row, "bank", "IDR", 1, False, 0, 0, 0, 0) == KEPT
    assert refused(row, "agent", "IDR", -1, False, 0, 0, 0, 0) == KEPT  # nobody's
    for column, value in (
        ("sign", "-sign"),
        ("is_shared", "NOT is_shared"),
        ("kind", "'bank'"),
        ("code", "'x'"),
    ):
        assert refused(f"UPDATE ppob_account SET {column} = {value}") == DENIED
        assert refused(f"UPDATE ppob_account SET {column} = {value}", using="owner") == KEPT
    for column in ("balance", "held", "version", "folded_through"):
        assert refused(f"UPDATE ppob_account SET {column} = {column} + 1") == DENIED


def test_a_floor_is_not_set_above_the_money_that_is_there(house):
    for using in ("default", "owner"):
        assert (
            refused("UPDATE ppob_account SET min_balance = 10^15 WHERE kind = 'agent'", using=using)
            == "23514"
        )
    row = (
        "INSERT INTO ppob_account (code, kind, asset, sign, is_shared, agent_id, balance, held, min_balance, version,"
        " folded_through) VALUES ('mine', 'agent', 'IDR', -1, false, %s, 0, 0, 1, 0, 0)"
    )
    assert refused(row, house.agent.pk, using="owner") == "23514"
    # Of an account that everybody touches it warns, and stops nobody.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ppob_account SET min_balance = 10^15 WHERE kind = 'bank'")


def test_nothing_posts_into_a_closed_ledger_day(house):
    yesterday = timezone.now() - timedelta(days=1)
    legs = [(account(house.agent).pk, 1_000), (account("clearing:idr").pk, -1_000)]
    posted = ledger.post(key="early", kind="move", legs=legs, at=yesterday)
    day = Transfer.objects.get(pk=posted.id).posted_on
    close_days(day)
    call = "SELECT ppob_post(%s, %s, 'move', 1000, %s::bigint[], ARRAY[1000, -1000]::bigint[], p_at => %s)"
    accounts = [leg[0] for leg in legs]
    assert refused(call, "late", HASH, accounts, yesterday) == CLOSED
    assert refused(call, "later", HASH, accounts, yesterday - timedelta(days=400)) == CLOSED
    assert refused(call, "future", HASH, accounts, yesterday + timedelta(days=3)) == CLOSED
    assert refused("SELECT ppob_close_day(%s)", day) == CLOSED
    assert refused("SELECT ppob_close_day(%s)", day + timedelta(days=2)) == CLOSED  # it is not over
    # Nor by whoever owns the tables, and has the functions behind them.
    for table, number in (("ppob_entry", "version"), ("ppob_delta", "id")):
        leg = (
            f"INSERT INTO {table} (account_id, {number}, transfer_id, amount, posted_on"
            f"{', balance_after' if table == 'ppob_entry' else ''}) VALUES (%s, 99, %s, 5, %s"
            f"{', 5' if table == 'ppob_entry' else ''})"
        )
        assert refused(leg, accounts[0], posted.id, day, using="owner") == CLOSED
    assert verify_ledger()["violations"] == []
    assert LedgerDay.objects.get().day == day


def test_days_close_oldest_first(house):
    now = timezone.now()
    legs = [(account(house.agent).pk, 1_000), (account("clearing:idr").pk, -1_000)]
    days = [
        Transfer.objects.get(pk=ledger.post(key=f"d{ago}", kind="move", legs=legs, at=now - timedelta(days=ago)).id)
        .posted_on
        for ago in (3, 2)
    ]  # fmt: skip
    assert refused("SELECT ppob_close_day(%s)", days[1]) == CLOSED
    ledger.close_day(days[0])
    ledger.close_day(days[1])


def test_nothing_posts_into_a_signed_biller_day(house):
    row = Transaction.objects.filter(state="suspect").get()
    BillerDay.objects.update_or_create(
        biller=house.biller, business_on=row.business_on, defaults={"signed_at": timezone.now()}
    )
    legs = [account(house.agent).pk, account("clearing:idr").pk]
    assert refused(
        "SELECT ppob_post('k', %s, 'move', 5, %s::bigint[], ARRAY[5, -5]::bigint[], p_biller => %s, p_business_on => %s)",
        HASH, legs, house.biller.pk, row.business_on,
    ) == SIGNED  # fmt: skip
    assert refused("UPDATE ppob_billerday SET signed_at = NULL") == KEPT
    assert refused("DELETE FROM ppob_billerday") == KEPT
    assert (
        refused("UPDATE ppob_transaction SET state = 'success' WHERE id = %s", row.pk, using="owner")
        == SIGNED
    )


def test_keys_of_sales_are_nobody_else_s(house):
    legs = [account(house.agent).pk, account("clearing:idr").pk]
    call = "SELECT ppob_post(%s, %s, %s, 5, %s::bigint[], ARRAY[5, -5]::bigint[])"
    for key, kind in (("sale:77", "move"), ("reversal:77", "move"), ("mine", "sale"), ("mine", "reversal")):
        assert refused(call, key, HASH, kind, legs) == "23514"
    assert refused("SELECT ppob_hold('transaction:77', %s, %s, 5)", HASH, legs[0]) == "23514"
    assert refused(call, "short", b"abc", "move", legs) == "23514"


def test_what_a_transfer_states_is_what_its_legs_move(house):
    legs = [account(house.agent).pk, account("clearing:idr").pk]
    call = "SELECT ppob_post('k', %s, 'move', %s, %s::bigint[], %s::bigint[])"
    assert refused(call, HASH, 1, legs, [5, -5]) == "PB008"
    assert refused(call, HASH, 5, legs, [5, -4]) == "PB008"
    assert refused(call, HASH, 5, [*legs, account("issued:pts").pk], [5, -4, -1]) == "PB008"
    assert refused(call, HASH, 5, [legs[0], 10**9], [5, -5]) == "PB009"


def test_the_key_of_a_transaction_stays_and_a_transaction_has_one(house):
    for change in ("payload_hash = payload_hash", "transaction_id = 1", "business_on = business_on + 1"):
        assert refused(f"UPDATE ppob_transaction_key SET {change}", using="owner") == KEPT
    assert refused("INSERT INTO ppob_transaction_key SELECT * FROM ppob_transaction_key") == DENIED
    # Another number, so no key names it.
    copy = "INSERT INTO ppob_transaction SELECT (jsonb_populate_record(x, '{\"id\": 999}')).* FROM ppob_transaction x"
    assert refused(copy, using="owner") == KEPT
    for change in ("points = points + 1", "posted_on = posted_on - 1", "transfer_id = NULL", "stan = 'x'"):
        with_money = f"UPDATE ppob_transaction SET {change} WHERE transfer_id IS NOT NULL"
        assert refused(with_money, using="owner") == KEPT


def test_postings_want_read_committed(house):
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT * FROM ppob_receive_money(%s, 5, 'k', %s)", [house.agent.agent_id, HASH])
    assert caught.value.__cause__.sqlstate == "PB000"


def test_an_exception_is_closed_once_and_keeps_what_it_says(house):
    assert refused("UPDATE ppob_posting_exception SET amount = 1") == DENIED
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ppob_posting_exception SET closed_at = now(), closed_by_id = 1, note = 'paid'")
    assert refused("UPDATE ppob_posting_exception SET note = 'not paid'") == KEPT
