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


def byte_blocks(stream: BinaryIO) -> Iterator[tuple[int, list[bytes | None]]]:
    """The number of the first line, and some thousand lines without their ends, whichever of LF, CRLF and CR ends them;
    None for one too long."""
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
        lines: list[bytes | None] = list(data.split(b"\n"))
        rest = lines.pop() or b""
        if lines and too_long:
            lines[0], too_long = None, False
        if len(data) > LONGEST_LINE and max(map(len, filter(None, lines)), default=0) > LONGEST_LINE:
            lines = [None if line is None or len(line) > LONGEST_LINE else line for line in lines]
        if lines:
            yield number, lines
        number += len(lines)
        if number - 1 > MOST_LINES:
            raise FileRefused(_("The file has more than %(n)d lines.") % {"n": MOST_LINES})
        if len(rest) > LONGEST_LINE:
            rest, too_long = b"", True
    if rest or too_long:
        yield number, [None if too_long else rest]


def text_lines(stream: BinaryIO, layout: Layout) -> Iterator[Raw]:
    """Each line decoded, with `cells` still None. Empty lines are left out. A line of another encoding has a fault."""
    check_encoding(layout)
    for first, lines in byte_blocks(stream):
        for number, line in enumerate(lines, start=first):
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
