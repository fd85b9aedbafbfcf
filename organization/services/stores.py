from datetime import date
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from core import audit
from core.events import announce
from organization.events import StoreMoved
from organization.exceptions import PastIsKept
from organization.models import Branch, Employee, Store, StoreBranch


@transaction.atomic
def assign_branch(*, store: Store, branch: Branch, from_on: date, actor: Employee | None) -> StoreBranch:
    """Let the branch serve the store from that day until the next planned change, or for good.

    The days before keep their branch, and `store.branch` follows when the day has come. Locks the store, so that two
    assignments queue. Raises PastIsKept when days that have passed would change their branch.
    """
    Store.objects.select_for_update(of=("self",)).get(pk=store.pk)
    today = _today(branch)
    served = store.branch_history.filter(days__contains=from_on).select_related("branch").first()
    before = served.branch if served else None
    if served and served.branch_id == branch.pk:
        period = served
    elif served:
        if from_on < today:
            raise PastIsKept
        period = _split(served, branch, from_on)
    else:
        period = _first(store, branch, from_on)
    _follow(store, today)
    if before != branch:
        changes = {"branch": (before, branch), "from_on": (None, from_on)}
        audit.record(actor, "store.branch_assigned", store, changes)
    return period


@transaction.atomic
def follow_the_calendar() -> int:
    """Let every store's current branch be the one that serves it today; run each night, for planned changes.

    Returns how many stores changed.
    """
    current = StoreBranch.objects.filter(store=OuterRef("pk"), days__contains=timezone.localdate())
    moved = list(
        Store.objects.annotate(serving=Subquery(current.values("branch")[:1]))
        .exclude(serving=None)
        .exclude(serving=F("branch"))
        .select_for_update(of=("self",))
    )
    branches = Branch.objects.in_bulk(
        {branch for store in moved for branch in (store.branch_id, store.serving)}
    )
    for store in moved:
        changes = {"branch": (branches[store.branch_id], branches[store.serving])}
        audit.record(None, "store.branch_followed", store, changes)
        store.branch_id = store.serving
        announce(StoreMoved(store_id=store.pk, branch_id=store.serving))
    Store.objects.bulk_update(moved, ["branch"], batch_size=1000)
    return len(moved)


def _split(served: StoreBranch, branch: Branch, from_on: date) -> StoreBranch:
    """The period's days before `from_on` stay with its branch; the rest is the new one's."""
    end = served.days.upper
    if served.days.lower == from_on:
        served.branch = branch
        served.save(update_fields=["branch"])
        return served
    served.days = DateRange(served.days.lower, from_on)
    served.save(update_fields=["days"])
    return StoreBranch.objects.create(store=served.store, branch=branch, days=DateRange(from_on, end))


def _first(store: Store, branch: Branch, from_on: date) -> StoreBranch:
    """Days that no branch served yet: up to the next period, if there is one."""
    later = store.branch_history.filter(days__startswith__gt=from_on).order_by("days").first()
    return StoreBranch.objects.create(
        store=store, branch=branch, days=DateRange(from_on, later.days.lower if later else None)
    )


def _follow(store: Store, today: date) -> None:
    current = store.branch_history.filter(days__contains=today).select_related("branch").first()
    if current and current.branch_id != store.branch_id:
        store.branch = current.branch
        store.save(update_fields=["branch"])
        announce(StoreMoved(store_id=store.pk, branch_id=store.branch_id))


def _today(branch: Branch) -> date:
    return timezone.now().astimezone(ZoneInfo(branch.time_zone)).date()
