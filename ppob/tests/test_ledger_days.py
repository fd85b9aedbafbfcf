"""Closed days: their chain of hashes, what the nightly proof finds, and that no date is computed twice."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from ppob import ledger
from ppob.models import BillerDay, LedgerDay, Transaction, TransactionKey, Transfer
from ppob.services.proof import close_days, prove_and_close, verify_ledger
from ppob.services.sales import report_sales
from ppob.services.shared_accounts import fold_all
from ppob.tests.ledger_factories import House, account

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
JAKARTA = timezone.get_fixed_timezone(timedelta(hours=7))


@pytest.fixture
def house() -> House:
    """Three days with postings, the older two closed; a hold, a reversal, folds, limits."""
    house = House.make()
    now = timezone.now()
    for ago in (3, 2):
        for number in range(3):
            legs = [(account(house.agent).pk, 1_000 + number), (account("clearing:idr").pk, -1_000 - number)]
            ledger.post(
                key=f"d{ago}-{number}", kind="move", legs=legs, at=now - timedelta(days=ago), memo="note"
            )
    sales = [house.sale() for _ in range(3)]
    report_sales([*sales, house.sale(state="suspect")])
    moved = ledger.post(
        key="undo", kind="move", legs=[(account(house.agent).pk, 5), (account("income:idr").pk, -5)]
    )
    ledger.reverse(key="undone", transfer=moved.id)
    fold_all()
    close_days(timezone.localdate(timezone=JAKARTA) - timedelta(days=1))
    assert verify_ledger()["violations"] == []
    return house


def tamper(sql: str, *params) -> int:
    """As the owner with triggers off: what no guard can hinder, and the proof has to find. How many rows."""
    with psycopg.connect(**connections["owner"].get_connection_params(), autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        return owner.execute(sql, params or None).rowcount


def kinds() -> set[str]:
    return {violation["kind"] for violation in verify_ledger()["violations"]}


def test_each_day_s_hash_binds_the_day_before(house):
    first, second = LedgerDay.objects.order_by("day")
    assert first.transfers == second.transfers == 3
    assert first.moved == 1_000 + 1_001 + 1_002
    assert bytes(first.digest) != bytes(second.digest)
    tamper("UPDATE ppob_ledger_day SET digest = sha256('x') WHERE day = %s", first.day)
    broken = [each["what"] for each in verify_ledger()["violations"]]
    assert broken == [first.day.isoformat(), second.day.isoformat()]


def test_a_hash_is_the_same_whatever_a_session_prefers(house):
    day = LedgerDay.objects.order_by("day")[0]
    with connection.cursor() as cursor:
        for preference in (
            "datestyle = 'German'",
            "timezone = 'America/New_York'",
            "bytea_output = 'escape'",
        ):
            cursor.execute(f"SET {preference}")
            cursor.execute("SELECT digest FROM ppob_day_digest(%s)", [day.day])
            assert bytes(cursor.fetchone()[0]) == bytes(day.digest), preference
            cursor.execute("RESET ALL")


CLOSED = "posted_on < (SELECT max(day) FROM ppob_ledger_day)"
TAMPERINGS = {
    "an entry's amount": f"UPDATE ppob_entry SET amount = amount + 1 WHERE {CLOSED} AND version = 2",
    "both legs' amounts": "UPDATE ppob_entry SET amount = amount + 1 WHERE transfer_id = (SELECT id FROM ppob_transfer WHERE key = 'd3-0')",
    "a running balance": f"UPDATE ppob_entry SET balance_after = balance_after + 1 WHERE {CLOSED} AND version = 2",
    "a balance": "UPDATE ppob_account SET balance = balance + 1 WHERE kind = 'agent'",
    "a balance of a shared account": "UPDATE ppob_account SET balance = balance + 1 WHERE code = 'income:idr'",
    "a version": "UPDATE ppob_account SET version = version + 1 WHERE kind = 'agent'",
    "what is held": "UPDATE ppob_account SET held = held + 1 WHERE kind = 'agent'",
    "an entry gone": f"DELETE FROM ppob_entry WHERE {CLOSED} AND version = 2",
    "a delta gone": "DELETE FROM ppob_delta WHERE id = (SELECT min(id) FROM ppob_delta)",
    "a delta's amount": "UPDATE ppob_delta SET amount = amount - 1 WHERE id = (SELECT min(id) FROM ppob_delta)",
    "a transfer gone": "DELETE FROM ppob_transfer WHERE key = 'd2-1'",
    "a whole transfer gone": "WITH t AS (DELETE FROM ppob_transfer WHERE key = 'd2-2' RETURNING id), e AS (DELETE FROM ppob_entry WHERE transfer_id IN (SELECT id FROM t)) DELETE FROM ppob_delta WHERE transfer_id IN (SELECT id FROM t)",
    "a transfer's day": "UPDATE ppob_transfer SET posted_on = posted_on + 1 WHERE key = 'd3-1'",
    "a transfer and its legs before the first day": "WITH t AS (UPDATE ppob_transfer SET posted_on = posted_on - 9 WHERE key = 'd3-1' RETURNING id), e AS (UPDATE ppob_entry SET posted_on = posted_on - 9 WHERE transfer_id IN (SELECT id FROM t)) UPDATE ppob_delta SET posted_on = posted_on - 9 WHERE transfer_id IN (SELECT id FROM t)",
    "who posted": "UPDATE ppob_transfer SET actor_id = 7 WHERE key = 'd3-1'",
    "a memo": "UPDATE ppob_transfer SET memo = 'other' WHERE key = 'd3-1'",
    "when": "UPDATE ppob_transfer SET created_at = created_at + interval '1 s' WHERE key = 'd3-1'",
    "one number for another": "UPDATE ppob_transfer SET hold_id = 5 WHERE key = 'd3-1'",
    "a reversal's amount": "UPDATE ppob_entry SET amount = amount * 2 WHERE transfer_id = (SELECT id FROM ppob_transfer WHERE key = 'undone')",
    "a reversal taken away": "UPDATE ppob_transaction SET reversal_id = 1 WHERE id = (SELECT min(id) FROM ppob_transaction)",
    "a sale's state": "UPDATE ppob_transaction SET state = 'failed' WHERE transfer_id IS NOT NULL",
    "a sale's day": "UPDATE ppob_transaction SET business_on = business_on - 1 WHERE transfer_id IS NOT NULL",
    "a key gone": "DELETE FROM ppob_transaction_key WHERE transaction_id = (SELECT min(id) FROM ppob_transaction)",
    "a fold's amount": "UPDATE ppob_fold SET amount = amount + 1",
    "how far is folded": "UPDATE ppob_account SET folded_through = folded_through - 1 WHERE folded_through > 0",
    "a hold's amount": "UPDATE ppob_hold SET amount = amount + 1 WHERE state = 'open'",
    "a hold's end": "UPDATE ppob_hold SET state = 'released', ended_at = now() WHERE state = 'open'",
    "a day's hash": "UPDATE ppob_ledger_day SET digest = sha256('x') WHERE day = (SELECT min(day) FROM ppob_ledger_day)",
    "a day's count": "UPDATE ppob_ledger_day SET transfers = transfers + 1 WHERE day = (SELECT min(day) FROM ppob_ledger_day)",
    "a day gone": "DELETE FROM ppob_ledger_day WHERE day = (SELECT min(day) FROM ppob_ledger_day)",
    "what a limit counted": "INSERT INTO ppob_limit_usage SELECT id, 'day', current_date, 5, 10 FROM ppob_account WHERE kind = 'agent'",
}  # fmt: skip


def test_every_tampering_is_found_and_closes_no_day(house):
    """One after another, each undone by hand before the next: by its own copy of the tables."""
    tables = (
        "ppob_account", "ppob_transfer", "ppob_entry", "ppob_delta", "ppob_fold", "ppob_hold", "ppob_limit_usage",
        "ppob_ledger_day", "ppob_transaction", "ppob_transaction_key",
    )  # fmt: skip
    with psycopg.connect(**connections["owner"].get_connection_params(), autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        for table in tables:
            owner.execute(f"CREATE TEMPORARY TABLE kept_{table} AS TABLE {table}")
        blind = []
        for what, sql in TAMPERINGS.items():
            assert tamper(sql), what
            if not kinds():
                blind.append(what)
            for table in tables:
                owner.execute(f"DELETE FROM {table}")
                owner.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept_{table}")
            assert not kinds(), what
    assert blind == []


def test_random_numbers_changed_at_random_are_found(house):
    chance = random.Random(4)
    columns = [
        ("ppob_entry", "amount"),
        ("ppob_entry", "balance_after"),
        ("ppob_delta", "amount"),
        ("ppob_account", "balance"),
    ]
    for _ in range(12):
        table, column = chance.choice(columns)
        by = chance.choice([-1, 1]) * chance.randrange(1, 10**6)
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                f"SELECT ctid::text FROM {table} ORDER BY md5(ctid::text || %s) LIMIT 1", [str(by)]
            )
            row = cursor.fetchone()[0]
        assert tamper(f"UPDATE {table} SET {column} = {column} + %s WHERE ctid = %s::tid", by, row) == 1
        assert kinds(), (table, column, by)
        found = prove_and_close(timezone.localdate(timezone=JAKARTA))
        assert found["violations"]
        assert found["closed"] == []
        # The row has moved: the one that was written last.
        assert tamper(
            f"UPDATE {table} SET {column} = {column} - %s WHERE xmin = (SELECT xmin FROM {table} ORDER BY age(xmin) LIMIT 1)", by
        ) == 1  # fmt: skip
        assert not kinds()


def test_the_command_tells_and_fails(house, capsys):
    call_command("ledger_verify")
    tamper("UPDATE ppob_account SET balance = balance + 1 WHERE code = 'income:idr'")
    with pytest.raises((SystemExit, CommandError)):
        call_command("ledger_verify")
    assert "income:idr" in capsys.readouterr().out


def test_dates_are_computed_once_and_stored(house):
    """Three dates: the moment in UTC, the biller's business day, the ledger's day; changing the cut-off changes none."""
    occurred = datetime(2026, 11, 24, 16, 59, 59, tzinfo=UTC)  # 23:59:59 in Jakarta
    sale = house.sale(occurred_at=occurred)
    next_day = house.sale(occurred_at=occurred + timedelta(seconds=1))
    report_sales([sale, next_day])
    rows = {row.noref: row for row in Transaction.objects.filter(noref__in=[sale.noref, next_day.noref])}
    assert rows[sale.noref].occurred_at == occurred
    assert str(rows[sale.noref].business_on) == "2026-11-24"
    assert str(rows[next_day.noref].business_on) == "2026-11-25"
    today = timezone.localdate(timezone=JAKARTA)
    assert {row.posted_on for row in rows.values()} == {today}
    assert Transfer.objects.get(transaction_id=rows[sale.noref].id).posted_on == today

    house.biller.cut_off_minute = 720
    house.biller.save()
    [again] = report_sales([sale])
    assert (again.answer, str(again.business_on)) == ("same", "2026-11-24")
    assert str(TransactionKey.objects.get(noref=sale.noref).business_on) == "2026-11-24"
    [new] = report_sales([house.sale(occurred_at=occurred)])
    assert str(new.business_on) == "2026-11-25"


def test_what_comes_after_the_signature_goes_into_today(house):
    occurred = timezone.now().replace(microsecond=0) - timedelta(days=2)
    [first] = report_sales([house.sale(occurred_at=occurred)])
    BillerDay.objects.update_or_create(
        biller=house.biller, business_on=first.business_on, defaults={"signed_at": timezone.now()}
    )
    late = house.sale(occurred_at=occurred)
    [outcome] = report_sales([late])
    assert outcome.answer == "new"
    assert outcome.business_on > first.business_on
    assert report_sales([late])[0].business_on == outcome.business_on
    assert verify_ledger()["violations"] == []


def until_it_waits(seconds: float = 30) -> None:
    """Till another connection waits for what this one holds."""
    waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
    end = time.monotonic() + seconds
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(waits)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    pytest.fail("nobody waits")


def test_tried_again_across_midnight_what_comes_after_the_signature_is_one_sale(house):
    now = timezone.now().replace(microsecond=0)
    [first] = report_sales([house.sale(occurred_at=now - timedelta(days=3))])
    BillerDay.objects.update_or_create(
        biller=house.biller, business_on=first.business_on, defaults={"signed_at": now}
    )
    late = house.sale(occurred_at=now - timedelta(days=3))

    def again():
        try:
            return report_sales([late])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            [yesterday] = report_sales([late], at=now - timedelta(days=1))
            retry = pool.submit(again)
            until_it_waits()
        [today] = retry.result()
    assert (yesterday.answer, today.answer) == ("new", "same")
    assert today.business_on == yesterday.business_on
    assert TransactionKey.objects.filter(noref=late.noref).count() == 1
    assert verify_ledger()["violations"] == []
