"""What the range picker of a machine's graphs offers; the key stands in the address."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Range:
    key: str
    label: Any
    length: timedelta


RANGES = (
    Range("15m", _("15 min"), timedelta(minutes=15)),
    Range("1h", _("1 hour"), timedelta(hours=1)),
    Range("6h", _("6 hours"), timedelta(hours=6)),
    Range("24h", _("24 hours"), timedelta(hours=24)),
    Range("7d", _("7 days"), timedelta(days=7)),
    Range("6w", _("6 weeks"), timedelta(weeks=6)),
)
RANGE = {each.key: each for each in RANGES}
DEFAULT = RANGES[0]


def range_from(text: str | None) -> Range:
    """The range that the address asks for; the shortest when it asks for nothing or for nonsense."""
    return RANGE.get(text or "", DEFAULT)
