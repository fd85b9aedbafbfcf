"""The nightly proof: what the ledger promises, asked of every row. Then the day is closed and bound to the one before."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from ppob import ledger
from ppob.models import Account, LedgerDay, Transfer

# Each statement lists what breaks one promise; none may find a row.
CHECKS = {
    # What belongs to one transfer sums to zero, for each asset.
    "transfer_not_zero": """
        SELECT 'transfer ' || legs.transfer_id || ' ' || a.asset || ' ' || sum(legs.amount) FROM (
            SELECT transfer_id, account_id, amount FROM ppob_entry WHERE transfer_id IS NOT NULL
            UNION ALL SELECT transfer_id, account_id, amount FROM ppob_delta) legs
        JOIN ppob_account a ON a.id = legs.account_id
        GROUP BY legs.transfer_id, a.asset HAVING sum(legs.amount) <> 0""",
    "transfer_without_legs": """
        SELECT 'transfer ' || t.id FROM ppob_transfer t
        WHERE NOT EXISTS (SELECT FROM ppob_entry e WHERE e.transfer_id = t.id)
          AND NOT EXISTS (SELECT FROM ppob_delta d WHERE d.transfer_id = t.id)""",
    "leg_without_transfer": """
        SELECT 'entry ' || e.account_id || '/' || e.version FROM ppob_entry e
        WHERE e.transfer_id IS NOT NULL AND NOT EXISTS (SELECT FROM ppob_transfer t WHERE t.id = e.transfer_id)
        UNION ALL SELECT 'delta ' || d.id FROM ppob_delta d
        WHERE NOT EXISTS (SELECT FROM ppob_transfer t WHERE t.id = d.transfer_id)""",
    # An account's balance is what its entries come to, and its versions have no gap.
    "balance_not_entries": """
        SELECT 'account ' || a.code || ' ' || a.balance || ' ' || a.sign * coalesce(e.amount, 0)
        FROM ppob_account a LEFT JOIN (
            SELECT account_id, sum(amount) AS amount FROM ppob_entry GROUP BY 1) e ON e.account_id = a.id
        WHERE a.balance <> a.sign * coalesce(e.amount, 0)""",
    "version_gap": """
        SELECT 'account ' || a.code FROM ppob_account a LEFT JOIN (
            SELECT account_id, count(*) AS n, max(version) AS last FROM ppob_entry GROUP BY 1) e ON e.account_id = a.id
        WHERE a.version <> coalesce(e.last, 0) OR a.version <> coalesce(e.n, 0)""",
    "running_balance": """
        SELECT 'entry ' || account_id || '/' || version FROM (
            SELECT e.account_id, e.version, e.balance_after,
                   a.sign * sum(e.amount) OVER (PARTITION BY e.account_id ORDER BY e.version) AS summed
            FROM ppob_entry e JOIN ppob_account a ON a.id = e.account_id) running
        WHERE balance_after <> summed""",
    # A fold says what its deltas said.
    "fold_not_deltas": """
        SELECT 'fold ' || f.id FROM ppob_fold f, LATERAL (
            SELECT coalesce(sum(d.amount), 0) AS amount, count(*) AS n FROM ppob_delta d
            WHERE d.account_id = f.account_id AND d.id BETWEEN f.first_delta AND f.last_delta) d
        WHERE f.amount <> d.amount OR f.deltas <> d.n""",
    "folded_not_deltas": """
        SELECT 'account ' || a.code FROM ppob_account a LEFT JOIN LATERAL (
            SELECT sum(d.amount) AS amount FROM ppob_delta d
            WHERE d.account_id = a.id AND d.id <= a.folded_through) d ON true
        WHERE a.is_shared AND a.balance <> a.sign * coalesce(d.amount, 0)""",
    # What is held is what open holds hold, and no floor is broken.
    "held_not_holds": """
        SELECT 'account ' || a.code FROM ppob_account a LEFT JOIN (
            SELECT account_id, sum(amount) AS amount FROM ppob_hold WHERE state = 'open' GROUP BY 1) h
            ON h.account_id = a.id
        WHERE a.held <> coalesce(h.amount, 0)""",
    "floor": """
        SELECT 'account ' || code FROM ppob_account WHERE NOT is_shared AND balance - held < min_balance""",
    # A reversal nets to zero with what it reverses.
    "reversal_not_mirror": """
        SELECT 'transfer ' || t.id FROM ppob_transfer t
        WHERE t.reverses_id IS NOT NULL AND EXISTS (
            SELECT FROM (
                SELECT account_id, amount FROM ppob_entry WHERE transfer_id IN (t.id, t.reverses_id)
                UNION ALL SELECT account_id, amount FROM ppob_delta WHERE transfer_id IN (t.id, t.reverses_id)) legs
            GROUP BY account_id HAVING sum(amount) <> 0)""",
    # A leg is posted on its transfer's day, and no day before the last closed one was passed over.
    "leg_of_another_day": """
        SELECT 'transfer ' || t.id FROM ppob_transfer t JOIN (
            SELECT transfer_id, posted_on FROM ppob_entry WHERE transfer_id IS NOT NULL
            UNION ALL SELECT transfer_id, posted_on FROM ppob_delta) legs ON legs.transfer_id = t.id
        WHERE legs.posted_on <> t.posted_on""",
    "day_without_hash": """
        SELECT 'day ' || posted_on FROM ppob_transfer
        WHERE posted_on < (SELECT max(day) FROM ppob_ledger_day)
          AND NOT EXISTS (SELECT FROM ppob_ledger_day WHERE day = posted_on) GROUP BY posted_on""",
    # What limits have counted is what stands of it: open holds, and transfers that were not reversed.
    "limit_not_counted": """
        SELECT 'account ' || account_id || ' ' || kind || ' ' || period FROM (
            SELECT account_id, kind, period, used FROM ppob_limit_usage
            UNION ALL SELECT limit_account_id, counted.kind, counted.period, -t.amount
            FROM ppob_transfer t, LATERAL (VALUES ('day', t.limit_day), ('month', t.limit_month)) counted (kind, period)
            WHERE t.limit_account_id IS NOT NULL AND counted.period IS NOT NULL
              AND NOT EXISTS (SELECT FROM ppob_transfer r WHERE r.reverses_id = t.id)
            UNION ALL SELECT account_id, counted.kind, counted.period, -h.amount
            FROM ppob_hold h, LATERAL (VALUES ('day', h.limit_day), ('month', h.limit_month)) counted (kind, period)
            WHERE h.state = 'open' AND counted.period IS NOT NULL) counts
        GROUP BY account_id, kind, period HAVING sum(used) <> 0""",
    # Each transaction has the key that names it, and each key its transaction.
    "key_not_transaction": """
        SELECT 'noref ' || coalesce(k.noref, x.noref) FROM ppob_transaction_key k
        FULL JOIN ppob_transaction x ON x.id = k.transaction_id
        WHERE (k.biller_id, k.noref, k.business_on, k.occurred_at, k.agent_id)
            IS DISTINCT FROM (x.biller_id, x.noref, x.business_on, x.occurred_at, x.agent_id)""",
    # A successful sale has its posting, and no other state has one that stands.
    "sale_without_posting": """
        SELECT 'transaction ' || id FROM ppob_transaction
        WHERE (state = 'success') <> (transfer_id IS NOT NULL AND reversal_id IS NULL)""",
}
SHOWN = 20
Watch = Callable[[int, int, str], Any]


def verify_ledger(watch: Watch = lambda done, total, note: None) -> dict[str, Any]:
    """Walk the whole ledger: how much it looked at, and what breaks its promises, the first twenty of each kind.

    Reads one snapshot, so that postings under way do not show as halves. About 60 s for a million legs. `watch` hears
    which promise is asked next; what it raises ends the proof.
    """
    total = len(CHECKS) + 1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = '20min'")
        # All of the ledger is read: never row after row, however small the planner was last told that a table is.
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        violations = []
        for done, (kind, sql) in enumerate(CHECKS.items()):
            watch(done, total, kind)
            violations += [{"kind": kind, "what": what} for what in _found(cursor, sql)]
        cursor.execute("SET LOCAL enable_nestloop = on")
        watch(total - 1, total, "day_digest")
        violations += _broken_days()
        watch(total, total, "")
        return {
            "accounts": Account.objects.count(),
            "transfers": Transfer.objects.count(),
            "days": LedgerDay.objects.count(),
            "violations": violations,
        }


def close_days(until: date) -> list[date]:
    """Close every ledger day up to and including `until` that had postings, oldest first. Those it closed."""
    last = LedgerDay.objects.order_by("-day").values_list("day", flat=True).first()
    days = Transfer.objects.filter(posted_on__lte=until)
    if last:
        days = days.filter(posted_on__gt=last)
    closed = []
    for day in sorted(set(days.order_by().values_list("posted_on", flat=True).distinct())):
        ledger.close_day(day)
        closed.append(day)
    return closed


def prove_and_close(today: date) -> dict[str, Any]:
    """What beat does at night: the proof, and if nothing is broken, yesterday and what came before it closes."""
    found = verify_ledger()
    closed = [] if found["violations"] else close_days(today - timedelta(days=1))
    return {**found, "closed": [day.isoformat() for day in closed]}


def _found(cursor: Any, sql: str) -> list[str]:
    cursor.execute(f"{sql} LIMIT {SHOWN}")
    return [row[0] for row in cursor.fetchall()]


def _broken_days() -> list[dict[str, str]]:
    """Closed days whose hash or numbers are not those of what they hold today."""
    broken = []
    with connection.cursor() as cursor:
        for day, *written in LedgerDay.objects.order_by("day").values_list(
            "day", "digest", "transfers", "entries", "moved"
        ):
            cursor.execute("SELECT digest, transfers, entries, moved FROM ppob_day_digest(%s)", [day])
            if list(cursor.fetchone()) != written:
                broken.append({"kind": "day_digest", "what": day.isoformat()})
    return broken
