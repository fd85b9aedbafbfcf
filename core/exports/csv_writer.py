"""CSV for other programs: UTF-8 with its mark, comma, CRLF, text always in quotes, numbers and days bare.

Codes with leading zeros and `1E05` stand there as they are. Only Excel, opening a CSV by a double click, makes numbers of
them; what would stop it (`="00123"`) is a formula, and an apostrophe would spoil the code for every other program. For
Excel there is XLSX, where codes are text.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.utils import timezone

from core.exports.about import About
from core.exports.columns import Column
from core.exports.formula import safe_text
from core.templatetags.gerai import zone_name

MARK = b"\xef\xbb\xbf"
LINES_AT_ONCE = 500
_SPLITS = re.compile('[\x00";\t\r\n]')


def write_csv(rows: Iterable[Any], columns: tuple[Column, ...], target: IO[bytes], about: About) -> int:
    """Write the rows and say how many; memory does not grow with them."""
    cells = [(column.reader, _WRITERS[column.kind]) for column in columns]
    target.write(MARK + head_of(columns))
    lines: list[str] = []
    count = 0
    for row in rows:
        count += 1
        lines.append(
            ",".join(["" if (value := read(row)) is None else write(value) for read, write in cells])
        )
        if len(lines) >= LINES_AT_ONCE:
            target.write(_block(lines))
            lines.clear()
    if lines:
        target.write(_block(lines))
    return count


def head_of(columns: tuple[Column, ...]) -> bytes:
    """The line of labels."""
    return _block([",".join(_text(column.label) for column in columns)])


def _block(lines: list[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode()


def _text(value: Any) -> str:
    text = str(value)
    # Most cells: a letter or a figure comes first and nothing in it could end a cell, so nothing in it can begin a formula.
    if text[:1].isalnum() and text.isascii() and not _SPLITS.search(text):
        return f'"{text}"'
    return '"' + safe_text(value).replace('"', '""') + '"'


def _whole(value: Any) -> str:
    return str(int(value)) if isinstance(value, int | float | Decimal) else _text(value)


def _decimal(value: Any) -> str:
    """With a point, as programs read it. What is no number, infinity included, is text."""
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"
    if isinstance(value, int | float) and value - value == 0:
        return repr(value) if isinstance(value, int) else f"{Decimal(repr(value)):f}"
    return _text(value)


def _day(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else _text(value)


def _moment(value: Any) -> str:
    if not isinstance(value, datetime):
        return _text(value)
    local = timezone.localtime(value)
    return f'"{local:%Y-%m-%d %H:%M:%S} {zone_name(local)}"'


_WRITERS: dict[str, Callable[[Any], str]] = {
    "text": _text,
    "identifier": _text,
    "status": _text,
    "int": _whole,
    "rupiah": _whole,
    "decimal": _decimal,
    "date": _day,
    "datetime": _moment,
}
