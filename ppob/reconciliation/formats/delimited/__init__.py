"""Text with a separator and nothing else: a quote is a character like any other."""

from collections.abc import Iterator
from typing import BinaryIO

from ppob.reconciliation.layout import Layout
from ppob.reconciliation.raw import Raw, text_lines


def read(stream: BinaryIO, layout: Layout) -> Iterator[Raw]:
    for raw in text_lines(stream, layout):
        yield taken_apart(raw, layout)


def taken_apart(raw: Raw, layout: Layout) -> Raw:
    """The line with its cells."""
    return raw if raw.fault else Raw(raw.number, raw.text.split(layout.delimiter or "|"), raw.text)
