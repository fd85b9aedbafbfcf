"""A table as rows of raw cells, whatever file it came in. Nothing is guessed here; columns judge their cells."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError  # the exception only; openpyxl parses with defusedxml

import openpyxl
from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from core.imports.exceptions import ImportRefused
from core.uploads.limits import limit

ENCODING_FALLBACK = "cp1252"


@dataclass(frozen=True)
class Formula:
    """A cell that computes; what it would show is nobody's data."""

    text: str


@dataclass(frozen=True)
class Fault:
    """A cell that shows #REF! and the like."""

    text: str


Row = tuple[int, list[Any]]


@dataclass
class Sheet:
    """`rows` yields (line in the file, cells) once; empty rows are left out. `notes` say what was assumed."""

    header: list[str]
    rows: Iterator[Row]
    notes: list[str] = field(default_factory=list)


def read_sheet(file: BinaryIO, kind: str) -> Sheet:
    """The first sheet. Raises ImportRefused here, and while the rows are read."""
    raw, notes = (_xlsx_rows(file), []) if kind == "xlsx" else _csv_rows(file)
    rows = _within_limits(raw)
    first = next(rows, None)
    if first is None or first[0] != 1:
        raise ImportRefused(_("The first line has to name the columns, as in the template."))
    return Sheet([str(cell or "").strip() for cell in first[1]], rows, notes)


def _within_limits(rows: Iterator[Row]) -> Iterator[Row]:
    """Counted as they come: what the file says of its own size is nobody's word."""
    most = limit("rows")
    try:
        for line, cells in rows:
            if line > most + 1:
                raise ImportRefused(_("The file has more than %(n)d rows. Split it.") % {"n": most})
            while cells and (cells[-1] is None or cells[-1] == ""):
                cells.pop()
            if len(cells) > limit("columns"):
                raise ImportRefused(_("A row has more than %(n)d columns.") % {"n": limit("columns")})
            if cells:
                yield line, cells
    except (
        DefusedXmlException,
        ParseError,
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        EOFError,
        csv.Error,
    ) as error:
        raise ImportRefused(_("The file cannot be read. Save it again as XLSX or CSV.")) from error


def _xlsx_rows(file: BinaryIO) -> Iterator[Row]:
    book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
    try:
        if not book.worksheets:
            raise ImportRefused(_("The workbook has no sheet."))
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for line, row in enumerate(sheet.iter_rows(max_col=limit("columns") + 1), start=1):
            yield line, [_cell(cell) for cell in row]
    finally:
        book.close()


def _cell(cell: Any) -> Any:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        return Formula(str(value))
    return Fault(str(value)) if cell.data_type == "e" else value


def _csv_rows(file: BinaryIO) -> tuple[Iterator[Row], list[str]]:
    content, notes = file.read(), []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode(ENCODING_FALLBACK, "replace")
        notes.append(
            _("The file is not UTF-8 and was read as Windows-1252. Check names with accents in the preview.")
        )
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    return _csv_lines(text, separator), notes


def _csv_lines(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    for cells in reader:
        yield line, [_text(cell) for cell in cells]
        line = reader.line_num + 1


def _text(cell: str) -> Any:
    """Our own CSV exports put an apostrophe before what a spreadsheet would compute; here it goes away again."""
    if cell[:1] == "'" and cell[1:2] in tuple("=+-@"):
        return cell[1:]
    return Formula(cell) if cell.startswith("=") else cell
