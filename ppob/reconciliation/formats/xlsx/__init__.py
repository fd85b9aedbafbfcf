"""XLSX, the first sheet, after the gate for uploads has judged the package. Cells stay what they are: a number is a
number, so that a noref stored as one (its leading zeros lost) is refused and not believed."""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError  # the exception only; openpyxl parses with defusedxml

import openpyxl
from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import InvalidFileException

from core.uploads.exceptions import UploadRefused
from core.uploads.packages import ENDING_BYTES, LOCAL_FILE, check_package
from core.wording import Late as _
from ppob.reconciliation.exceptions import FileRefused
from ppob.reconciliation.layout import Layout
from ppob.reconciliation.raw import Raw
from ppob.reconciliation.reasons import reason

MOST_COLUMNS = 64
MOST_ROWS = 1_048_576
_TROUBLES = (
    DefusedXmlException, ParseError, InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError,
    IndexError, AttributeError, OSError, RuntimeError, NotImplementedError, zlib.error, OverflowError, RecursionError,
)  # fmt: skip


def read(stream: BinaryIO, layout: Layout) -> Iterator[Raw]:
    stream.seek(0)
    if stream.read(4) != LOCAL_FILE or stream.seek(0, 2) < ENDING_BYTES:
        raise FileRefused(_("Line 1: the file is called XLSX, but its content is something else."))
    try:
        check_package(stream)
    except UploadRefused as error:
        raise FileRefused(error.args[0]) from error
    stream.seek(0)
    number = 0
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=False, keep_links=False)
        try:
            if not book.worksheets:
                raise FileRefused(_("Line 1: the workbook has no sheet."))
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            for number, row in enumerate(
                sheet.iter_rows(max_col=MOST_COLUMNS + 1, max_row=MOST_ROWS), start=1
            ):
                yield from _line(number, row)
        finally:
            book.close()
    except _TROUBLES as error:
        raise FileRefused(
            _("Line %(n)d: the workbook is damaged. Ask the biller for it again.") % {"n": number + 1}
        ) from error


def _line(number: int, row: Any) -> Iterator[Raw]:
    cells = [cell.value for cell in row]
    while cells and cells[-1] in (None, ""):
        cells.pop()
    if not cells:
        return
    text = "|".join("" if cell is None else str(cell)[:60] for cell in cells)[:400]
    if len(cells) > MOST_COLUMNS:
        yield Raw(number, None, text, reason("columns_too_many", n=MOST_COLUMNS))
    elif any(cell.data_type in ("f", "e") for cell in row):
        yield Raw(number, None, text, reason("formula"))
    else:
        yield Raw(number, [_plain(cell) for cell in cells], text)


def _plain(value: Any) -> Any:
    """Text stays text; whole numbers and dates stay what they are, for the mapping to judge."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (str, int, float, datetime, date, time)):
        return value
    return str(value)
