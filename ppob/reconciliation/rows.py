"""Lines as rows of COPY's own text form. A million lines are a million calls of everything that looks at one line, so
what is written as nearly all lines are is taken by the thousand: one pattern a line, then whole columns.

The pattern takes less than `lines` does, and the same of it: whatever it does not take goes there, line by line.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import repeat
from typing import Any, BinaryIO

from ppob.reconciliation import values
from ppob.reconciliation.formats import csv, delimited
from ppob.reconciliation.layout import Layout
from ppob.reconciliation.lines import LONGEST, Bad, Good, Lines, Totals, parse, places_of
from ppob.reconciliation.raw import Block, Raw, blocks_of, check_encoding, text_line
from ppob.reconciliation.values import Refused

_AT_ONCE = 4000
# Of so many days each second is worked out once and kept (86,400 of a day, 13 MB); a day's file has one or two.
_KEPT_DAYS = 2
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_END = "\t\\N\t\\N\n"
_TAKEN_APART: dict[str, Callable[[Raw, Layout], Raw]] = {
    "csv": csv.taken_apart,
    "delimited": delimited.taken_apart,
}
_SEPARATORS = {"csv": ",", "delimited": "|"}
# Zones without summer time: what a clock shows there is always as many hours from UTC.
_HOURS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
# Days as PostgreSQL counts them, and moments in microseconds of the Unix epoch (`ppob_settlement_line`).
_FIRST_DAY, _EPOCH = date(2000, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# A row's columns behind its file, and what stands there where a file has none of it.
COLUMNS = (
    "number", "business_day", "at_us", "noref", "customer_id", "product", "sheets", "amount", "commission", "is_success",
    "response_code", "stan", "serial", "part", "reason", "raw",
)  # fmt: skip
# As files call them, and mostly in this order too.
_ORDER = (
    "noref", "customer_id", "product", "sheets", "amount", "commission", "status", "response_code", "stan", "serial", "part",
)  # fmt: skip
_ABSENT = {"sheets": "1", "commission": "\\N"}
# Fewer digits than `values` allows, so that none is above the largest amount.
_AMOUNTS = {"plain": "(?:0|[1-9][0-9]{0,14}+)"}


def rows_of(stream: BinaryIO, layout: Layout, totals: Totals, *, head: str) -> Iterator[str]:
    """All lines as rows, in no order: each has its number. `head` stands before each row. Raises FileRefused."""
    taken_apart = _TAKEN_APART.get(layout.form)
    if taken_apart is None or not _is_plain(layout):
        yield from rows_by_line(stream, layout, totals, head=head)
        return
    check_encoding(layout)
    lines, columns = Lines(layout, totals), None

    def one_by_one(left: Iterable[tuple[int, bytes | None]]) -> Iterator[Good | Bad]:
        for number, line in left:
            if (raw := text_line(number, line, layout)) is not None:
                yield from lines.take(taken_apart(raw, layout))

    for block in blocks_of(stream):
        at = 0
        # The file's first line may have a mark, and its header says where the columns are.
        while at < block.count and (block.first + at == 1 or not lines.is_in_body):
            yield from _told(one_by_one([(block.first + at, block.lines[at])]), head)
            at += 1
        if at == block.count:
            continue
        columns = columns or Columns(layout, lines.header)
        text, left = columns.take(block.behind(at) if at else block, lines, head)
        if text:
            yield text
        yield from _told(one_by_one(left), head)
    yield from _told(lines.end(), head)


def rows_by_line(stream: BinaryIO, layout: Layout, totals: Totals, *, head: str) -> Iterator[str]:
    """The same, line after line, of a file of any form."""
    yield from _told(parse(stream, layout, totals), head)


def _is_plain(layout: Layout) -> bool:
    """Whether most lines of such a file can be taken by columns."""
    columns = layout.columns
    return (
        all(name in columns for name in ("date", "time", "noref", "amount", "status"))
        and layout.zone.key == layout.biller_zone.key
        and layout.zone.key in _HOURS
        and layout.number_form in _AMOUNTS
        and layout.time_form == "%H:%M:%S"
    )


class Columns:
    """One pattern for a line of this layout, and its groups as columns. Cells that stand beside each other in the file as they
    do in a row are one group: nobody looks at each of them again."""

    def __init__(self, layout: Layout, header: list[str] | None) -> None:
        self.layout = layout
        self.separator = layout.delimiter or _SEPARATORS[layout.form]
        places = places_of(layout, header)
        # By place: one column may be asked for under two names.
        by_place: dict[int, str] = {}
        for name, place in places.items():
            by_place.setdefault(place, name)
        self.is_usable = len(by_place) == len(places) and len(self.separator) == 1
        least = max(places.values(), default=0) + 1
        names = [by_place.get(place, "") for place in range(len(header) if header is not None else least)]
        self.spans = _spans_of(names)
        # Which columns are in which group of the pattern, in the order in which the groups open.
        self.groups: list[tuple[str, ...]] = []
        line = "\t".join(map(self._pattern, names))
        more = "" if header is not None else f"(?:\t{self._any}*+)*+"
        self.find = re.compile(f"^{line}{more}$", re.MULTILINE).findall
        self.match = re.compile(line + more).fullmatch
        self.flags = dict.fromkeys(layout.success_words, "t") | dict.fromkeys(layout.failure_words, "f")
        # Other ways to write a day are as few as days.
        self.days: dict[str, _Day] = {}
        # As the clock writes it: from then on it is the next business day.
        minute = layout.cut_off_minute
        self.cut_off = f"{minute // 60:02}:{minute % 60:02}:00" if minute else None

    def take(self, block: Block, lines: Lines, head: str) -> tuple[str, Iterable[tuple[int, bytes | None]]]:
        """The rows of what is taken, and what is left with its numbers: all of it where anything is out of the ordinary."""
        if block.data is None or not self.is_usable or not block.data.isascii():
            return "", block.numbered()
        text = block.data.decode("ascii")
        if lines.starts and (text.startswith(lines.starts) or f"\n{lines.starts}" in text):
            return "", block.numbered()
        if self.separator != "\t":
            if "\t" in text:
                return "", block.numbered()
            text = text.replace(self.separator, "\t")
        numbers: Sequence[int] = range(block.first, block.first + block.count)
        groups, left = self.find(text), []
        if len(groups) < block.count:
            found = [self.match(one) for one in text.split("\n")]
            groups = [one.groups() for one in found if one is not None]
            numbers = [number for number, one in zip(numbers, found, strict=True) if one is not None]
            left = [line for line, one in zip(block.numbered(), found, strict=True) if one is None]
        if not groups:
            return "", block.numbered()
        told = self._rows(numbers, groups, lines, head)
        return ("", block.numbered()) if told is None else (told, left)

    def _rows(self, numbers: Sequence[int], groups: list[Any], lines: Lines, head: str) -> str | None:
        column = dict(zip(self.groups, zip(*groups, strict=True), strict=True))
        dates, times, amounts = column["date",], column["time",], column["amount",]
        found: dict[str, _Day] = {}
        for on in set(dates):
            if (day := self._day(on)) is None:
                return None
            found[on] = day
        moments: Iterable[str] = (
            map(found[dates[0]].moment, times)
            if len(found) == 1
            else [found[on].moment(at) for on, at in zip(dates, times, strict=True)]
        )
        cells = [
            map(self.flags.__getitem__, column["status",]) if names == ("status",)
            else repeat(_ABSENT.get(names[0], "")) if names[0] not in self.layout.columns
            else column[names]
            for names in self.spans
        ]  # fmt: skip
        rows = map("\t".join, zip(map(str, numbers), moments, *cells))  # noqa: B905  some of them never end
        text = head + (_END + head).join(rows) + _END
        lines.passed(len(numbers), numbers[-1])
        days = {day.date for day in found.values()}
        if self.cut_off is not None:
            late = {(on, at >= self.cut_off) for on, at in zip(dates, times, strict=True)}
            days = {found[on].date + timedelta(days=is_late) for on, is_late in late}
        lines.totals.took(len(numbers), sum(map(int, amounts)), min(days), max(days))
        return text

    def _day(self, text: str) -> "_Day | None":
        """One day as the file writes it; None where it is none."""
        if text not in self.days:
            try:
                day = values.day(text, self.layout.date_form)
            except Refused:
                return None
            if not 2000 <= day.year < 2100:
                return None
            self.days[text] = _Day(
                day,
                hours=_HOURS[self.layout.zone.key],
                cut_off=self.cut_off,
                keeps=len(self.days) < _KEPT_DAYS,
            )
        return self.days[text]

    @property
    def _any(self) -> str:
        """One character that no cell needs to be looked at for: printable ASCII, no quote, backslash or separator."""
        letters = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in f'"\\{self.separator}')
        return f"[{re.escape(letters)}]"

    def _pattern(self, name: str) -> str:
        """Of one cell, with the groups that open and close there."""
        text = self._plain(name)
        if not name:
            return text
        span = next((span for span in self.spans if name in span), (name,))
        begins, ends = name == span[0], name == span[-1]
        if begins:
            self.groups.append(span)
        if name == "amount" and len(span) > 1:
            # Summed up besides.
            self.groups.append((name,))
            text = f"({text})"
        return f"{'(' if begins else ''}{text}{')' if ends else ''}"

    def _plain(self, name: str) -> str:
        one = self._any
        match name:
            case "":
                return f"{one}*+"
            case "amount" | "commission":
                return _AMOUNTS[self.layout.number_form]
            case "sheets":
                return "[1-9][0-9]{0,2}"
            case "status":
                words = [*self.layout.success_words, *self.layout.failure_words]
                return (
                    "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"
                )
            case "date":
                return f"{one}{{1,30}}+"
            case "time":
                return "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
            case "noref":
                return f"{one}{{1,{LONGEST[name]}}}+"
        return f"{one}{{0,{LONGEST[name]}}}+"


class _Day:
    """A day as a file writes it. `moment` makes a row's business day and moment of what a clock shows on it."""

    def __init__(self, day: date, *, hours: int, cut_off: str | None, keeps: bool) -> None:
        self.date, self.number = day, (day - _FIRST_DAY).days
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=hours)
        self.midnight = (midnight - _EPOCH) // timedelta(seconds=1)
        self.cut_off = cut_off or "24"
        self.moment: Callable[[str], str] = _Kept(self).__getitem__ if keeps else self.worked_out

    def worked_out(self, at: str) -> str:
        return f"{self.number + (at >= self.cut_off)}\t{self.midnight + _seconds(at)}000000"


@lru_cache(maxsize=86_400)
def _seconds(at: str) -> int:
    """Since midnight, of HH:MM:SS."""
    return int(at[:2]) * 3600 + int(at[3:5]) * 60 + int(at[6:])


class _Kept(dict[str, str]):
    """The moments of one day. A minute is worked out whole, for its other seconds are asked for next; a cut-off is at one."""

    def __init__(self, day: _Day) -> None:
        super().__init__()
        self.day = day

    def __missing__(self, at: str) -> str:
        day, minute = self.day, at[:6]
        begin = day.midnight + _seconds(f"{minute}00")
        number = day.number + (at >= day.cut_off)
        self.update({f"{minute}{second:02}": f"{number}\t{begin + second}000000" for second in range(60)})
        return self[at]


def _spans_of(names: list[str]) -> list[tuple[str, ...]]:
    """The columns of a row, those together that stand beside each other in the file in the same order."""
    spans: list[tuple[str, ...]] = []
    for name in _ORDER:
        last = spans[-1][-1] if spans else "status"
        joins = "status" not in (name, last) and name in names and last in names
        if joins and names.index(name) == names.index(last) + 1:
            spans[-1] += (name,)
        else:
            spans.append((name,))
    return spans


def _told(lines: Iterable[Good | Bad], head: str) -> Iterator[str]:
    """Rows of single lines, some thousands at once: a fifth of the cost of a row at a time."""
    block: list[str] = []
    for line in lines:
        block.append(head + (_good(line) if isinstance(line, Good) else _bad(line)))
        if len(block) >= _AT_ONCE:
            yield "".join(block)
            block.clear()
    if block:
        yield "".join(block)


def _good(line: Good) -> str:
    texts = f"{line.noref}\t{line.customer_id}\t{line.product}"
    last = f"{line.response_code}\t{line.stan}\t{line.serial}\t{line.part}"
    if "\\" in texts or "\\" in last or texts.count("\t") != 2 or last.count("\t") != 3:
        texts = "\t".join(one.translate(_ESCAPES) for one in (line.noref, line.customer_id, line.product))
        last = "\t".join(
            one.translate(_ESCAPES) for one in (line.response_code, line.stan, line.serial, line.part)
        )
    commission = "\\N" if line.commission is None else line.commission
    return (
        f"{line.number}\t{(line.business_on - _FIRST_DAY).days}\t{(line.at - _EPOCH) // _MICROSECOND}\t{texts}\t{line.sheets}"
        f"\t{line.amount}\t{commission}\t{'t' if line.is_success else 'f'}\t{last}{_END}"
    )


def _bad(line: Bad) -> str:
    nothing = "\t\\N" * 13
    return f"{line.number}{nothing}\t{line.reason.translate(_ESCAPES)}\t{line.raw.translate(_ESCAPES)}\n"
