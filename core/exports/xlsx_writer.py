"""XLSX for Excel: numbers are numbers, days are days, codes are text, and nothing is ever a formula."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.exports.about import About
from core.exports.columns import Column, Kind
from core.exports.formula import is_risky, plain
from core.templatetags.gerai import zone_name

ROWS_A_SHEET = 1_000_000
LONGEST_TEXT = 32_767
# Excel counts with 15 digits; a longer number would come out as another one.
LARGEST_NUMBER = 10**15
FIRST_YEAR = 1900
RUPIAH = r"[$Rp-421]\ #,##0;[$Rp-421]\ \-#,##0"


def write_xlsx(rows: Iterable[Any], columns: tuple[Column, ...], target: IO[bytes], about: About) -> int:
    """Write the rows and say how many; each sheet goes to the disk row by row, so memory does not grow with them."""
    with new_book(target) as book:
        count = book.table(about.title, columns, rows)
        book.explain(about, count)
        return count


@contextmanager
def new_book(target: IO[bytes]) -> Iterator["Book"]:
    """A workbook of several sheets, put together in the file when the block ends."""
    # Beside the file where it has a name: what a killed worker leaves is swept away with its job's folder.
    name = getattr(target, "name", None)
    beside = Path(name).parent if isinstance(name, str) else None
    with TemporaryDirectory(prefix="xlsx-", dir=beside) as folder:
        options = {"constant_memory": True, "tmpdir": folder, "default_date_format": "yyyy-mm-dd"}
        with xlsxwriter.Workbook(target, options) as workbook:
            yield Book(workbook)


class Book:
    """Sheets of one workbook, each written from its first row to its last."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self.workbook = workbook
        self._formats: dict[str, Format] = {}

    def table(self, title: str, columns: tuple[Column, ...], rows: Iterable[Any]) -> int:
        """Rows under their labels, a new sheet each million; how many."""
        cells = [
            (at, column.reader, self._writers[column.kind], self._kinds[column.kind])
            for at, column in enumerate(columns)
        ]
        count, at_row, sheet = 0, 0, self._sheet(title, columns, 1)
        for count, row in enumerate(rows, start=1):
            if at_row == ROWS_A_SHEET:
                sheet.autofilter(0, 0, at_row, len(columns) - 1)
                at_row, sheet = 0, self._sheet(title, columns, count // ROWS_A_SHEET + 1)
            at_row += 1
            for at, read, write, form in cells:
                value = read(row)
                if value is not None:
                    write(sheet, at_row, at, value, form)
        sheet.autofilter(0, 0, at_row, len(columns) - 1)
        return count

    def explain(self, about: About, count: int) -> None:
        """The second thing that a reader asks: what is this, and is it all?"""
        sheet = self.sheet(_("About this file"), (20, 80))
        for at, (label, value) in enumerate(about.lines(count)):
            self.head(sheet, at, 0, label)
            if isinstance(value, int):
                sheet.write_number(at, 1, value, self._form("#,##0", align="left"))
            else:
                self._text(sheet, at, 1, value, self._form("@", text_wrap=True))

    def sheet(self, title: str, widths: Sequence[int]) -> Worksheet:
        """An empty one."""
        sheet = self.workbook.add_worksheet(sheet_name(title))
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        return sheet

    def head(self, sheet: Worksheet, row: int, at: int, label: Any) -> None:
        self._text(sheet, row, at, label, self._head)

    def cell(self, sheet: Worksheet, row: int, at: int, kind: Kind, value: Any) -> None:
        """As `table` writes a column of this kind; nothing for None."""
        if value is not None:
            self._writers[kind](sheet, row, at, value, self._kinds[kind])

    def _sheet(self, title: str, columns: tuple[Column, ...], number: int) -> Worksheet:
        name = sheet_name(title)
        sheet = self.workbook.add_worksheet(name if number == 1 else f"{name[:27]} {number}")
        for at, column in enumerate(columns):
            sheet.set_column(at, at, min(max(column.characters, len(str(column.label)) + 4), 60))
            self._text(sheet, 0, at, column.label, self._head)
        sheet.freeze_panes(1, 0)
        return sheet

    def _text(self, sheet: Worksheet, row: int, at: int, value: Any, form: Format | None) -> None:
        """A string, and marked as one where editing the cell would make a formula of it."""
        text = plain(value)
        if len(text) > LONGEST_TEXT:
            text = text[: LONGEST_TEXT - 1] + "…"
        if is_risky(text) and form is not self._head:
            form = self._form("@", quote_prefix=True)
        sheet.write_string(row, at, text, form)

    def _number(self, sheet: Worksheet, row: int, at: int, value: Any, form: Format | None) -> None:
        # What is not below it, NaN is not either.
        if isinstance(value, int | float | Decimal) and -LARGEST_NUMBER < value < LARGEST_NUMBER:
            sheet.write_number(row, at, value, form)
        else:
            self._text(sheet, row, at, value, None)

    def _day(self, sheet: Worksheet, row: int, at: int, value: Any, form: Format | None) -> None:
        if isinstance(value, date) and value.year >= FIRST_YEAR:
            sheet.write_datetime(row, at, value, form)
        else:
            self._text(sheet, row, at, value, None)

    def _moment(self, sheet: Worksheet, row: int, at: int, value: Any, form: Format | None) -> None:
        """As a person's clock has it, with the zone's name in the cell's form: a cell knows no zones."""
        if not isinstance(value, datetime) or value.year <= FIRST_YEAR:
            self._text(sheet, row, at, value, None)
            return
        local = timezone.localtime(value)
        clock = r"hh\.mm\.ss" if self._is_indonesian else "hh:mm:ss"
        form = self._form(f'{self._date_form} {clock} "{zone_name(local)}"')
        sheet.write_datetime(row, at, local.replace(tzinfo=None), form)

    @cached_property
    def _writers(self) -> dict[str, Callable[..., None]]:
        texts = dict.fromkeys(("text", "identifier", "status"), self._text)
        numbers = dict.fromkeys(("int", "rupiah", "decimal"), self._number)
        return {**texts, **numbers, "date": self._day, "datetime": self._moment}

    @cached_property
    def _kinds(self) -> dict[str, Format | None]:
        return {
            "text": None,
            "identifier": self._form("@"),
            "status": None,
            "int": self._form("#,##0"),
            "rupiah": self._form(RUPIAH),
            "decimal": self._form("#,##0.00####"),
            "date": self._form(self._date_form),
            "datetime": None,
        }

    @cached_property
    def _head(self) -> Format:
        return self._form("@", bold=True, bg_color="#E9EEF5", bottom=1, valign="top")

    @cached_property
    def _is_indonesian(self) -> bool:
        return (get_language() or "id").startswith("id")

    @cached_property
    def _date_form(self) -> str:
        """29 Agu 2026, in Indonesian on an English Excel too."""
        return "[$-421]d mmm yyyy" if self._is_indonesian else "[$-409]d mmm yyyy"

    def _form(self, number_form: str, **look: Any) -> Format:
        key = f"{number_form} {sorted(look.items())}"
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format({"num_format": number_form, **look})
        return self._formats[key]


def sheet_name(title: str) -> str:
    """What Excel allows: 31 characters, none of []:*?/\\, no apostrophe at an end."""
    name = "".join(" " if letter in "[]:*?/\\" else letter for letter in plain(title))
    return name[:31].strip(" '") or "1"
