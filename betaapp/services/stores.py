"""Which stores take part: any number of them in one save, one transaction, an entry in the trail for each."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, Func, Q
from django.utils import timezone

from betaapp import events
from betaapp.choices import ProgramState
from betaapp.exceptions import (
    AllOver,
    ClosedStore,
    ForeignStore,
    NothingChanged,
    ProgramEnded,
    SavedMeanwhile,
)
from betaapp.models import BetaProgram, StoreChange
from betaapp.outbox import TELL_STORES
from betaapp.selectors.programs import changes_since, enrolled_ids
from betaapp.services import trials
from betaapp.services.programs import lock_program
from betaapp.services.trials import array_of
from core import outbox
from core.audit.many import record_many
from core.audit.recording import Ref
from core.events import announce
from organization.models import Employee, Store
from organization.scopes import scope_of, stores_within

STORE = "organization.store"


@dataclass(frozen=True)
class Saved:
    """How many stores joined and how many left."""

    added: int
    removed: int


@transaction.atomic
def change_stores(
    *,
    program: BetaProgram,
    add: Collection[int],
    remove: Collection[int],
    revision: int,
    actor: Employee | None,
    reason: str = "",
    permission: str = "betaapp.enroll_store",
) -> Saved:
    """Let the stores `add` take part and `remove` no more, by their keys; who does already, or does not, stays so.

    They lie within the scope of the actor's `permission`.
    `revision` is the programme's as the page showed it. All or nothing; nothing is written where nothing changes. Raises
    ProgramEnded, SavedMeanwhile, NothingChanged, AllOver, ForeignStore, ClosedStore, Conflicting.
    """
    program, today = lock_program(program), timezone.localdate()
    if program.state == ProgramState.ENDED:
        raise ProgramEnded
    if revision != program.revision:
        raise SavedMeanwhile(changes_since(program, revision))
    now_in = enrolled_ids(program, today)
    added, removed = sorted(set(add) - now_in), sorted(set(remove) & now_in)
    if not added and not removed:
        raise NothingChanged
    if added and program.last_on < today:
        raise AllOver
    uuids = _stores(added, removed, actor, permission)
    if added and program.state == ProgramState.RUNNING:
        trials.refuse_conflicts(program, today=today, stores=added)
    if removed:
        trials.leave(program, today=today, stores=removed)
    if added:
        trials.enroll(program, added, today=today)
    _note(program, added, removed, actor, reason)
    _record(program, "beta.store_added", [uuids[pk] for pk in added], actor, reason, joins=True)
    _record(program, "beta.store_removed", [uuids[pk] for pk in removed], actor, reason, joins=False)
    if added and program.state == ProgramState.RUNNING:
        outbox.enqueue(TELL_STORES, key=f"{program.pk}-{program.revision}", payload={"program": program.pk})
    announce(events.StoresChanged(program_id=program.pk, revision=program.revision))
    return Saved(len(added), len(removed))


def _stores(added: list[int], removed: list[int], actor: Employee | None, permission: str) -> dict[int, UUID]:
    """UUIDs by key, of stores within the actor's scope. Raises ForeignStore, ClosedStore."""
    within = stores_within(scope_of(actor, permission)) if actor else Q()
    today, joining = timezone.localdate(), set(added)
    uuids: dict[int, UUID] = {}
    shut: list[str] = []
    # One parameter: sixteen thousand of them cost more than all they ask for.
    named = Func(array_of([*added, *removed]), template="(SELECT unnest(%(expressions)s))")
    rows = Store.objects.filter(within, pk__in=named).order_by()
    for pk, uuid, code, closed_on in rows.values_list("pk", "uuid", "code", "closed_on").iterator():
        uuids[pk] = uuid
        if closed_on and closed_on <= today and pk in joining:
            shut.append(code)
    if len(uuids) < len(added) + len(removed):
        raise ForeignStore
    if shut:
        raise ClosedStore(sorted(shut))
    return uuids


def _note(
    program: BetaProgram, added: list[int], removed: list[int], actor: Employee | None, reason: str
) -> None:
    BetaProgram.objects.filter(pk=program.pk).update(revision=F("revision") + 1)
    program.revision += 1
    StoreChange.objects.create(
        program=program,
        revision=program.revision,
        made_by=actor,
        added=array_of(added),
        removed=array_of(removed),
        reason=reason,
    )


def _record(
    program: BetaProgram, act: str, uuids: list[UUID], actor: Employee | None, reason: str, *, joins: bool
) -> None:
    told = {"beta_program": (None, program) if joins else (program, None)}
    if uuids:
        record_many(actor, act, ((Ref(STORE, uuid), told) for uuid in uuids), reason)
