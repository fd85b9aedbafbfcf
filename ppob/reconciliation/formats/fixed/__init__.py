"""Fixed width: columns by place. The whole line is the cell; the mapping cuts it, and a line of another length is refused."""

from collections.abc import Iterator
from typing import BinaryIO

from ppob.reconciliation.layout import Layout
from ppob.reconciliation.raw import Raw, text_lines


def read(stream: BinaryIO, layout: Layout) -> Iterator[Raw]:
    for raw in text_lines(stream, layout):
        yield raw if raw.fault else Raw(raw.number, raw.text, raw.text)
