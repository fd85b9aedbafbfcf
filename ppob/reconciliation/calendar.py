"""When a biller's day is settled: at its own hour in its own zone, on the first day after that it settles on."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ppob.business_days import business_day
from ppob.models import SettlementProfile

# Holidays in a row, at the most; and how far back a day is still waited for.
LONGEST_HOLIDAY, LOOK_BACK = 31, 7


def settles_on(profile: SettlementProfile, day: date) -> bool:
    return day.weekday() not in profile.closed_weekdays and day not in profile.holidays


def settlement_date(profile: SettlementProfile, day: date) -> date:
    """H+1, or the first day after it that this biller settles on."""
    for ahead in range(1, LONGEST_HOLIDAY + 1):
        if settles_on(profile, day + timedelta(days=ahead)):
            return day + timedelta(days=ahead)
    return day + timedelta(days=1)


def runs_at(profile: SettlementProfile, day: date) -> datetime:
    """The moment from which this business day can be reconciled, in UTC."""
    local = datetime.combine(
        settlement_date(profile, day), profile.runs_at, ZoneInfo(profile.biller.time_zone)
    )
    return local.astimezone(UTC)


def due_at(profile: SettlementProfile, day: date) -> datetime:
    """Until when it must be settled, in UTC."""
    local = datetime.combine(
        settlement_date(profile, day), profile.due_at, ZoneInfo(profile.biller.time_zone)
    )
    return local.astimezone(UTC)


def days_due(profile: SettlementProfile, now: datetime) -> list[date]:
    """Business days of the last week that are over and whose hour has come, the oldest first: on Monday three at once."""
    today = business_day(profile.biller, now)
    days = [today - timedelta(days=back) for back in range(LOOK_BACK, 0, -1)]
    return [day for day in days if runs_at(profile, day) <= now]
