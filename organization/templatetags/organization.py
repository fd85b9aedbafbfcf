"""How places and people are shown: states as colour, icon and word, and dated rows as days."""

from datetime import date, timedelta
from typing import Any

from django import template
from django.utils.translation import gettext

from core.templatetags.gerai import short_date
from organization.choices import EmployeeStatus, Role, StoreState
from organization.models import Employee, RoleGrant, Store
from organization.selectors import state_of

register = template.Library()

STORE_LOOKS = {
    StoreState.OPEN: ("safe", "circle-check"),
    StoreState.PAUSED: ("warning", "player-pause"),
    StoreState.CLOSED: ("nodata", "circle-x"),
    StoreState.COMING: ("maintenance", "calendar-plus"),
}
EMPLOYEE_LOOKS = {
    EmployeeStatus.ACTIVE: ("safe", "circle-check"),
    EmployeeStatus.FROZEN: ("maintenance", "snowflake"),
    EmployeeStatus.RESIGNED: ("nodata", "door-exit"),
}


@register.inclusion_tag("components/status_badge.html")
def store_state(store: Store, today: date) -> dict[str, Any]:
    state = state_of(store, today)
    tone, icon = STORE_LOOKS[state]
    return {"tone": tone, "icon": icon, "label": state.label}


@register.inclusion_tag("components/status_badge.html")
def employee_status(person: Employee) -> dict[str, Any]:
    status = EmployeeStatus(person.status)
    tone, icon = EMPLOYEE_LOOKS[status]
    return {"tone": tone, "icon": icon, "label": status.label}


@register.filter
def day_range(days: Any) -> str:
    """29 Agu 2026 – sekarang. PostgreSQL's upper bound is the first day that no longer belongs to it."""
    if days.upper is None:
        return gettext("since %(day)s") % {"day": short_date(days.lower)}
    return f"{short_date(days.lower)} – {short_date(days.upper - timedelta(days=1))}"


@register.filter
def role_name(grant: RoleGrant) -> str:
    return role_label(grant)


@register.filter
def role_scope(grant: RoleGrant) -> str:
    return scope_label(grant)


def role_label(grant: RoleGrant) -> str:
    """The role as people read it; a group that is no role of ours keeps its name."""
    return str(Role(grant.group.name).label) if grant.group.name in Role.values else grant.group.name


def scope_label(grant: RoleGrant) -> str:
    """The place that a role reaches: a branch, a division, or all of the country."""
    place = grant.branch or grant.division
    return place.name if place else gettext("National")
