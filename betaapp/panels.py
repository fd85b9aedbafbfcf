"""What Beranda tells whoever decides on beta versions."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from betaapp.choices import ProgramState
from betaapp.selectors.programs import enrolled_counts, programs_visible_to
from betaapp.selectors.results import stops_proposed
from betaapp.selectors.versions import drifts_visible_to

# The rest is one tap away in the list; more programmes than the second at once are none that one person follows.
SHOWN, FOLLOWED = 5, 20


def beta_panel(request: HttpRequest) -> dict[str, Any] | None:
    """Running programmes, the ones that end soonest first, where versions differ, and what should be stopped.

    Three queries; three more every few minutes, once the helpdesk counts problems. None while no programme runs.
    """
    running = list(
        programs_visible_to(request.user)
        .filter(state=ProgramState.RUNNING)
        .order_by("last_on", "pk")[:FOLLOWED]
    )
    if not running:
        return None
    shown, today = running[:SHOWN], timezone.localdate()
    stores = enrolled_counts(shown, today)
    return {
        "running": len(running),
        "programs": [
            {"program": one, "stores": stores.get(one.pk, 0), "days": (one.last_on - today).days}
            for one in shown
        ],
        "drifting": drifts_visible_to(request.user).count(),
        "stops": stops_proposed(running),
    }
