"""What Beranda tells whoever decides on beta versions."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from betaapp.selectors.programs import running_programs_of
from betaapp.selectors.results import stops_proposed
from betaapp.selectors.versions import drifts_visible_to
from organization.access import viewer_of

# The rest is one tap away in the list; more programmes than the second at once are none that one person follows.
SHOWN, FOLLOWED = 5, 20


def beta_panel(request: HttpRequest) -> dict[str, Any] | None:
    """Running programmes, the ones that end soonest first, where versions differ, and what should be stopped.

    Two queries; three more every few minutes, once the helpdesk counts problems. None while no programme runs.
    """
    viewer, today = viewer_of(request), timezone.localdate()
    running = list(running_programs_of(viewer, today)[:FOLLOWED])
    if not running:
        return None
    return {
        "running": len(running),
        "programs": [{"program": one, "days": (one.last_on - today).days} for one in running[:SHOWN]],
        "drifting": drifts_visible_to(viewer).count(),
        "stops": stops_proposed(running),
    }
