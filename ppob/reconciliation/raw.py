"""Lines as bytes and as cells, before anybody knows what they mean. Streaming: a few megabytes, whatever the file's size."""

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from core.wording import Late as _
from ppob.reconciliation.exceptions import FileRefused
from ppob.reconciliation.layout import LONGEST_LINE, MOST_BYTES, MOST_LINES, Layout
from ppob.reconciliation.reasons import reason

# Some hundred lines at once: what is made of them stays in the cache of a processor, and PostgreSQL never waits for more.
CHUNK = 1 << 16
ENCODINGS = ("utf-8", "ascii", "latin-1", "cp1252")
BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Raw(NamedTuple):
    """One line: its number, its cells (None: it could not be taken apart, `fault` is the reason), and how it began."""

    number: int
    cells: Any
    text: str
    fault: str = ""


class Block:
    """Some hundred whole lines with the number of the first, taken apart only when somebody asks for a single one."""

    __slots__ = ("_lines", "count", "data", "first")

    def __init__(self, first: int, data: bytes | None, lines: list[bytes | None] | None = None) -> None:
        self.first, self.data, self._lines = first, data, lines
        self.count = len(lines) if lines is not None else (data or b"").count(b"\n") + 1

    @property
    def lines(self) -> list[bytes | None]:
        """Without their ends; None for one too long."""
        if self._lines is None:
            self._lines = list((self.data or b"").split(b"\n"))
        return self._lines

    def numbered(self) -> Iterator[tuple[int, bytes | None]]:
        return enumerate(self.lines, start=self.first)

    def behind(self, count: int) -> "Block":
        """What comes after so many of its lines."""
        if self.data is None:
            return Block(self.first + count, None, self.lines[count:])
        return Block(self.first + count, self.data.split(b"\n", count)[count])


def blocks_of(stream: BinaryIO) -> Iterator[Block]:
    """A file's lines, whichever of LF, CRLF and CR ends them."""
    number, rest, too_long, total = 1, b"", False, 0
    while chunk := stream.read(CHUNK):
        total += len(chunk)
        if total > MOST_BYTES:
            raise FileRefused(_("The file has more than %(n)d MB.") % {"n": MOST_BYTES // 1_000_000})
        data = rest + chunk
        if data.endswith(b"\r"):
            more = stream.read(1)
            data += more
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        whole, end, rest = data.rpartition(b"\n")
        if end:
            block = _block(number, whole, begun_before=too_long)
            too_long = False
            yield block
            number += block.count
        if number - 1 > MOST_LINES:
            raise FileRefused(_("The file has more than %(n)d lines.") % {"n": MOST_LINES})
        if len(rest) > LONGEST_LINE:
            rest, too_long = b"", True
    if rest or too_long:
        yield Block(number, None, [None]) if too_long else Block(number, rest)


def _block(first: int, data: bytes, *, begun_before: bool) -> Block:
    """Of whole lines. `begun_before`: of the first one only the end is left."""
    # A line that is too long fills one of these windows.
    half = LONGEST_LINE // 2
    if not begun_before and all(
        data.find(b"\n", at, at + half) >= 0 for at in range(0, len(data) - half + 1, half)
    ):
        return Block(first, data)
    lines: list[bytes | None] = list(data.split(b"\n"))
    if begun_before:
        lines[0] = None
    lines = [None if line is None or len(line) > LONGEST_LINE else line for line in lines]
    return Block(first, None if None in lines else data, lines)


def text_lines(stream: BinaryIO, layout: Layout) -> Iterator[Raw]:
    """Each line decoded, with `cells` still None. Empty lines are left out. A line of another encoding has a fault."""
    check_encoding(layout)
    for block in blocks_of(stream):
        for number, line in block.numbered():
            if (raw := text_line(number, line, layout)) is not None:
                yield raw


def check_encoding(layout: Layout) -> None:
    """Raises FileRefused."""
    if layout.encoding not in ENCODINGS:
        raise FileRefused(_("The encoding %(name)s is not known.") % {"name": layout.encoding})


def text_line(number: int, line: bytes | None, layout: Layout) -> Raw | None:
    """One line decoded; None for an empty one. Raises FileRefused for a first line of UTF-16."""
    if line is None:
        return Raw(number, None, "", reason("line_too_long", n=LONGEST_LINE))
    if number == 1:
        if line.startswith(BOMS):
            raise FileRefused(
                _("Line 1: the file is Unicode text (UTF-16), not %(name)s.") % {"name": layout.encoding}
            )
        if layout.encoding == "utf-8":
            line = line.removeprefix(codecs.BOM_UTF8)
    if not line.strip():
        return None
    try:
        return Raw(number, None, line.decode(layout.encoding))
    except (UnicodeDecodeError, ValueError):
        text = line[:200].decode("ascii", "replace")
        return Raw(number, None, text, reason("encoding", name=layout.encoding))
