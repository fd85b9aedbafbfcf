"""What the tables of master data have in common: references by code, the person's reach, saving by the services."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import Model
from django.utils.translation import gettext as _

from core.imports.kinds import CellFault, ImportKind, Line
from organization.models import Branch
from organization.scopes import Scope, scope_of
from organization.services.imported import Change, add_many, change_many


class MasterImport(ImportKind):
    """Without a scope rule of its own a table is for those whose permission is national."""

    references: ClassVar[dict[str, type[Model]]] = {}

    def start(self) -> None:
        self.known: dict[str, dict[str, Any]] = {}
        for name, model in self.references.items():
            self.known[name] = {obj.code: obj for obj in self.referred(model)}
        self.may = {
            act: scope_of(self.actor, self.permission(act)) for act in ("import", "add", "change", "view")
        }

    def referred(self, model: type[Model]) -> Any:
        return model._default_manager.all()

    def look_up(self, values: dict[str, Any]) -> None:
        for name, known in self.known.items():
            code = values.get(name)
            if code is None:
                continue
            if code not in known:
                label = self.column(name).label
                raise CellFault(
                    name, _("There is no %(what)s with the code %(code)s.") % {"what": label, "code": code}
                )
            values[name] = known[code]

    def check(self, line: Line) -> Iterable[tuple[str, str]]:
        yield from self.check_reach(line)
        yield from self.check_rules(line)

    def check_reach(self, line: Line) -> Iterable[tuple[str, str]]:
        """Both permissions reach as far as they do in the form: importing widens nobody's."""
        scopes = (self.may["import"], self.may["add" if line.obj is None else "change"])
        for scope in scopes:
            before = line.obj is None or self.within(scope, line.obj)
            if not before or not self.within_after(scope, line):
                yield self.key, _("This is outside your scope: ask an administrator.")
                return

    def within(self, scope: Scope, obj: Any) -> bool:
        return scope.national

    def within_after(self, scope: Scope, line: Line) -> bool:
        """Of what the row makes of it."""
        return scope.national if line.obj is None else True

    def check_rules(self, line: Line) -> Iterable[tuple[str, str]]:
        return ()

    def after(self, line: Line, name: str) -> Any:
        """A field's value as it will be."""
        return line.values[name] if name in line.values else self.now(line.obj, name) if line.obj else None

    def save(self, lines: list[Line]) -> None:
        added = [line for line in lines if line.obj is None]
        changed = [Change(line.obj, self.field_changes(line)) for line in lines if line.obj is not None]
        made = add_many(self.model, [self.new_values(line) for line in added], actor=self.actor)
        for line, obj in zip(added, made, strict=True):
            line.obj = obj
        change_many([change for change in changed if change.changes], actor=self.actor)

    def new_values(self, line: Line) -> dict[str, Any]:
        return {name: value for name, value in line.values.items() if value is not None}

    def field_changes(self, line: Line) -> dict[str, tuple[Any, Any]]:
        return line.changes


def reaches_branch(scope: Scope, branch: Branch | None) -> bool:
    return scope.national or (branch is not None and branch.pk in scope.branch_ids)
