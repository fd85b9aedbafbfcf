"""The dump's tables one after the other, each in a transaction of its own: what is not here yet is added, the rest stays."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction

from ppob.legacy.dumps import Dump, Section
from ppob.legacy.exceptions import DumpRefused, RowRefused
from ppob.legacy.loaders import LOADERS, Batch, Loader
from ppob.legacy.mapping import TableMap
from ppob.legacy.secrets import is_secret

AT_ONCE = 1000
SHOWN = 1000


@dataclass
class TableReport:
    """What became of one table; `refused` are columns that are never read, `unknown` those that nothing is said of."""

    read: int = 0
    added: int = 0
    rejected: int = 0
    error: str = ""
    unknown_columns: list[str] = field(default_factory=list)
    refused_columns: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        present = 0 if self.error else self.read - self.added - self.rejected
        return {**vars(self), "present": present}


@dataclass
class Report:
    """Counts by table, and the first thousand rejected rows with line and reason."""

    tables: dict[str, TableReport] = field(default_factory=dict)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    unknown_tables: list[str] = field(default_factory=list)
    missing_tables: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failed(self) -> list[str]:
        return [name for name, table in self.tables.items() if table.error]

    def as_dict(self) -> dict[str, Any]:
        counts = [table.as_dict() for table in self.tables.values()]
        return {
            **{key: sum(count[key] for count in counts) for key in ("read", "added", "present")},
            "rejected_rows": sum(count["rejected"] for count in counts),
            "tables": {name: table.as_dict() for name, table in self.tables.items()},
            "rejected": self.rejected,
            "skipped": self.skipped,
            "unknown_tables": self.unknown_tables,
            "missing_tables": self.missing_tables,
            "seconds": round(self.seconds, 1),
        }


def import_dump(dump: Dump, mapping: Mapping[str, TableMap]) -> Report:
    """Read every table of the dump that the mapping knows, in the mapping's order. Raises DumpRefused."""
    started, report = time.monotonic(), Report()
    there = set(dump.tables())
    report.unknown_tables = sorted(there - mapping.keys())
    for table in mapping.values():
        if table.name not in there:
            report.missing_tables += [] if table.skip else [table.name]
        elif table.skip:
            report.skipped[table.name] = table.skip
        else:
            report.tables[table.name] = _import_table(dump, table, report)
    report.seconds = time.monotonic() - started
    return report


def _import_table(dump: Dump, table: TableMap, report: Report) -> TableReport:
    """All of the table, or nothing of it when something breaks that is no fault of one row."""
    told = TableReport()
    try:
        with transaction.atomic():
            for section in dump.sections(table.name):
                _import_section(section, table, told, report)
    except (DumpRefused, DatabaseError) as error:
        told.error, told.added = str(error).partition("\n")[0], 0
    return told


def _import_section(section: Section, table: TableMap, told: TableReport, report: Report) -> None:
    loader = LOADERS[table.into]
    places = _places(section, table, loader, told)

    def refused(line: int, reason: str) -> None:
        told.rejected += 1
        if len(report.rejected) < SHOWN:
            report.rejected.append({"table": table.name, "line": line, "reason": reason})

    for batch in _batches(section, table, loader, places, told, refused):
        told.added += loader.save(table.original, batch, refused)


def _places(section: Section, table: TableMap, loader: Loader, told: TableReport) -> dict[str, int]:
    """In which column each field stands. Raises DumpRefused when one is missing that every row needs."""
    open_columns = [column for column in section.columns if not is_secret(column)]
    told.refused_columns = [column for column in section.columns if is_secret(column)]
    places: dict[str, int] = {}
    for name, aliases in table.columns.items():
        if found := next((alias for alias in aliases if alias in open_columns), None):
            places[name] = section.columns.index(found)
    used = {section.columns[place] for place in places.values()}
    aliases_of_all = {alias for aliases in table.columns.values() for alias in aliases}
    told.unknown_columns = [
        column for column in open_columns if column not in used | table.ignored | aliases_of_all
    ]
    if missing := [name for name in loader.needs() if name not in places and name not in table.fixed]:
        tried = "; ".join(f"{name}: {', '.join(table.columns.get(name, ['–']))}" for name in missing)
        raise DumpRefused(f"No column for {tried}. Name it in the mapping.")
    return places


def _batches(
    section: Section,
    table: TableMap,
    loader: Loader,
    places: dict[str, int],
    told: TableReport,
    refused: Any,
) -> Iterator[Batch]:
    batch: Batch = []
    for line, cells in section.rows:
        told.read += 1
        if len(cells) != len(section.columns):
            refused(line, f"{len(cells)} cells for {len(section.columns)} columns")
            continue
        try:
            batch.append((line, _values(cells, table, loader, places)))
        except RowRefused as fault:
            refused(line, str(fault))
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _values(
    cells: list[str | None], table: TableMap, loader: Loader, places: dict[str, int]
) -> dict[str, Any]:
    values = {
        name: loader.read(name, cells[place], table.values.get(name, {})) for name, place in places.items()
    }
    # What the table itself says wins: whoever lies in the trash is closed, whatever its row says.
    values |= table.fixed
    if empty := [name for name in loader.needs() if values.get(name) in (None, "")]:
        raise RowRefused(f"{', '.join(empty)}: empty")
    return values
