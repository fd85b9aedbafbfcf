"""What Beranda shows of places and people."""

from typing import Any

from django.http import HttpRequest

from core.registry import registry
from organization.access import viewer_of
from organization.choices import EmployeeStatus, Role, StoreState
from organization.login import cards
from organization.selectors import (
    contacts_at,
    employees_visible_to,
    place_of,
    store_counts_by_branch,
    today_of,
)

BRANCHES_SHOWN = 8
FILLS_THE_PORTAL = ["organization.add_branch", "organization.add_store", "organization.add_employee"]
# Whose pages show most of what is there: the machines, the house, the stores.
ROLES_WITH_MUCH_TO_SEE = (Role.MONITORING_ADMIN, Role.ADMINISTRATOR, Role.MANAGER)


def directory_panel(request: HttpRequest) -> dict[str, Any] | None:
    """Stores by state and people in the scope of whoever looks, each number a link to the rows behind it.

    Where there is no store yet, whoever may fill the portal reads in which order.
    """
    viewer = viewer_of(request)
    branches = store_counts_by_branch(viewer, today_of(viewer))
    if not branches:
        return {"is_empty": True} if viewer.has_perms(FILLS_THE_PORTAL) else None
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


def role_to_come_panel(request: HttpRequest) -> dict[str, Any] | None:
    """To a visitor of the demo whose role has no page yet: that its application is to come, and what to see meanwhile."""
    viewer = viewer_of(request)
    role = cards.role_of(viewer)
    has_pages = any(line.permission and line.visible_to(viewer) for line in registry.menu)
    if role is None or has_pages or not cards.are_on(request):
        return None
    shown = [{"role": one, "icon": cards.FACES[one][0]} for one in ROLES_WITH_MUCH_TO_SEE]
    return {"role": role, "line": cards.FACES[role][2], "icon": cards.FACES[role][0], "shown": shown}
