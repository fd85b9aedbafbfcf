"""An account's movements with its running balance. Signed in the account's own direction: what raises it is positive.

Versions of an account have no gaps, and a period is a stretch of them: it begins behind the last version of the day before
and ends with the last one of its own last day. So periods that follow each other share nothing and leave nothing out, and
opening + movements = closing whatever is asked. An account that everybody touches is told by its deltas, which its
entries only sum up: a movement's number is its version, or its delta's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from organization.models import Employee
from ppob.access import reaches
from ppob.choices import Asset, TransferKind
from ppob.models import Account, Delta, Entry
from ppob.selectors.balances import with_balance


@dataclass(frozen=True)
class Movement:
    """One line of a statement. `amount` and `balance` in the account's own direction, whole Rupiah or points."""

    number: int
    at: datetime | None
    posted_on: date
    kind: str
    memo: str
    transfer_id: int | None
    amount: int
    balance: int

    @property
    def kind_label(self) -> Any:
        return TransferKind(self.kind).label if self.kind in TransferKind.values else self.kind

    @property
    def raised(self) -> int | None:
        return self.amount if self.amount > 0 else None

    @property
    def lowered(self) -> int | None:
        return -self.amount if self.amount < 0 else None

    @property
    def pk(self) -> int:
        return self.number


@dataclass(frozen=True)
class Stretch:
    """The movements of a period: those numbered above `after` and up to `through`, and the balance at both ends."""

    after: int
    through: int
    opening: int
    closing: int

    @property
    def net(self) -> int:
        return self.closing - self.opening


def accounts_visible_to(viewer: Employee) -> QuerySet[Account]:
    """With what is not folded yet (`now`)."""
    accounts = with_balance(Account.objects.select_related("agent", "biller"))
    return accounts if reaches(viewer, "ppob.view_account") else accounts.none()


def unit_of(account: Account) -> str:
    return "points" if account.asset == Asset.POINTS else "rupiah"


def stretch_of(account: Account, first: date, last: date) -> Stretch:
    """The period from the first to the last ledger day, both included: one query for either kind of account."""
    sql = _SHARED_STRETCH if account.is_shared else _PLAIN_STRETCH
    with connection.cursor() as cursor:
        cursor.execute(sql, {"account": account.pk, "sign": account.sign, "first": first, "last": last})
        after, opening, through, closing = cursor.fetchone()
    # A last day before the first one is a period in which nothing happens.
    through, closing = (through, closing) if through >= after else (after, opening)
    return Stretch(after=after, through=through, opening=int(opening), closing=int(closing))


def movements_of(account: Account, stretch: Stretch) -> QuerySet[Any]:
    """Entries of the stretch, or deltas; `told` makes movements of them."""
    rows: QuerySet[Any] = Delta.objects.all() if account.is_shared else Entry.objects.all()
    number = number_of(account)
    return rows.filter(
        **{"account": account, f"{number}__gt": stretch.after, f"{number}__lte": stretch.through}
    ).select_related("transfer")


def number_of(account: Account) -> str:
    return "id" if account.is_shared else "version"


def raising(account: Account) -> Q:
    """Rows that raise the balance."""
    return Q(amount__gt=0) if account.sign > 0 else Q(amount__lt=0)


def told(account: Account, rows: Iterable[Any]) -> list[Movement]:
    """The rows as movements, in their order; for deltas one query computes the balances."""
    found = list(rows)
    balances = _running(account, [row.pk for row in found]) if account.is_shared else {}
    return [
        Movement(
            number=row.pk if account.is_shared else row.version,
            at=row.transfer.created_at if row.transfer else None,
            posted_on=row.posted_on,
            kind=row.transfer.kind if row.transfer else "",
            memo=row.transfer.memo if row.transfer else "",
            transfer_id=row.transfer_id,
            amount=account.sign * row.amount,
            balance=balances[row.pk] if account.is_shared else row.balance_after,
        )
        for row in found
    ]


def _running(account: Account, numbers: list[int]) -> dict[int, int]:
    """The balance after each of these deltas.

    Each fold that one of them came after is the start of a stretch that is summed once, so the cost is that of the folds
    touched, not of the account's life.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, {"account": account.pk, "sign": account.sign, "wanted": numbers})
        return {number: int(balance) for number, balance in cursor.fetchall()}


# The last version of a day or of one before it, and what the balance was then.
_PLAIN_STRETCH = """
    SELECT coalesce(a.version, 0), coalesce(a.balance_after, 0), coalesce(z.version, 0), coalesce(z.balance_after, 0)
    FROM (SELECT) one
    LEFT JOIN LATERAL (
        SELECT version, balance_after FROM ppob_entry
        WHERE account_id = %(account)s AND posted_on < %(first)s ORDER BY version DESC LIMIT 1) a ON true
    LEFT JOIN LATERAL (
        SELECT version, balance_after FROM ppob_entry
        WHERE account_id = %(account)s AND posted_on <= %(last)s ORDER BY version DESC LIMIT 1) z ON true
"""

# The last delta of a day, found by halving: numbers and days grow together, so that thirty looks at the key find it among a
# billion. Where a history was loaded late they do not, and then it is still one place, later for a later day. The balance
# there is that of the fold before it and the deltas since.
_BOUNDARY = """
    SELECT b.lo AS number, coalesce(f.balance_after, 0) + %(sign)s * coalesce((
               SELECT sum(d.amount) FROM ppob_delta d
               WHERE d.account_id = %(account)s AND d.id > coalesce(f.last_delta, 0) AND d.id <= b.lo), 0) AS balance
    FROM (
        WITH RECURSIVE halved(lo, hi) AS (
            SELECT 0::bigint, coalesce(max(id), 0) FROM ppob_delta WHERE account_id = %(account)s
            UNION ALL
            SELECT CASE WHEN d.posted_on {before} THEN d.id ELSE h.lo END,
                   CASE WHEN d.posted_on {before} THEN h.hi ELSE (h.lo + h.hi + 1) / 2 - 1 END
            FROM halved h LEFT JOIN LATERAL (
                SELECT id, posted_on FROM ppob_delta
                WHERE account_id = %(account)s AND id >= (h.lo + h.hi + 1) / 2 AND id <= h.hi
                ORDER BY id LIMIT 1) d ON true
            WHERE h.lo < h.hi)
        SELECT lo FROM halved WHERE lo >= hi LIMIT 1) b
    LEFT JOIN LATERAL (
        SELECT o.last_delta, e.balance_after
        FROM ppob_fold o JOIN ppob_entry e ON e.account_id = o.account_id AND e.version = o.version
        WHERE o.account_id = %(account)s AND o.last_delta <= b.lo ORDER BY o.last_delta DESC LIMIT 1) f ON true
"""
_BEFORE, _UNTIL = _BOUNDARY.format(before="< %(first)s"), _BOUNDARY.format(before="<= %(last)s")
_SHARED_STRETCH = f"SELECT a.number, a.balance, z.number, z.balance FROM ({_BEFORE}) a, ({_UNTIL}) z"  # noqa: S608  our own text

_RUNNING = """
    WITH wanted AS (SELECT unnest(%(wanted)s::bigint[]) AS id),
    based AS (
        SELECT w.id, coalesce(f.last_delta, 0) AS start, coalesce(f.balance_after, 0) AS balance
        FROM wanted w LEFT JOIN LATERAL (
            SELECT o.last_delta, e.balance_after
            FROM ppob_fold o JOIN ppob_entry e ON e.account_id = o.account_id AND e.version = o.version
            WHERE o.account_id = %(account)s AND o.last_delta < w.id ORDER BY o.last_delta DESC LIMIT 1) f ON true),
    groups AS (SELECT start, balance, max(id) AS stop FROM based GROUP BY start, balance),
    summed AS (
        SELECT d.id, g.balance + %(sign)s * sum(d.amount) OVER (PARTITION BY g.start ORDER BY d.id) AS balance
        FROM groups g JOIN ppob_delta d ON d.account_id = %(account)s AND d.id > g.start AND d.id <= g.stop)
    SELECT id, balance FROM summed WHERE id = ANY(%(wanted)s)
"""
