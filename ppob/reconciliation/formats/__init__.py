"""The forms of settlement files, a folder each: `read(stream, layout)` yields raw lines with their cells. Adding a form
adds a folder and its line here."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from ppob.reconciliation.formats import csv, delimited, fixed, xlsx, zip  # noqa: A004  the names of forms
from ppob.reconciliation.layout import Layout
from ppob.reconciliation.raw import Raw

Read = Callable[[BinaryIO, Layout], Iterator[Raw]]
FORMATS: dict[str, Read] = {
    "csv": csv.read,
    "delimited": delimited.read,
    "fixed": fixed.read,
    "xlsx": xlsx.read,
}


def read(stream: BinaryIO, layout: Layout) -> Iterator[Raw]:
    """The lines of a file of any form. Raises FileRefused, here and while the lines are read."""
    if layout.form == "zip":
        with zip.opened(stream) as (inner, _name):
            yield from FORMATS[layout.inner_form](inner, layout)
    else:
        yield from FORMATS[layout.form](stream, layout)
