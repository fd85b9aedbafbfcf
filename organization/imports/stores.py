from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.imports.columns import Column as Text
from core.imports.columns import Coordinate, Day, Identifier, Reference, Whole, YesNo, field_of
from core.imports.kinds import Changes, Line, register
from organization.exceptions import PastIsKept
from organization.imports.plain import MasterImport, reaches_branch
from organization.models import Branch, Store, StoreBranch
from organization.scopes import Scope, scope_of, stores_within
from organization.services.imported import Move, assign_branches, covers

MOVES = "organization.add_storebranch"
BRANCH = ("branch", "branch_from")


def _f(name: str) -> Any:
    return field_of(Store, name)


@register
class StoreImport(MasterImport):
    """The branch is dated here too: a row says which branch serves the store, and from which day."""

    name, model, key = "organization.store", Store, "code"
    references = {"branch": Branch}
    columns = (
        Identifier(
            name="code", label=_("code"), model_field=_f("code"), required=True, example="T00012", width=12,
            help=_("As text; capital letters and digits, at most 12."),
        ),
        Text(name="name", label=_("name"), model_field=_f("name"), required=True, example="Toko Kemang Raya", width=28),
        Text(name="company", label=_("company"), model_field=_f("company"), example="PT Contoh Ritel"),
        Text(name="address", label=_("address"), model_field=_f("address"), example="Jl. Kemang Raya 5", width=36),
        Text(name="city", label=_("city"), model_field=_f("city"), example="Jakarta Selatan"),
        Identifier(
            name="phone", label=_("phone"), model_field=_f("phone"), example="0217654321", width=16,
            help=_("As text, so that the zero in front stays."),
        ),
        Reference(
            name="branch", label=_("branch"), required=True, example="G001", width=12, help=_("The branch's code.")
        ),
        Day(
            name="branch_from", label=_("branch from"), example="2026-10-01", width=14,
            help=_("From which day that branch serves the store. Empty: from today; for a new store from its opening."),
        ),
        Coordinate(
            name="latitude", label=_("latitude"), model_field=_f("latitude"), required=True, example="-6.260718",
            help=_("Degrees; south of the equator below zero."), width=12,
        ),
        Coordinate(
            name="longitude", label=_("longitude"), model_field=_f("longitude"), required=True, example="106.813594",
            help=_("Degrees, between 94.5 and 141.5."), width=12,
        ),
        YesNo(
            name="is_position_verified", label=_("position verified"), model_field=_f("is_position_verified"),
            example="Tidak", help=_("Ya or Tidak"), width=12,
        ),
        Whole(
            name="geofence_m", label=_("geofence radius (m)"), model_field=_f("geofence_m"), example="100", width=12,
            help=_("20 to 2000 metres; for a new store 100 when empty."),
        ),
        Whole(
            name="visits_a_month", label=_("visits a month"), model_field=_f("visits_a_month"), example="1", width=12,
            help=_("0 to 31; for a new store 1 when empty."),
        ),
        Day(
            name="opened_on", label=_("opened"), model_field=_f("opened_on"), required=True, example="2019-05-20",
            help=_("As a date."), width=14,
        ),
        Day(name="closed_on", label=_("closed"), model_field=_f("closed_on"), example="", help=_("As a date."), width=14),
        Day(
            name="paused_from", label=_("temporarily closed from"), model_field=_f("paused_from"), example="",
            help=_("As a date."), width=14,
        ),
        Day(
            name="paused_until", label=_("temporarily closed until"), model_field=_f("paused_until"), example="",
            help=_("As a date; the last day that is included."), width=14,
        ),
    )  # fmt: skip

    def start(self) -> None:
        super().start()
        self.moves = scope_of(self.actor, MOVES)
        self.periods: dict[int, list[tuple[Any, Branch]]] = {}
        self.branches = {branch.pk: branch for branch in self.known["branch"].values()}

    def objects(self) -> Any:
        return Store.objects.select_related("branch")

    def rows_now(self) -> Iterable[Store]:
        return self.objects().filter(stores_within(self.may["view"])).order_by("code").iterator(2000)

    def now(self, obj: Store, column: str) -> Any:
        """Which branch, the file of today's data says; from when is asked only of a change."""
        return None if column == "branch_from" else getattr(obj, column)

    def existing(self, keys: Collection[str], *, lock: bool) -> dict[str, Any]:
        found = super().existing(keys, lock=lock)
        rows = StoreBranch.objects.filter(store__in=[store.pk for store in found.values()])
        for store, branch, days in rows.values_list("store", "branch", "days"):
            self.periods.setdefault(store, []).append((days, self.branches[branch]))
        return found

    def changes(self, line: Line) -> Changes:
        for name in ("geofence_m", "visits_a_month"):
            # Empty leaves the number that is there, or the usual one.
            if line.values.get(name, 0) is None:
                del line.values[name]
        changes = {name: pair for name, pair in super().changes(line).items() if name not in BRANCH}
        branch = line.values.get("branch")
        if branch is not None:
            from_on = self._from_on(line, branch)
            before = self._serving(line.obj, from_on)
            if before != branch:
                changes |= {"branch": (before, branch), "branch_from": (None, from_on)}
        return changes

    def within(self, scope: Scope, obj: Any) -> bool:
        return reaches_branch(scope, obj.branch)

    def within_after(self, scope: Scope, line: Line) -> bool:
        if line.obj is None:
            return reaches_branch(scope, line.values.get("branch"))
        return "branch" not in line.changes or reaches_branch(self.moves, line.values["branch"])

    def check_rules(self, line: Line) -> Iterable[tuple[str, str]]:
        opened, closed = self.after(line, "opened_on"), self.after(line, "closed_on")
        if opened and closed and closed < opened:
            yield "closed_on", gettext("The store closes before it opens.")
        start, end = self.after(line, "paused_from"), self.after(line, "paused_until")
        if end and (start is None or end < start):
            yield "paused_until", gettext("A temporary closing needs a first day, and ends after it.")
        if "branch" in line.changes:
            branch, from_on = line.changes["branch"][1], line.changes["branch_from"][1]
            if not branch.is_active:
                yield "branch", gettext("This branch is no longer active.")
            if line.changes["branch"][0] is not None and from_on < _today(branch):
                yield "branch_from", str(PastIsKept())

    def save(self, lines: list[Line]) -> None:
        super().save(lines)
        moves = [
            Move(line.obj, line.values["branch"], line.changes["branch_from"][1])
            for line in lines
            if "branch" in line.changes
        ]
        assign_branches(moves, actor=self.actor)

    def new_values(self, line: Line) -> dict[str, Any]:
        return {name: value for name, value in super().new_values(line).items() if name != "branch_from"}

    def field_changes(self, line: Line) -> Changes:
        return {name: pair for name, pair in line.changes.items() if name not in BRANCH}

    def _from_on(self, line: Line, branch: Branch) -> date:
        given: date | None = line.values.get("branch_from")
        return given or (line.values.get("opened_on") if line.obj is None else None) or _today(branch)

    def _serving(self, store: Store | None, day: date) -> Branch | None:
        if store is None:
            return None
        return next((branch for days, branch in self.periods.get(store.pk, ()) if covers(days, day)), None)


def _today(branch: Branch) -> date:
    return timezone.now().astimezone(ZoneInfo(branch.time_zone)).date()
