from dataclasses import dataclass
from datetime import date

from core.events import Event


@dataclass(frozen=True)
class SalesReported(Event):
    """The core reported sales: pages that show them may look again."""

    count: int


@dataclass(frozen=True)
class SettlementOverdue(Event):
    """A biller's day should have been settled by now, and its file has not come: somebody has to see to it."""

    biller_id: int
    business_on: date
