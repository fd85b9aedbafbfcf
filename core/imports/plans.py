"""From a sheet to what would be saved: every row read, held against the database, and told apart from what is there."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.imports.columns import Column
from core.imports.damage import candidates
from core.imports.exceptions import CellRefused, ImportRefused
from core.imports.kinds import CellFault, ImportKind, Line
from core.imports.sheets import Sheet
from core.uploads.limits import limit

Progress = Callable[[int], None]
LANGUAGES = ("id", "en")


@dataclass
class Errors:
    """All are counted, the first few hundred are kept."""

    kept: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, column: str, reason: str, value: Any = "") -> None:
        self.count += 1
        if len(self.kept) < limit("errors_shown"):
            text = str(getattr(value, "text", value) if value is not None else "")
            shown = text.replace("\0", "␀").encode("utf-8", "replace").decode()[:60]
            self.kept.append({"line": line, "column": column, "reason": reason, "value": shown})


@dataclass
class Plan:
    """What a file would do to the database as it is now."""

    added: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)
    unchanged: int = 0
    rows: int = 0
    errors: Errors = field(default_factory=Errors)
    notes: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        return [*self.added, *self.changed]


def make_plan(
    kind: ImportKind, sheet: Sheet, *, lock: bool = False, progress: Progress = lambda done: None
) -> Plan:
    """Reads the sheet to its end. `lock` holds the rows that would change until the transaction ends."""
    plan = Plan(notes=list(sheet.notes))
    columns = _columns_of(kind, sheet.header)
    lines = _read(kind, sheet, columns, plan, progress)
    existing = kind.existing(lines.keys(), lock=lock)
    for line in lines.values():
        line.obj = existing.get(line.key)
    _find_spoiled(kind, lines, plan)
    for line in lines.values():
        _judge(kind, line, columns, plan)
    return plan


def digest_of(plan: Plan, kind: ImportKind, sha256: str) -> str:
    """Of the file and of every single change: what is confirmed is what was seen, or nothing is saved."""
    content = hashlib.sha256(f"{kind.name} {sha256} {plan.rows} {plan.unchanged}".encode())
    for line in plan.lines:
        shown = [line.number, line.key, line.obj.pk if line.obj else None, shown_changes(kind, line)]
        content.update(json.dumps(shown, ensure_ascii=False, sort_keys=True).encode())
    return content.hexdigest()


def shown_changes(kind: ImportKind, line: Line) -> list[list[str]]:
    """[column, old, new]"""
    found = []
    for name, (old, new) in line.changes.items():
        column = kind.column(name)
        found.append([name, "" if line.obj is None else column.show(old), column.show(new)])
    return found


def _columns_of(kind: ImportKind, header: list[str]) -> list[Column | None]:
    """The header names columns by label, in any of our languages, or by name."""
    known: dict[str, Column] = {column.name: column for column in kind.columns}
    for language in LANGUAGES:
        with translation.override(language):
            known |= {str(column.label).casefold(): column for column in kind.columns}
    found = [known.get(title.rstrip(" *").casefold()) for title in header]
    unknown = [title for title, column in zip(header, found, strict=True) if title and column is None]
    if unknown:
        raise ImportRefused(
            _("Line 1: no such column: %(names)s. See the template.") % {"names": ", ".join(unknown)[:300]}
        )
    twice = sorted({str(column.label) for column in found if column and found.count(column) > 1})
    if twice:
        raise ImportRefused(
            _("Line 1: the column stands there twice: %(names)s.") % {"names": ", ".join(twice)}
        )
    for name in (kind.key, *kind.key_with):
        if kind.column(name) not in found:
            raise ImportRefused(
                _("Line 1: the column %(name)s is missing.") % {"name": kind.column(name).label}
            )
    return found


def _read(
    kind: ImportKind, sheet: Sheet, columns: list[Column | None], plan: Plan, progress: Progress
) -> dict[str, Line]:
    lines: dict[str, Line] = {}
    for number, row in sheet.rows:
        plan.rows += 1
        progress(plan.rows)
        values, failed = {}, False
        cells = row + [None] * (len(columns) - len(row))
        for position, (column, cell) in enumerate(zip(columns, cells, strict=False)):
            if column is None:
                if cell not in (None, ""):
                    plan.errors.add(number, f"#{position + 1}", _("This column has no name in line 1."), cell)
                    failed = True
                continue
            try:
                values[column.name] = column.read(cell)
            except CellRefused as error:
                plan.errors.add(number, str(column.label), str(error), cell)
                failed = True
        if len(cells) > len(columns):
            plan.errors.add(
                number, f"#{len(columns) + 1}", _("This row has more cells than line 1."), cells[len(columns)]
            )
            failed = True
        if failed:
            continue
        key = kind.key_of(values)
        if key in lines:
            text = _("Stands twice: in line %(one)d and in line %(other)d.")
            reason = text % {"one": lines[key].number, "other": number}
            plan.errors.add(number, str(kind.column(kind.key).label), reason, values[kind.key])
            continue
        lines[key] = Line(number, key, values)
    return lines


def _find_spoiled(kind: ImportKind, lines: dict[str, Line], plan: Plan) -> None:
    """New codes that look like what Excel makes of known ones."""
    maybe = candidates([key for key, line in lines.items() if line.obj is None])
    if not maybe:
        return
    known = kind.existing({code for codes in maybe.values() for code in codes}, lock=False)
    for key, codes in maybe.items():
        meant = next((code for code in codes if code in known), None)
        if meant is not None:
            text = _("This code is new, but %(code)s is known: Excel has perhaps made a number of it.")
            plan.errors.add(lines[key].number, str(kind.column(kind.key).label), text % {"code": meant}, key)


def _judge(kind: ImportKind, line: Line, columns: list[Column | None], plan: Plan) -> None:
    """Sort the line into new, changed and unchanged, or say what is wrong with it."""
    try:
        kind.look_up(line.values)
    except CellFault as fault:
        plan.errors.add(
            line.number, str(kind.column(fault.column).label), str(fault), line.values.get(fault.column)
        )
        return
    faults = []
    if line.obj is None:
        faults += [
            (column.name, _("Needed for what is new."))
            for column in kind.columns
            if column.required and column not in columns
        ]
    line.changes = kind.changes(line)
    if not faults:
        faults += list(kind.check(line))
    for name, reason in faults:
        column = kind.column(name)
        plan.errors.add(line.number, str(column.label), reason, column.show(line.values.get(name)))
    if faults:
        return
    if line.obj is None:
        plan.added.append(line)
    elif line.changes:
        plan.changed.append(line)
    else:
        plan.unchanged += 1
