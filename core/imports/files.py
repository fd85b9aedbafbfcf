"""The files that people fill in: an empty template, and the same columns with today's data."""

import io
from collections.abc import Iterable
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from core.imports.columns import Column, Day
from core.imports.kinds import ImportKind

EMPTY_ROWS = 1000


def template(kind: type[ImportKind]) -> bytes:
    """Headers with a comment each, cells of codes as text, and an example on a sheet of its own, which is never read."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = _sheet(book, kind)
        for position, column in enumerate(kind.columns):
            sheet.write_comment(0, position, _comment(column), {"x_scale": 2, "y_scale": 1.2})
        _example(book, kind)
    return target.getvalue()


def write_current(kind: ImportKind, rows: Iterable[Any], target: BinaryIO) -> int:
    """Today's data in the columns of the template: imported as it is, it changes nothing."""
    count = 0
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        sheet = _sheet(book, type(kind))
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for count, row in enumerate(rows, start=1):
            for position, column in enumerate(kind.columns):
                _write(sheet, count, position, column.write(kind.now(row, column.name)), day)
    return count


def _sheet(book: Any, kind: type[ImportKind]) -> Any:
    sheet = book.add_worksheet(str(kind.model._meta.verbose_name_plural)[:31])
    head = book.add_format({"bold": True, "bg_color": "#E2E5EB", "bottom": 1, "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for position, column in enumerate(kind.columns):
        form = text if column.is_text else day if isinstance(column, Day) else None
        sheet.set_column(position, position, column.width, form)
        sheet.write_string(0, position, _title(column), head)
    sheet.freeze_panes(1, 1)
    return sheet


def _example(book: Any, kind: type[ImportKind]) -> None:
    sheet = book.add_worksheet(_("Example"))
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@", "text_wrap": True})
    sheet.write_row(0, 0, [_("Column"), _("Example"), _("Rule")], bold)
    sheet.set_column(0, 1, 26, text)
    sheet.set_column(2, 2, 80, text)
    for number, column in enumerate(kind.columns, start=1):
        for position, words in enumerate((_title(column), str(column.example), _comment(column))):
            sheet.write_string(number, position, words, text)


def _title(column: Column) -> str:
    """With a star where a cell may not be empty; reading knows it with and without."""
    return f"{column.label} *" if column.required else str(column.label)


def _comment(column: Column) -> str:
    needed = _("Required.") if column.required else _("May stay empty.")
    return f"{needed} {column.help}".strip()


def _write(sheet: Any, row: int, position: int, value: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, position, value)  # never a formula, whatever it begins with
    elif hasattr(value, "year"):
        sheet.write_datetime(row, position, value, day)
    else:
        sheet.write_number(row, position, value)
