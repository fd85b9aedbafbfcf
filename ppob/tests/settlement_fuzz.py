"""Good settlement files, damaged in ways that never write another number: so whatever amount is taken must be one that the
good file has for that noref."""

import io
import random
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ppob.models import Biller, SettlementProfile
from ppob.reconciliation.exceptions import FileRefused
from ppob.reconciliation.layout import Layout, layout_of
from ppob.reconciliation.lines import Good, Totals, parse
from ppob.reconciliation.rows import rows_by_line, rows_of
from ppob.simulation.forms import FORMS, PROFILES, Line
from ppob.simulation.forms.finnet import HEADER as FINNET

FORMS_OF_TEXT = ("FINNET", "NUSAPAY", "ARTHASW", "LISTRA")
# Whose files are read by columns.
PLAIN = ("FINNET",)
DAY = date(2026, 11, 24)
STRANGE = (
    b"\xef\xbb\xbf", b"\0", b"\r", b"\n", b"\r\n", b"\xe9", b"\xff", "\u200b".encode(), "\u202e".encode(), b"-", b"(", b")",
    b".", b",", b"E+", b"e", b" ", b"'", b'"', b"|", b";", b"\t", b"\x1a", b"\\", b"=", b"\xc2\xa0", b"Rp", b"<!DOCTYPE x>",
)  # fmt: skip
SLOW_S = 5.0


@dataclass
class Told:
    """What became of the mutations. `altered` and `uncaught` must stay empty."""

    accepted: int = 0
    rejected: int = 0
    refused: int = 0
    slowest: float = 0.0
    # Taken by columns otherwise than line by line.
    parted: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    uncaught: list[str] = field(default_factory=list)


@cache
def layout(code: str) -> Layout:
    return layout_of(SettlementProfile(biller=Biller(code=code), **{"header_lines": 1, **PROFILES[code]}))


@cache
def example(code: str, lines: int = 12) -> bytes:
    """A good file of this biller's form."""
    start = datetime(2026, 11, 24, 8, tzinfo=ZoneInfo("Asia/Jakarta"))
    sales = [
        Line(
            at=start + timedelta(seconds=7 * number), noref=f"{number * 7919:012}", customer_id=f"{number:011}", product="P1",
            sheets=1 + number % 3, amount=50_000 + 1_234_567 * number, commission=500, is_success=number % 5 > 0,
            response_code="00" if number % 5 else "05", stan=f"{number:06}", serial=f"SN{number:06}",
        )
        for number in range(1, lines + 1)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        return FORMS[code](sales, biller=code, day=DAY, folder=Path(folder)).read_bytes()


@cache
def truth(code: str) -> dict[str, frozenset[int]]:
    found = defaultdict(set)
    for one in parse(io.BytesIO(example(code)), layout(code), Totals()):
        assert isinstance(one, Good), one
        found[one.noref].add(one.amount)
    return {noref: frozenset(amounts) for noref, amounts in found.items()}


def fuzz(count: int, *, seed: int, codes: Sequence[str]) -> Told:
    """So many damaged files, one after another."""
    chance, told = random.Random(seed), Told()
    for number in range(count):
        code = codes[number % len(codes)]
        content = _damaged(example(code), code, chance)
        begun = time.perf_counter()
        try:
            for one in parse(io.BytesIO(content), layout(code), Totals()):
                if not isinstance(one, Good):
                    told.rejected += 1
                    assert one.number > 0
                    assert one.reason
                    continue
                told.accepted += 1
                known = truth(code).get(one.noref)
                if known is not None and one.amount not in known:
                    told.altered.append(f"{code} #{number} line {one.number}: {one.noref} {one.amount}")
        except FileRefused as error:
            told.refused += 1
            if not str(error):
                told.uncaught.append(f"{code} #{number}: refused without a reason")
        except Exception as error:  # noqa: BLE001  whatever comes is what is looked for
            told.uncaught.append(f"{code} #{number}: {type(error).__name__} {error}")
        if code in PLAIN:
            how, as_it_reads = _otherwise(layout(code), number // len(codes))
            again = as_it_reads(content)
            if rows_as_read(rows_of, again, how) != rows_as_read(rows_by_line, again, how):
                told.parted.append(f"{code} #{number}")
        told.slowest = max(told.slowest, time.perf_counter() - begun)
    return told


def _otherwise(plain: Layout, number: int) -> tuple[Layout, Callable[[bytes], bytes]]:
    """The form as it is; its columns by their places and with a cut-off at 08:01; and with bars between, some columns in each
    other's place and some not there at all."""
    places = {name: FINNET.index(column) for name, column in plain.columns.items()}
    if number % 3 == 0:
        return plain, lambda content: content
    if number % 3 == 1:
        return replace(plain, columns=places, cut_off_minute=8 * 60 + 1), lambda content: content
    fewer = {name: place for name, place in places.items() if name not in ("sheets", "product", "commission")}
    fewer |= {"noref": places["serial"], "serial": places["noref"], "part": places["product"]}
    bars = replace(plain, form="delimited", delimiter="|", columns=fewer)
    return bars, lambda content: content.replace(b",", b"|")


def rows_as_read(read: Callable[..., Iterable[str]], content: bytes, how: Layout) -> Any:
    """The rows for COPY in the order of their numbers, and what they sum to."""
    totals = Totals()
    try:
        text = "".join(read(io.BytesIO(content), how, totals, head=""))
    except FileRefused as error:
        return str(error)
    rows = [line.split("\t") for line in text.splitlines()]
    return sorted(rows, key=lambda row: int(row[0])), totals


def _damaged(content: bytes, code: str, chance: random.Random) -> bytes:
    if PROFILES[code]["form"] == "zip" and chance.random() < 0.6:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            name = package.namelist()[0]
            inside = package.read(name)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr(name, chance.choice(_OF_TEXT)(inside, chance))
        return out.getvalue()
    if PROFILES[code]["form"] in ("zip", "xlsx"):
        return chance.choice((_cut, _flip, _strange))(content, chance)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        content = chance.choice(_OF_TEXT)(content, chance)
    return content


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _flip(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content)) if content else 0
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def _strange(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(STRANGE) + content[at:]


def _cut_line(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    at = chance.randrange(len(lines))
    # Within the line: where a number would be cut, the columns behind it are gone too.
    lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)] + b"\n"
    return b"".join(lines)


def _doubled(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    at = chance.randrange(len(lines))
    return b"".join([*lines[: at + 1], *lines[at:]])


def _dropped(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def _ended_otherwise(content: bytes, chance: random.Random) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", chance.choice((b"\r", b"\r\n", b"\n\n", b"\n\r")))


def _encoded_otherwise(content: bytes, chance: random.Random) -> bytes:
    return content.decode("latin-1").encode(chance.choice(("utf-16", "utf-8", "utf-8-sig", "utf-32")))


def _long(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + b"A" * chance.choice((100, 20_000)) + content[at:]


def _numbers_otherwise(content: bytes, chance: random.Random) -> bytes:
    """One number of the file written in another way of the world."""
    lines = content.splitlines(keepends=True)
    if len(lines) < 2:
        return content
    at = chance.randrange(1, len(lines))
    separator = chance.choice((b",", b"|", b";"))
    cells = lines[at].split(separator)
    place = chance.randrange(len(cells))
    digits = bytes(byte for byte in cells[place] if 48 <= byte <= 57)
    if digits:
        value = int(digits)
        ways = (
            f"({value})",
            f"-{value}",
            f"{value:.1E}",
            f"{value},50",
            f"{value}.50",
            f"{value:,}.5",
            f"+{value}",
            f"{value}-",
        )
        cells[place] = chance.choice(ways).encode()
    lines[at] = separator.join(cells)
    return b"".join(lines)


_OF_TEXT: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut, _strange, _strange, _strange, _cut_line, _doubled, _dropped, _ended_otherwise, _encoded_otherwise, _long,
    _numbers_otherwise, _numbers_otherwise,
)  # fmt: skip
