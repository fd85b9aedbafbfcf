"""Reads of programmes, within the scope of whoever looks."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from betaapp.choices import ProgramState
from betaapp.models import BetaProgram, Enrollment, ProgramApplication, StoreChange
from organization.models import Employee
from organization.scopes import scope_of

SHOWN = 50


def programs_visible_to(viewer: Employee) -> QuerySet[BetaProgram]:
    """A division serves every store, so it sees every programme; a branch sees those that have stores of it."""
    scope = scope_of(viewer, "betaapp.view_betaprogram")
    programs = BetaProgram.objects.select_related("made_by", "division")
    if scope.national or scope.division_ids:
        return programs
    here = Enrollment.objects.filter(program=OuterRef("pk"), store__branch__in=scope.branch_ids)
    return programs.filter(Exists(here)) if scope.branch_ids else programs.none()


def running_programs_of(viewer: Employee, today: date) -> QuerySet[Any]:
    """Those that run, the one that ends soonest first, each with how many `stores` take part."""
    here = Enrollment.objects.filter(program=OuterRef("pk"), days__endswith__gt=today).order_by()
    counted = here.values("program").annotate(n=Count("pk")).values("n")
    running = programs_visible_to(viewer).filter(state=ProgramState.RUNNING)
    return running.annotate(stores=Coalesce(Subquery(counted), 0)).order_by("last_on", "pk")


def programs_kept_by(
    viewer: Employee, permission: str = "betaapp.change_betaprogram"
) -> QuerySet[BetaProgram]:
    """Those that the person may change: of the divisions that the permission reaches, or all of them."""
    scope = scope_of(viewer, permission)
    programs = programs_visible_to(viewer)
    return programs if scope.national else programs.filter(division__in=scope.division_ids)


def programs_decided_by(viewer: Employee) -> QuerySet[BetaProgram]:
    """Those whose end the person may decide; whoever leads branches decides where all stores are theirs."""
    scope = scope_of(viewer, "betaapp.decide_betaprogram")
    programs = programs_visible_to(viewer)
    if scope.national:
        return programs
    of_division = Q(division__in=scope.division_ids)
    if not scope.branch_ids:
        return programs.filter(of_division)
    open_ones = Enrollment.objects.filter(program=OuterRef("pk"), days__endswith__gt=timezone.localdate())
    elsewhere = open_ones.exclude(store__branch__in=scope.branch_ids)
    return programs.filter(of_division | (Exists(open_ones) & ~Exists(elsewhere)))


def programs_offered(viewer: Employee, text: str = "") -> QuerySet[BetaProgram]:
    """What the yellow field lists, the latest first; of those that carry `text`, as many as one looks through."""
    found = programs_visible_to(viewer)
    for word in text.split()[:5]:
        found = found.filter(name__icontains=word)
    return found.order_by("-first_on", "-pk")[:SHOWN]


def applications_of(program: BetaProgram) -> QuerySet[ProgramApplication]:
    return program.applications.select_related("application__division", "version", "decided_by").order_by(
        "application__code"
    )


def tried_visible_to(viewer: Employee) -> QuerySet[ProgramApplication]:
    """Applications of the programmes that the person may change."""
    return ProgramApplication.objects.filter(
        program__in=programs_kept_by(viewer).values("pk")
    ).select_related("program__made_by", "program__division", "application", "version")


def tried_decided_by(viewer: Employee) -> QuerySet[ProgramApplication]:
    """Applications of the programmes whose end the person may decide."""
    return ProgramApplication.objects.filter(
        program__in=programs_decided_by(viewer).values("pk")
    ).select_related("program__made_by", "program__division", "application", "version")


def enrolled_ids(program: BetaProgram, today: date) -> set[int]:
    """Keys of the stores that take part today or later."""
    taking_part = program.enrollments.filter(days__endswith__gt=today).order_by()
    return set(taking_part.values_list("store_id", flat=True))


def enrolled_counts(programs: list[BetaProgram], today: date) -> dict[int, int]:
    """Stores by programme; of one that has ended, all that took part."""
    counted: Any = (
        Enrollment.objects.filter(program__in=programs)
        .filter(Q(days__endswith__gt=today) | Q(program__state="ended"))
        .order_by()
        .values("program")
        .annotate(n=Coalesce(Count("store", distinct=True), 0))
    )
    return {row["program"]: row["n"] for row in counted}


def face_of(program: BetaProgram) -> str:
    """All that its form shows, to know whether somebody changed it since."""
    return "|".join(map(str, (program.first_on, program.last_on, program.new_stores, program.name)))


def changes_since(program: BetaProgram, revision: int) -> list[StoreChange]:
    """The saves after this revision, the oldest first, as many as one reads."""
    later = program.store_changes.filter(revision__gt=revision).select_related("made_by")
    return list(later.order_by("revision")[:20])


def last_changes_of(program: BetaProgram) -> list[StoreChange]:
    """The last few saves, the newest first."""
    return list(program.store_changes.select_related("made_by").order_by("-revision")[:10])
