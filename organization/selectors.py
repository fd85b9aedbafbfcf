"""Reads of places and people. Every list and every object of a page starts here, already within the person's scope."""

from django.contrib.auth.models import Permission
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from organization.models import Employee, RoleGrant


def grants_in_force(employee: Employee) -> QuerySet[RoleGrant]:
    """The person's grants that hold today, in the person's own time zone."""
    today = timezone.now().astimezone(employee.time_zone).date()
    return employee.role_grants.filter(days__contains=today).select_related("group", "branch", "division")


def permissions_of_groups(group_ids: set[int]) -> frozenset[str]:
    """`app.codename` of all permissions of these groups; no query for nobody's groups."""
    if not group_ids:
        return frozenset()
    return frozenset(
        Permission.objects.filter(group__in=group_ids)
        .annotate(full=Concat(F("content_type__app_label"), Value("."), F("codename")))
        .values_list("full", flat=True)
        .distinct()
    )
