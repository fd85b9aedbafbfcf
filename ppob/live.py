"""What open pages hear of the payment point: that there are new sales. Which, each page asks for itself."""

from collections.abc import Collection
from typing import Any

from core import live
from ppob.access import reaches
from ppob.events import SalesReported

SALES = "ppob.sales"
# There is one stream for all: whoever may see sales sees all of them.
NEW = "new"


def sales_topics_allowed(user: Any, ids: Collection[str]) -> set[str]:
    if NEW not in ids or not user.is_authenticated or not user.is_active:
        return set()
    return (
        {NEW} if user.has_perm("ppob.view_transaction") and reaches(user, "ppob.view_transaction") else set()
    )


def tell_pages_of_sales(event: SalesReported) -> None:
    """After commit: what a page asks for then is there."""
    live.publish(f"{SALES}.{NEW}", {"count": event.count})
