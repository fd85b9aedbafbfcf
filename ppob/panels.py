"""What Beranda shows of the payment point, each part for whoever may see it."""

from typing import Any

from django.http import HttpRequest

from organization.access import viewer_of
from ppob.access import reaches
from ppob.selectors.today import low_balances, sales_of_today, waiting_now

SHOWN = 5


def payment_point_panel(request: HttpRequest) -> dict[str, Any] | None:
    """Three queries: today's sales (kept a minute), what waits, and the billers that run dry."""
    viewer = viewer_of(request)
    sees = {
        name: reaches(viewer, f"ppob.view_{name}")
        for name in ("transaction", "biller", "postingexception", "reconciliationrun")
    }
    if not any(sees.values()):
        return None
    waiting = waiting_now() if any(sees[name] for name in sees if name != "biller") else {}
    low = low_balances(viewer) if sees["biller"] else None
    return {
        "sales": sales_of_today() if sees["transaction"] else None,
        "suspects": waiting.get("suspects") if sees["transaction"] else None,
        "exceptions": waiting.get("exceptions") if sees["postingexception"] else None,
        "unsigned": waiting.get("unsigned") if sees["reconciliationrun"] else None,
        "unsettled": waiting.get("unsettled") if sees["reconciliationrun"] else None,
        "low": low[:SHOWN] if low is not None else None,
        "low_count": len(low) if low is not None else None,
    }
