"""Reads of feedback: one's own always, others' within the scope."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from betaapp.models import Feedback, StoreTrial
from organization.models import Employee, Store
from organization.scopes import scope_of, stores_within


def feedback_visible_to(viewer: Employee) -> QuerySet[Feedback]:
    """What the person wrote, what was written at their store, and what their role reaches."""
    rows = Feedback.objects.select_related("store__branch", "program", "application", "version", "made_by")
    scope = scope_of(viewer, "betaapp.view_feedback")
    if scope.national or scope.division_ids:
        return rows
    mine = Q(made_by=viewer)
    if viewer.store_id:
        mine |= Q(store=viewer.store_id)
    if scope:
        mine |= Q(store__in=Store.objects.filter(stores_within(scope)).values("pk"))
    return rows.filter(mine)


def trials_at(store: Store) -> QuerySet[StoreTrial]:
    """What the store tries today, of each application one."""
    today = timezone.localdate()
    rows = StoreTrial.objects.filter(store=store, days__contains=today)
    first = rows.order_by("application_id", "pk").distinct("application_id").values("pk")
    found = StoreTrial.objects.filter(pk__in=first).select_related("application", "version", "program")
    return found.order_by("application__name")
