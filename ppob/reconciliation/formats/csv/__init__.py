"""CSV with quotes. A quoted cell ends on its own line: one that runs on would swallow the lines behind it."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from ppob.reconciliation.layout import Layout
from ppob.reconciliation.raw import Raw, text_lines
from ppob.reconciliation.reasons import reason


def read(stream: BinaryIO, layout: Layout) -> Iterator[Raw]:
    for raw in text_lines(stream, layout):
        yield taken_apart(raw, layout)


def taken_apart(raw: Raw, layout: Layout) -> Raw:
    """The line with its cells."""
    separator = layout.delimiter or ","
    if raw.fault:
        return raw
    if '"' not in raw.text:
        return Raw(raw.number, raw.text.split(separator), raw.text)
    try:
        cells = next(csv.reader([raw.text], delimiter=separator, strict=True))
    except (csv.Error, StopIteration):
        return Raw(raw.number, None, raw.text, reason("quotes"))
    return Raw(raw.number, cells, raw.text)
