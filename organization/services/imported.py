"""Master data that comes as a table: written set-based, with the same entries in the trail as one by one."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model
from django.utils import timezone

from core.audit.many import record_many
from core.events import announce
from core.imports.writing import update_rows
from organization.events import StoreMoved
from organization.exceptions import PastIsKept
from organization.models import Branch, Employee, Store, StoreBranch

M = TypeVar("M", bound=Model)
AT_ONCE = 1000


@dataclass
class Change:
    """An object and what becomes of its fields: {name: (old, new)}."""

    obj: Any
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Move:
    """The branch serves the store from that day on."""

    store: Store
    branch: Branch
    from_on: date


@transaction.atomic
def add_many(model: type[M], changes: list[dict[str, Any]], *, actor: Employee) -> list[M]:
    """New objects from their fields' values. What is unique is the database's to judge: raises IntegrityError."""
    made = [model(uuid=uuid.uuid4(), **values) for values in changes]
    model._default_manager.bulk_create(made, batch_size=AT_ONCE)
    told = (
        (obj, {name: (None, value) for name, value in values.items() if value not in (None, "")})
        for obj, values in zip(made, changes, strict=True)
    )
    record_many(actor, "object.added", told)
    return made


@transaction.atomic
def change_many(changes: list[Change], *, actor: Employee) -> None:
    """Objects of one model, which the caller has locked, get their new values."""
    names: set[str] = set()
    for change in changes:
        for name, (_old, new) in change.changes.items():
            setattr(change.obj, name, new)
        names |= change.changes.keys()
    update_rows([change.obj for change in changes], sorted(names))
    record_many(actor, "object.changed", ((change.obj, change.changes) for change in changes))


@transaction.atomic
def assign_branches(moves: list[Move], *, actor: Employee) -> None:
    """`assign_branch` for many stores, which the caller has locked. Raises PastIsKept."""
    periods = _periods_of(move.store for move in moves)
    shrunk: list[StoreBranch] = []
    made: list[StoreBranch] = []
    taken_over: list[StoreBranch] = []
    told, current = [], []
    for move in moves:
        own = periods.setdefault(move.store.pk, [])
        served = _on(own, move.from_on)
        before = served.branch if served else None
        if served and served.branch_id == move.branch.pk:
            continue
        today = _today(move.branch)
        if served and move.from_on < today:
            raise PastIsKept
        if served and served.days.lower == move.from_on:
            served.branch = move.branch
            taken_over.append(served)
        else:
            end = served.days.upper if served else _next_start(own, move.from_on)
            if served:
                served.days = DateRange(served.days.lower, move.from_on)
                shrunk.append(served)
            own.append(StoreBranch(store=move.store, branch=move.branch, days=DateRange(move.from_on, end)))
            made.append(own[-1])
        now = _on(own, today)
        if now and now.branch_id != move.store.branch_id:
            move.store.branch = now.branch
            current.append(move.store)
        told.append((move.store, {"branch": (before, move.branch), "from_on": (None, move.from_on)}))
    # Days are given up before others take them: two branches on one day are refused row by row.
    StoreBranch.objects.bulk_update(shrunk, ["days"], batch_size=AT_ONCE)
    update_rows(taken_over, ["branch"])
    StoreBranch.objects.bulk_create(made, batch_size=AT_ONCE)
    update_rows(current, ["branch"])
    record_many(actor, "store.branch_assigned", told)
    for store in current:
        announce(StoreMoved(store_id=store.pk, branch_id=store.branch_id))


def _periods_of(stores: Iterable[Store]) -> dict[int, list[StoreBranch]]:
    found: dict[int, list[StoreBranch]] = {}
    for period in StoreBranch.objects.filter(store__in=[store.pk for store in stores]).select_related(
        "branch"
    ):
        found.setdefault(period.store_id, []).append(period)
    return found


def _on(periods: list[StoreBranch], day: date) -> StoreBranch | None:
    return next((one for one in periods if covers(one.days, day)), None)


def covers(days: DateRange, day: date) -> bool:
    return days.lower <= day and (days.upper is None or day < days.upper)


def _next_start(periods: list[StoreBranch], day: date) -> date | None:
    return min((one.days.lower for one in periods if one.days.lower > day), default=None)


def _today(branch: Branch) -> date:
    return timezone.now().astimezone(ZoneInfo(branch.time_zone)).date()
