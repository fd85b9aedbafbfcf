"""What Beranda shows of places and people."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest

from organization.access import viewer_of
from organization.choices import EmployeeStatus, StoreState
from organization.selectors import employees_visible_to, state_on, stores_visible_to, today_of


def directory_panel(request: HttpRequest) -> dict[str, Any] | None:
    """Stores by state and people in the scope of whoever looks, each number a link to the rows behind it."""
    viewer = viewer_of(request)
    conditions = state_on(today_of(viewer))
    stores = stores_visible_to(viewer).aggregate(
        branches=Count("branch", distinct=True),
        unverified=Count("pk", filter=conditions[StoreState.OPEN] & Q(is_position_verified=False)),
        **{state.value: Count("pk", filter=condition) for state, condition in conditions.items()},
    )
    people = None
    if viewer.has_perm("organization.view_employee"):
        people = employees_visible_to(viewer).filter(status=EmployeeStatus.ACTIVE).order_by().count()
    return {"stores": stores, "people": people}


def workplace_panel(request: HttpRequest) -> dict[str, Any]:
    """Where the person works: loaded with the session's person, so it costs no query."""
    viewer = viewer_of(request)
    return {"person": viewer, "store": viewer.store, "branch": viewer.home_branch}
