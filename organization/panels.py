"""What Beranda shows of places and people."""

from typing import Any

from django.http import HttpRequest

from organization.access import viewer_of
from organization.choices import EmployeeStatus, StoreState
from organization.selectors import (
    contacts_at,
    employees_visible_to,
    place_of,
    store_counts_by_branch,
    today_of,
)

BRANCHES_SHOWN = 8


def directory_panel(request: HttpRequest) -> dict[str, Any] | None:
    """Stores by state and people in the scope of whoever looks, each number a link to the rows behind it."""
    viewer = viewer_of(request)
    branches = store_counts_by_branch(viewer, today_of(viewer))
    if not branches:
        return None
    keys = [*StoreState.values, "unverified"]
    people = None
    if viewer.has_perm("organization.view_employee"):
        people = employees_visible_to(viewer).filter(status=EmployeeStatus.ACTIVE).order_by().count()
    return {
        "stores": {key: sum(branch[key] for branch in branches) for key in keys}
        | {"branches": len(branches)},
        "people": people,
        "branches": branches[:BRANCHES_SHOWN] if len(branches) > 1 else [],
    }


def workplace_panel(request: HttpRequest) -> dict[str, Any]:
    """Where the person works, and whom to turn to there."""
    viewer = viewer_of(request)
    contacts = contacts_at(viewer.home_branch, day=today_of(viewer), but=viewer)
    return place_of(viewer) | {"contacts": contacts}
