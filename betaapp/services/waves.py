"""How a programme grows: by a share of the stores that are left, or by whole branches; and by stores that open."""

import random
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from betaapp.choices import Joining, ProgramState
from betaapp.exceptions import NotRunning
from betaapp.models import BetaProgram, Enrollment
from betaapp.selectors.programs import enrolled_ids
from betaapp.services.programs import lock_program
from betaapp.services.stores import change_stores
from betaapp.services.trials import conflicts_of
from organization.models import Employee, Store
from organization.scopes import scope_of, stores_within


def draw_wave(
    program: BetaProgram, *, actor: Employee, percent: int | None = None, branches: Collection[int] = ()
) -> set[int]:
    """Keys of the open stores within the actor's scope that would join next, none that tries another version.

    `percent` of those that are left, at least one, drawn at random but the same for the same programme and revision, and
    in each branch its share; or all that are left of `branches`.
    """
    today = timezone.localdate()
    within = stores_within(scope_of(actor, "betaapp.decide_betaprogram"))
    still_open = Q(closed_on__isnull=True) | Q(closed_on__gt=today)
    stores = Store.objects.filter(within, still_open, opened_on__lte=today)
    if branches:
        stores = stores.filter(branch__in=branches)
    rows = list(stores.order_by("branch", "pk").values_list("pk", "branch", "code"))
    now_in = enrolled_ids(program, today)
    left = [row for row in rows if row[0] not in now_in]
    taken = conflicts_of(program, today=today, stores=[row[0] for row in left])
    left = [row for row in left if row[2] not in taken]
    if percent is None:
        return {pk for pk, _branch, _code in left}
    return _share(left, percent, seed=f"{program.pk}-{program.revision}")


def _share(left: list[tuple[int, int, str]], percent: int, *, seed: str) -> set[int]:
    """Every so-many-th of the stores, shuffled within their branches: each branch gives its share, to within one store."""
    chance = random.Random(seed)  # noqa: S311  a fair draw that can be drawn again, not a secret
    by_branch: dict[int, list[int]] = {}
    for pk, branch, _code in left:
        by_branch.setdefault(branch, []).append(pk)
    line = [pk for stores in by_branch.values() for pk in chance.sample(stores, len(stores))]
    wanted = max(1, round(len(line) * percent / 100)) if line else 0
    return {line[number * len(line) // wanted] for number in range(wanted)}


@transaction.atomic
def widen(*, program: BetaProgram, stores: Collection[int], revision: int, actor: Employee) -> int:
    """The next wave of a running programme; how many joined. Raises NotRunning, and as `change_stores`."""
    if lock_program(program).state != ProgramState.RUNNING:
        raise NotRunning
    return change_stores(
        program=program,
        add=stores,
        remove=(),
        revision=revision,
        actor=actor,
        permission="betaapp.decide_betaprogram",
    ).added


def let_new_stores_join() -> int:
    """Stores that opened at a running programme's branches since it began join it, where it says so; how many."""
    joined = 0
    for program in BetaProgram.objects.filter(state=ProgramState.RUNNING, new_stores=Joining.JOINS):
        joined += _join(program)
    return joined


@transaction.atomic
def _join(program: BetaProgram) -> int:
    today = timezone.localdate()
    taking_part = Enrollment.objects.filter(program=program, days__endswith__gt=today)
    ever = Enrollment.objects.filter(program=program)
    new = Store.objects.filter(
        branch__in=taking_part.values("store__branch"), opened_on__gte=program.first_on, opened_on__lte=today, closed_on=None
    ).exclude(pk__in=ever.values("store"))  # fmt: skip
    found = dict(new.values_list("code", "pk"))
    for code in conflicts_of(program, today=today, stores=list(found.values())) if found else ():
        del found[code]
    if not found:
        return 0
    return change_stores(
        program=program, add=list(found.values()), remove=(), revision=program.revision, actor=None
    ).added
