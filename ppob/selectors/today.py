"""What Beranda says of the payment point: three queries, whatever there is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from organization.models import Employee
from ppob.access import reaches
from ppob.choices import AccountKind, AlarmKind
from ppob.models import Account
from ppob.periods import ledger_today
from ppob.selectors.balances import with_balance
from ppob.selectors.reconciliation import UNSIGNED_DAYS

# As long as the sums of a day take to follow it.
KEPT_S = 60
_SALES = """
    SELECT (SELECT coalesce(sum(transactions), 0) FROM ppob_salesday WHERE business_on = %(today)s AND state = 'success'),
           (SELECT coalesce(sum(total), 0) FROM ppob_salesday WHERE business_on = %(today)s AND state = 'success'),
           now_.succeeded, now_.ended, then_.succeeded, then_.ended
    FROM (SELECT count(*) FILTER (WHERE state = 'success') AS succeeded,
                 count(*) FILTER (WHERE state IN ('success', 'failed', 'reversed')) AS ended
          FROM ppob_transaction WHERE occurred_at >= %(since)s AND occurred_at < %(until)s) now_,
         (SELECT count(*) FILTER (WHERE state = 'success') AS succeeded,
                 count(*) FILTER (WHERE state IN ('success', 'failed', 'reversed')) AS ended
          FROM ppob_transaction WHERE occurred_at >= %(since_then)s AND occurred_at < %(until_then)s) then_
"""
# The large ones have an index of what is open; counting stops where a page would say "many".
_WAITING = """
    SELECT (SELECT count(*) FROM (SELECT FROM ppob_transaction
             WHERE state = 'suspect' AND occurred_at >= %(since)s LIMIT 1000) s),
           (SELECT count(*) FROM (SELECT FROM ppob_posting_exception WHERE closed_at IS NULL LIMIT 1000) e),
           (SELECT count(*) FROM ppob_billerday WHERE signed_at IS NULL AND business_on >= %(unsigned_since)s),
           (SELECT count(*) FROM (SELECT FROM ppob_difference
             WHERE state IN ('open', 'disputed') AND NOT gone LIMIT 1000) d)
"""
SUSPECT_SINCE = timedelta(days=93)


@dataclass(frozen=True)
class Sales:
    """Successful sales of today, and the share of successes in the last hour and in the same hour of yesterday."""

    count: int
    total: int
    rate: float | None
    rate_yesterday: float | None

    @property
    def change(self) -> float | None:
        """In percentage points."""
        if self.rate is None or self.rate_yesterday is None:
            return None
        return self.rate - self.rate_yesterday


def sales_of_today(now: datetime | None = None) -> Sales:
    """At most one query a minute, whoever looks: an hour is counted from the transactions' own key."""
    known: Sales | None = cache.get("ppob.sales_of_today")
    if known is not None and now is None:
        return known
    moment, hour, day = now or timezone.now(), timedelta(hours=1), timedelta(days=1)
    times = {
        "today": ledger_today(),
        "since": moment - hour,
        "until": moment,
        "since_then": moment - hour - day,
        "until_then": moment - day,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SALES, times)
        count, total, succeeded, ended, succeeded_then, ended_then = cursor.fetchone()
    found = Sales(int(count), int(total), _share(succeeded, ended), _share(succeeded_then, ended_then))
    cache.set("ppob.sales_of_today", found, KEPT_S)
    return found


def waiting_now() -> dict[str, int]:
    """How many suspects, exceptions, billers' days without signature and differences wait for a person."""
    since = {
        "since": timezone.now() - SUSPECT_SINCE,
        "unsigned_since": timezone.localdate() - timedelta(days=UNSIGNED_DAYS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, since)
        return dict(zip(("suspects", "exceptions", "unsigned", "unsettled"), cursor.fetchone(), strict=True))


def low_balances(viewer: Employee) -> list[Account]:
    """Billers that run dry, as the clock saw it within five minutes; `now` is the balance of this moment."""
    accounts = Account.objects.filter(
        kind=AccountKind.BILLER_DEPOSIT, biller__is_active=True, biller__alarms__kind=AlarmKind.LOW,
        biller__alarms__ended_at__isnull=True,
    ).select_related("biller")  # fmt: skip
    if not reaches(viewer, "ppob.view_biller"):
        return []
    return sorted(with_balance(accounts), key=_how_much)


def _how_much(account: Any) -> int:
    return account.now


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
