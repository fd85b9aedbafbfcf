"""Reads of the stores that a programme may have, has, and had."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from betaapp.models import BetaProgram, Enrollment
from betaapp.selectors.programs import enrolled_ids
from organization.models import Branch, Employee, Store
from organization.scopes import scope_of, stores_within

MOST_CODES = 20_000


def stores_offered(viewer: Employee) -> QuerySet[Store]:
    """Stores that the person may let take part."""
    return Store.objects.filter(stores_within(scope_of(viewer, "betaapp.enroll_store")))


def open_stores(stores: QuerySet[Store], today: date) -> QuerySet[Store]:
    return stores.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=today))


@dataclass
class BranchBox:
    """A branch with how many of its open stores take part: none, some or all of them."""

    branch: Branch
    stores: int
    enrolled: int
    is_wanted: bool | None = None  # ticked or unticked by somebody who has not saved it yet

    @property
    def is_ticked(self) -> bool:
        return self.state == "all" if self.is_wanted is None else self.is_wanted

    @property
    def state(self) -> str:
        return "none" if not self.enrolled else "all" if self.enrolled >= self.stores else "some"


def branch_boxes(viewer: Employee, program: BetaProgram, today: date) -> list[BranchBox]:
    """Every branch that the person may choose stores of, by code; one query."""
    taking_part = Enrollment.objects.filter(program=program, days__endswith__gt=today)
    counted: Any = (
        open_stores(stores_offered(viewer), today)
        .order_by("branch__code")
        .values("branch", "branch__code", "branch__name", "branch__city")
        .annotate(stores=Count("pk"), enrolled=Count("pk", filter=Q(pk__in=taking_part.values("store"))))
    )
    return [
        BranchBox(
            Branch(
                pk=row["branch"], code=row["branch__code"], name=row["branch__name"], city=row["branch__city"]
            ),
            row["stores"],
            row["enrolled"],
        )
        for row in counted
    ]


def stores_of_branch(viewer: Employee, program: BetaProgram, branch: int, today: date) -> QuerySet[Any]:
    """The branch's open stores by code, each with `joined_on` where it takes part."""
    taking_part = Enrollment.objects.filter(program=program, store=OuterRef("pk"), days__endswith__gt=today)
    stores = open_stores(stores_offered(viewer), today).filter(branch=branch)
    return stores.annotate(
        is_enrolled=Exists(taking_part), joined_on=Subquery(taking_part.values("days__startswith")[:1])
    ).order_by("code")


def enrolled_at(program: BetaProgram, revision: int, today: date) -> set[int]:
    """Who took part as the page of that revision showed it: today's stores, and the saves since then taken back."""
    stores = enrolled_ids(program, today)
    for added, removed in (
        program.store_changes.filter(revision__gt=revision)
        .order_by("-revision")
        .values_list("added", "removed")
    ):
        stores -= set(added)
        stores |= set(removed)
    return stores


@dataclass
class Named:
    """What a pasted or uploaded list of codes came to: keys of stores, and what was none of them."""

    stores: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


def stores_by_code(viewer: Employee, codes: Collection[str], today: date) -> Named:
    """Stores of these codes within the person's scope; another's is as unknown as one that never was."""
    found = dict.fromkeys(codes)
    named, known = Named(), set()
    rows = stores_offered(viewer).filter(code__in=list(found)).values_list("pk", "code", "closed_on")
    for pk, code, closed_on in rows.order_by("code"):
        known.add(code)
        if closed_on and closed_on <= today:
            named.closed.append(code)
        else:
            named.stores.append(pk)
    named.unknown = [code for code in found if code not in known]
    return named


def counted_by_branch(added: Iterable[int], removed: Iterable[int]) -> list[dict[str, Any]]:
    """The difference as one reads it: (branch, stores that join, stores that leave), by the branch's code."""
    joins, leaves = set(added), set(removed)
    counts: dict[str, Counter[int]] = {"added": Counter(), "removed": Counter()}
    names: dict[int, str] = {}
    rows = Store.objects.filter(pk__in=joins | leaves).values_list(
        "pk", "branch", "branch__code", "branch__name"
    )
    for pk, branch, code, name in rows:
        names[branch] = f"{code} {name}"
        counts["added" if pk in joins else "removed"][branch] += 1
    return [
        {"branch": names[key], "added": counts["added"][key], "removed": counts["removed"][key]}
        for key in sorted(names, key=names.__getitem__)
    ]


def codes_of(stores: Collection[int], most: int = 200) -> list[str]:
    """Codes of some stores, as many as one reads."""
    return list(Store.objects.filter(pk__in=stores).order_by("code").values_list("code", flat=True)[:most])
