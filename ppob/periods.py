"""Which ledger days an address asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

LEDGER_ZONE = ZoneInfo("Asia/Jakarta")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Period:
    """From the first to the last ledger day, both included."""

    first: date
    last: date


def ledger_today() -> date:
    return timezone.localdate(timezone=LEDGER_ZONE)


def month_so_far(last: date) -> date:
    return last.replace(day=1)


def last_month_of(last: date) -> date:
    """A month back: as long on the first of a month as on its last day."""
    return max(last - timedelta(days=30), FIRST_DAY)


def period_from(
    query: Mapping[str, Any], today: date, *, default: Callable[[date], date] = month_so_far
) -> Period:
    """`since` and `until`; without them, or with nonsense, up to today and from the `default` first day of it."""
    last = _day(query.get("until")) or today
    return Period(_day(query.get("since")) or default(last), last)


def presets(today: date) -> list[dict[str, Any]]:
    """What people ask for most; each with its label."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return [
        {"label": _("Today"), "period": Period(today, today)},
        {"label": _("7 days"), "period": Period(today - timedelta(days=6), today)},
        {"label": _("This month"), "period": Period(month, today)},
        {"label": _("Last month"), "period": Period(before.replace(day=1), before)},
    ]


def _day(text: Any) -> date | None:
    try:
        day = parse_date(str(text or ""))
    except ValueError:
        return None
    return min(max(day, FIRST_DAY), LAST_DAY) if day else None
