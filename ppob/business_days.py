"""Which business day of a biller a moment belongs to: computed once, stored, never computed again.

A biller's day D ends at its cut-off in its own zone. With a cut-off of 0 that is the calendar day; with 720 it runs
from 12:00 of the day before to 11:59:59 of D (Finpay's example: BPJS Kesehatan closes at 12:00).
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ppob.models import Biller


def business_day(biller: Biller, moment: datetime) -> date:
    """The business day of an aware moment, whatever zone host, database or the moment itself are in."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a zone has no business day")
    local = moment.astimezone(UTC).astimezone(ZoneInfo(biller.time_zone))
    if not biller.cut_off_minute or local.hour * 60 + local.minute < biller.cut_off_minute:
        return local.date()
    return local.date() + timedelta(days=1)


def bounds_of(biller: Biller, day: date) -> tuple[datetime, datetime]:
    """The first moment of a business day and the first of the next, in UTC. Indonesia knows no summer time."""
    zone = ZoneInfo(biller.time_zone)
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    if biller.cut_off_minute:
        start += timedelta(minutes=biller.cut_off_minute) - timedelta(days=1)
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)
