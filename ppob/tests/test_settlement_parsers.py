"""No amount is altered in silence: what is not written as the profile says is refused, with its line and its reason."""

import io
import itertools
import time
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from ppob.business_days import business_day
from ppob.models import Biller
from ppob.reconciliation.exceptions import FileRefused
from ppob.reconciliation.layout import Layout
from ppob.reconciliation.lines import Bad, Good, Totals, parse
from ppob.reconciliation.reasons import LONGEST, WORDS, reason, said
from ppob.reconciliation.rows import rows_by_line, rows_of
from ppob.reconciliation.values import Refused, amount
from ppob.tests.settlement_fuzz import FORMS_OF_TEXT, example, fuzz, layout, rows_as_read

MUTATIONS = 10_000
CSV = Layout(
    form="csv",
    columns={"date": 0, "time": 1, "noref": 2, "amount": 3, "status": 4},
    failure_words=frozenset({"FAILED"}),
)
HEAD = b"date,time,noref,amount,status\n"
LINE = "2026-11-25,08:00:00,{noref},{amount},SUCCESS\n"


def read(content: bytes, how: Layout = CSV) -> list[Good | Bad]:
    return list(parse(io.BytesIO(content), how, Totals()))


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        ("plain", "50000", 50_000),
        ("plain", "0", 0),
        ("padded", "000050000", 50_000),
        ("cents", "000005000000", 50_000),
        ("dots", "1.234.567", 1_234_567),
        ("dots", "1.234.567,00", 1_234_567),
        ("dots", "50000", 50_000),
        ("commas", "1,234,567.00", 1_234_567),
        ("commas", "999", 999),
    ],
)
def test_an_amount_is_what_it_says(form, text, value):
    assert amount(text, form) == value


@pytest.mark.parametrize(
    ("form", "text"),
    [
        *itertools.product(
            ("plain", "padded", "dots", "commas", "cents"),
            (
                "", " ", "-5", "(1.000)", "(1,000)", "1.2E+15", "1e5", "1.234,56", "1,234.56", "50 000", "5\u200b000", "\u0665\u0660\u0660",
                "\uff15\uff10\uff10\uff10", "Rp50000", "+5", "0x10", "1_000", "NaN", "99999999999999999999", "1.00.000", "1,00,000", "--",
            ),
        ),
        ("plain", "1.234"),
        ("plain", "007"),
        ("plain", "5.0"),
        ("dots", "1,234"),
        ("dots", "1.23"),
        ("dots", "0.500"),
        ("dots", "1234.567"),
        ("commas", "1.234"),
        ("cents", "123"),
    ],
)  # fmt: skip
def test_what_only_looks_like_an_amount_is_refused(form, text):
    with pytest.raises(Refused):
        amount(text, form)


def test_each_bad_line_is_named_with_its_number_and_reason():
    lines = [
        LINE.format(noref="007", amount="100"),
        LINE.format(noref="8", amount="1.000"),
        "2026-11-25,08:00:00,9,100\n",
        LINE.format(noref="a\u200bb", amount="100"),
        LINE.format(noref="x\0", amount="100"),
        LINE.format(noref="", amount="100"),
        LINE.format(noref="10", amount="100").replace("SUCCESS", "PERHAPS"),
        LINE.format(noref="11", amount="100").replace("11-25", "13-45"),
        '2026-11-25,08:00:00,"12,100,SUCCESS\n',
        LINE.format(noref="é", amount="100"),
        "x" * 10_000_000 + "\n",
        LINE.format(noref="13", amount="100"),
    ]
    found = read(HEAD + "".join(lines).encode().replace("é".encode(), b"\xe9"))

    assert [one.number for one in found] == list(range(2, 14))
    assert [isinstance(one, Good) for one in found] == [True, *[False] * 10, True]
    assert found[0].noref == "007"
    assert all(one.reason for one in found if isinstance(one, Bad))
    assert all(len(one.raw) <= 400 for one in found if isinstance(one, Bad))


def test_a_reason_is_kept_without_a_language_and_said_in_the_readers():
    (line,) = read(HEAD + LINE.format(noref="8", amount="1.000").encode())
    with translation.override("id"):
        indonesian = said(line.reason)
        (again,) = read(HEAD + LINE.format(noref="8", amount="1.000").encode())
    with translation.override("en"):
        assert "is no amount" in said(line.reason)
        assert said(line.reason) != indonesian
        assert said("a sentence of an older version") == "a sentence of an older version"
        assert said('{"code":"of a newer one"}') == '{"code":"of a newer one"}'
    assert again.reason == line.reason


@pytest.mark.parametrize("code", WORDS)
def test_every_reason_fits_its_column_and_can_be_said(code):
    facts = {
        "text": '"' * 60,
        "name": "x" * 60,
        "n": 10**15,
        "width": 5,
        "count": 9,
        "said": 10**15,
        "found": 10**15,
    }
    kept = reason(code, why="amount", **facts)
    assert len(kept) <= LONGEST
    assert said(kept) != kept


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_lines_end_as_they_like_and_a_bom_is_no_text(ending):
    content = b"\xef\xbb\xbf" + (HEAD + LINE.format(noref="1", amount="5").encode()).replace(b"\n", ending)
    (only,) = read(content)
    assert (only.noref, only.amount) == ("1", 5)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\xff\xfed\x00a\x00", HEAD.replace(b"\n", b"")[:0]],
)
def test_what_is_no_file_is_refused_whole(content):
    with pytest.raises(FileRefused):
        read(content)


@pytest.mark.parametrize(
    ("trailer", "why"),
    [
        ("T|3|3.000,00", "counts"),
        ("T|2|3.001,00", "sums"),
        ("T|x|3.000,00", "cannot be read"),
        ("", "missing"),
    ],
)
def test_a_trailer_that_says_otherwise_is_a_bad_line(trailer, why):
    how = Layout(
        form="delimited", delimiter="|", header_lines=0, trailer={"starts": "T", "count": 1, "sum": 2}, number_form="dots",
        columns={"date": 1, "time": 2, "noref": 3, "amount": 4, "status": 5},
    )  # fmt: skip
    lines = "".join(f"D|2026-11-25|08:00:00|{n}|{n}.000|SUCCESS\n" for n in (1, 2))
    found = read((lines + trailer).encode(), how)
    assert [type(one) for one in found] == [Good, Good, Bad]
    with translation.override("en"):
        assert why in said(found[-1].reason)
    assert [type(one) for one in read((lines + "T|2|3.000,00\n").encode(), how)] == [Good, Good]


def test_a_zip_that_is_too_much_is_refused():
    def packed(*files: tuple[str, bytes]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in files:
                package.writestr(name, content)
        return out.getvalue()

    how = layout("TIRTA")
    good = example("TIRTA")
    assert all(isinstance(one, Good) for one in read(good, how))
    bombs = (
        packed(("a.csv", b"0" * 50_000_000)), packed(("a.csv", b"x"), ("b.csv", b"y")), packed(), b"PK\x03\x04 nothing",
        good[: len(good) // 2],
    )  # fmt: skip
    for bomb in bombs:
        with pytest.raises(FileRefused):
            read(bomb, how)


@pytest.mark.parametrize("minute", [0, 12 * 60])
def test_many_days_in_any_order_are_read_alike_by_the_block_and_by_the_line(minute):
    header, *lines = example("FINNET").splitlines(keepends=True)
    mixed = [
        line.replace(line.split(b",")[0], b"2026-11-%02d" % (1 + number % 7), 1)
        for number, line in enumerate(lines)
    ]
    how = replace(layout("FINNET"), cut_off_minute=minute)
    found, totals = rows_as_read(rows_of, header + b"".join(mixed), how)
    assert (found, totals) == rows_as_read(rows_by_line, header + b"".join(mixed), how)
    assert totals.first_on == date(2026, 11, 1)
    assert len({row[1] for row in found}) >= 7


def test_mutated_text_is_read_right_or_refused():
    told = fuzz(MUTATIONS, seed=1, codes=FORMS_OF_TEXT)
    assert told.altered == []
    assert told.parted == []
    assert told.uncaught == []
    assert told.accepted > 0
    assert told.rejected > 0


def test_mutated_workbooks_and_zips_are_read_right_or_refused():
    told = fuzz(60, seed=2, codes=("MULTIPLS", "TIRTA"))
    assert told.altered == []
    assert told.parted == []
    assert told.uncaught == []


ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
DAYS = ("2026-11-30", "2028-02-28", "2028-02-29", "2026-12-31", "2026-11-27", "2026-03-20")


@pytest.mark.parametrize("host", ["UTC", "Asia/Jakarta", "America/New_York"])
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("second", [-1, 0, 1])
def test_a_moment_has_one_business_day_wherever_it_is_read(host, zone, day, second, monkeypatch):
    """Cut-off 12:00, one second before, at, and after it: 162 cases."""
    monkeypatch.setenv("TZ", host)
    time.tzset()
    try:
        local = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=ZoneInfo(zone)) + timedelta(
            seconds=second
        )
        house = Biller(time_zone=zone, cut_off_minute=720)
        expected = local.date() + timedelta(days=second >= 0)
        how = Layout(
            form="csv",
            columns=CSV.columns,
            zone=ZoneInfo(zone),
            biller_zone=ZoneInfo(zone),
            cut_off_minute=720,
        )
        (line,) = read(HEAD + f"{local:%Y-%m-%d},{local:%H:%M:%S},1,5,SUCCESS\n".encode(), how)
        assert business_day(house, local.astimezone(ZoneInfo(host))) == line.business_on == expected
    finally:
        monkeypatch.undo()
        time.tzset()
