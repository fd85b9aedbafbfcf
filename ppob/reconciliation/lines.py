"""Raw lines into sales as the biller states them: one pass, in the order of the file, good lines and bad ones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, BinaryIO, NamedTuple

from core.wording import Late as _
from ppob.reconciliation import formats, values
from ppob.reconciliation.exceptions import FileRefused
from ppob.reconciliation.layout import Layout
from ppob.reconciliation.raw import Raw
from ppob.reconciliation.reasons import reason, said_late
from ppob.reconciliation.values import INVISIBLE, Refused

LONGEST = {
    "noref": 40,
    "customer_id": 40,
    "product": 40,
    "part": 20,
    "stan": 12,
    "serial": 60,
    "response_code": 8,
}
RAW_KEPT = 400


class Good(NamedTuple):
    """A sale as the biller states it; money in whole Rupiah, `at` in UTC."""

    number: int
    business_on: date
    at: datetime
    noref: str
    customer_id: str
    product: str
    part: str
    sheets: int
    amount: int
    commission: int | None
    is_success: bool
    response_code: str
    stan: str
    serial: str


class Bad(NamedTuple):
    """A line that is not taken, and why, as `reasons` keeps it."""

    number: int
    reason: str
    raw: str


@dataclass
class Totals:
    """What was read, to be held against the trailer. `closing` is the balance that the trailer states; `first_on` and
    `last_on` are the business days between which the good lines are."""

    lines: int = 0
    rejected: int = 0
    amount: int = 0
    closing: int | None = None
    first_on: date | None = None
    last_on: date | None = None
    trailer_seen: bool = False

    def took(self, lines: int, amount: int, first_on: date, last_on: date) -> None:
        """So many good lines were read."""
        self.lines += lines
        self.amount += amount
        self.first_on = first_on if self.first_on is None else min(first_on, self.first_on)
        self.last_on = last_on if self.last_on is None else max(last_on, self.last_on)


class Lines:
    """Raw lines into good and bad ones, one after another, in the order of the file."""

    def __init__(self, layout: Layout, totals: Totals) -> None:
        self.layout, self.totals = layout, totals
        self.reader: Callable[[Any], Good] | None = None
        self.header: list[str] | None = None
        self._seen = self._last = 0
        self.starts = str(layout.trailer.get("starts", ""))
        self._needs_names = any(isinstance(place, str) for place in layout.columns.values())

    @property
    def is_in_body(self) -> bool:
        """The header is read, and no trailer yet."""
        return self._seen >= self.layout.header_lines and not self.totals.trailer_seen

    def passed(self, count: int, last: int) -> None:
        """Somebody else has read so many lines of the body, up to this number."""
        self._seen, self._last = self._seen + count, max(self._last, last)

    def take(self, raw: Raw) -> Iterator[Good | Bad]:
        """Raises FileRefused for what is no such file at all."""
        layout, totals = self.layout, self.totals
        self._seen, self._last = self._seen + 1, raw.number
        if self._seen <= layout.header_lines:
            if raw.fault:
                raise FileRefused(_("Line %(n)d: %(why)s") % {"n": raw.number, "why": said_late(raw.fault)})
            if self._seen == layout.header_lines and raw.cells is not None:
                self.header = [str(cell).strip() for cell in raw.cells] if self._needs_names else None
            return
        if self.reader is None:
            self.reader = _reader(layout, self.header)
        if totals.trailer_seen:
            yield _bad(totals, raw, reason("behind_trailer"))
        elif self.starts and not raw.fault and _begins(raw.cells, self.starts):
            totals.trailer_seen = True
            yield from _against_trailer(raw, layout, totals)
        else:
            yield _line(raw, self.reader, totals)

    def end(self) -> Iterator[Bad]:
        """Raises FileRefused for a file without anything."""
        layout = self.layout
        if not self._seen or (layout.header_lines and self._seen < layout.header_lines):
            raise FileRefused(_("Line 1: the file is empty."))
        if self.reader is None:
            _reader(layout, self.header)  # a file with a header alone: its columns are judged all the same
        if self.starts and not self.totals.trailer_seen:
            yield _bad(self.totals, Raw(self._last + 1, None, ""), reason("trailer_missing"))


def parse(stream: BinaryIO, layout: Layout, totals: Totals) -> Iterator[Good | Bad]:
    """All lines but header and trailer; what the trailer says otherwise than the lines comes as a bad line of its own.

    Raises FileRefused for what is no such file at all.
    """
    lines = Lines(layout, totals)
    for raw in formats.read(stream, layout):
        yield from lines.take(raw)
    yield from lines.end()


def _line(raw: Raw, reader: Callable[[Any], Good], totals: Totals) -> Good | Bad:
    if raw.fault:
        return _bad(totals, raw, raw.fault)
    if INVISIBLE.search(raw.text):
        return _bad(totals, raw, reason("invisible"))
    try:
        good = reader(raw)
    except Refused as error:
        return _bad(totals, raw, error.reason)
    totals.took(1, good.amount, good.business_on, good.business_on)
    return good


def _bad(totals: Totals, raw: Raw, why: str) -> Bad:
    totals.lines += 1
    totals.rejected += 1
    return Bad(raw.number, why, raw.text.replace("\0", "␀")[:RAW_KEPT])


def _begins(cells: Any, starts: str) -> bool:
    first = cells if isinstance(cells, str) else str(cells[0]) if cells else ""
    return first.startswith(starts) if isinstance(cells, str) else first == starts


def _against_trailer(raw: Raw, layout: Layout, totals: Totals) -> Iterator[Bad]:
    """Count and sum as the trailer states them; the count is of all lines, the sum of what could be read."""
    found: dict[str, int] = {}
    for name in ("count", "sum", "closing"):
        if (place := layout.trailer.get(name)) is None:
            continue
        try:
            cell = _cell(raw.cells, place)
            found[name] = (
                values.amount(cell, "padded") if name == "count" else _amount(cell, layout.number_form)
            )
        except Refused as error:
            yield _bad(totals, raw, reason("trailer_unreadable", why=error.code, **error.facts))
            return
        except IndexError:
            yield _bad(totals, raw, reason("trailer_short"))
            return
    totals.closing = found.get("closing")
    if found.get("count", totals.lines) != totals.lines:
        stated = {"said": found["count"], "found": totals.lines}
        yield _bad(totals, raw, reason("trailer_count", **stated))
    elif found.get("sum", totals.amount) != totals.amount:
        stated = {"said": found["sum"], "found": totals.amount}
        yield _bad(totals, raw, reason("trailer_sum", **stated))


def _cell(cells: Any, place: Any) -> Any:
    if isinstance(place, list):
        return cells[place[0] : place[0] + place[1]].strip()
    return cells[place]


def _reader(layout: Layout, header: list[str] | None) -> Callable[[Raw], Good]:
    """A function that reads one line by this layout; names of columns are looked up once."""
    places = places_of(layout, header)
    fixed = layout.form == "fixed" or layout.inner_form == "fixed"
    width = max((place[0] + place[1] for place in places.values()), default=0) if fixed else 0
    count = len(header) if header is not None else None
    # A workbook does not write empty cells at a row's end.
    is_sheet = "xlsx" in (layout.form, layout.inner_form)
    least = 0 if fixed else max(places.values(), default=0) + 1
    zone, biller_zone, cut_off = layout.zone, layout.biller_zone, layout.cut_off_minute
    same_zone = zone.key == biller_zone.key
    number_form, date_form, time_form = layout.number_form, layout.date_form, layout.time_form
    success, failure = layout.success_words, layout.failure_words
    texts = [
        (name, places.get(name))
        for name in ("noref", "customer_id", "product", "part", "response_code", "stan", "serial")
    ]
    date_at, time_at, amount_at, status_at = (
        places["date"],
        places.get("time"),
        places["amount"],
        places["status"],
    )
    commission_at, sheets_at = places.get("commission"), places.get("sheets")

    def read(raw: Raw) -> Good:
        cells = raw.cells
        if is_sheet and len(cells) < least:
            cells = cells + [""] * (least - len(cells))
        if fixed:
            if len(cells) != width:
                raise Refused("width", n=len(cells), width=width)
        elif (count is not None and len(cells) > count) or len(cells) < least:
            raise Refused("columns", n=len(cells), count=count or least)
        local = _moment(cells, date_at, time_at, date_form, time_form)
        amount = _amount(_cell(cells, amount_at), number_form)
        commission = None if commission_at is None else _amount(_cell(cells, commission_at), number_form)
        word = _cell(cells, status_at)
        if word in success:
            is_success = True
        elif word in failure:
            is_success = False
        else:
            raise Refused("status", text=str(word)[:20])
        aware = local.replace(tzinfo=zone)
        there = local if same_zone else aware.astimezone(biller_zone)
        on = there.date()
        if cut_off and there.hour * 60 + there.minute >= cut_off:
            on += timedelta(days=1)
        noref, customer, product, part, code, stan, serial = [
            _text(cells, name, place) for name, place in texts
        ]
        if not noref:
            raise Refused("reference_missing")
        sheets = 1 if sheets_at is None else _sheets(_cell(cells, sheets_at))
        return Good(
            raw.number, on, aware.astimezone(UTC), noref, customer, product, part, sheets, amount, commission, is_success,
            code, stan, serial,
        )  # fmt: skip

    return read


def places_of(layout: Layout, header: list[str] | None) -> dict[str, Any]:
    """Where each column stands. Raises FileRefused."""
    return {name: _place(name, place, header) for name, place in layout.columns.items()}


def _place(name: str, place: Any, header: list[str] | None) -> Any:
    if isinstance(place, (int, list)):
        return place
    if header is None or place not in header:
        raise FileRefused(_("Line 1: there is no column “%(name)s”.") % {"name": place})
    if header.count(place) > 1:
        raise FileRefused(_("Line 1: the column “%(name)s” stands there twice.") % {"name": place})
    return header.index(place)


def _text(cells: Any, name: str, place: Any) -> str:
    """Text as it stands, leading zeros and all. A number in a workbook has lost them, so it is no text."""
    if place is None:
        return ""
    value = _cell(cells, place)
    if not isinstance(value, str):
        raise Refused("number_for_text", name=name)
    value = value.strip(" ")
    if len(value) > LONGEST[name]:
        raise Refused("text_too_long", name=name, n=LONGEST[name])
    return value


def _amount(value: Any, form: str) -> int:
    if isinstance(value, str):
        return values.amount(value.strip(" "), form)
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer() and abs(value) < 2**53):
        return values.amount(str(int(value)), "plain")
    raise Refused("amount_not_whole", text=str(value)[:40])


def _sheets(value: Any) -> int:
    number = values.amount(value, "padded") if isinstance(value, str) else _amount(value, "plain")
    if not 1 <= number <= 999:
        raise Refused("sheets", text=str(value)[:20])
    return number


def _moment(cells: Any, date_at: Any, time_at: Any, date_form: str, time_form: str) -> datetime:
    on = _cell(cells, date_at)
    if isinstance(on, datetime):
        if time_at is None:
            return _whole(on)
        on = on.date()
    elif isinstance(on, str):
        if time_at is None:
            return _whole(values.moment(on.strip(" "), date_form))
        on = values.day(on.strip(" "), date_form)
    elif not isinstance(on, date):
        raise Refused("date", text=str(on)[:40])
    if time_at is None:
        raise Refused("time_missing")
    at = _cell(cells, time_at)
    if isinstance(at, str):
        at = values.clock(at.strip(" "), time_form)
    elif isinstance(at, datetime):
        at = at.time()
    elif not isinstance(at, time):
        raise Refused("time", text=str(at)[:40])
    return _whole(datetime.combine(on, at))


def _whole(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2100 or moment.tzinfo is not None:
        raise Refused("century", text=moment.isoformat()[:40])
    return moment
