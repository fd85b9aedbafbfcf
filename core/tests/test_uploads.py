"""The gate: what is no plain table or picture is refused with its reason, quickly, and is never kept."""

import io
import struct
import time
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.uploads import UploadRefused, take_in
from core.uploads.gate import open_stored
from core.uploads.names import safe_name
from core.uploads.pictures import redrawn

NEEDED = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def package(more: dict[str, bytes] | None = None, *, without: str = "") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in {**NEEDED, **(more or {})}.items():
            if name != without:
                book.writestr(name, content)
    return target.getvalue()


def bomb() -> bytes:
    """800,000 rows in 65 KB."""
    row = b'<row><c t="n"><v>1</v></c></row>'
    return package(
        {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>" + row * 800_000 + b"</sheetData></worksheet>"}
    )


def wide() -> bytes:
    """One row of half a million cells, of many values so that it does not compress like a bomb."""
    cells = b"".join(b'<c t="n"><v>%d</v></c>' % (number * 7919 % 1_000_003) for number in range(500_000))
    return package(
        {
            "xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"
            + cells
            + b"</row></sheetData></worksheet>"
        }
    )


PLAIN = package()
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
BAD = {
    "a bomb": ("a.xlsx", bomb, "times its size"),
    "an endless row": ("a.xlsx", wide, "columns"),
    "many entries": ("a.xlsx", lambda: package({f"xl/{n}.xml": b"<a/>" for n in range(300)}), "parts"),
    "entities": ("a.xlsx", lambda: package({"xl/sharedStrings.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><sst/>'}), "entities"),
    "entities in UTF-16": ("a.xlsx", lambda: package({"xl/styles.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")}), "UTF-8"),
    "macros": ("a.xlsx", lambda: package({"xl/vbaProject.bin": b"x"}), "macros"),
    "links outside": ("a.xlsx", lambda: package({"xl/externalLinks/externalLink1.xml": b"<a/>"}), "links"),
    "a nested ZIP": ("a.xlsx", lambda: package({"xl/media/image1.png": PLAIN}), "packed"),
    "a path outside": ("a.xlsx", lambda: package({"../../etc/cron.d/a": b"x"}), "path"),
    "no workbook": ("a.xlsx", lambda: package(without="xl/workbook.xml"), "not a workbook"),
    "something behind": ("a.xlsx", lambda: PLAIN + b"<script>alert(1)</script>", "behind"),
    "something before": ("a.xlsx", lambda: b"PK\x03\x04GIF89a" + PLAIN, "before"),
    "cut off": ("a.xlsx", lambda: PLAIN[:-30], "cut off"),
    "a program": ("a.xlsx", lambda: b"MZ\x90\x00" + bytes(100), "something else"),
    "a page": ("a.xlsx", lambda: b"<html><script>alert(1)</script></html>", "something else"),
    "a page as CSV": ("a.csv", lambda: b"\xef\xbb\xbf <!DOCTYPE html><script>", "something else"),
    "a workbook as CSV": ("a.csv", lambda: PLAIN, "something else"),
    "UTF-16": ("a.csv", lambda: "kode;nama".encode("utf-16"), "NUL"),
    "a test virus": ("a.csv", EICAR.encode, "something else"),
    "with macros by name": ("a.xlsm", lambda: PLAIN, ".xlsm"),
    "an old workbook": ("a.xls", lambda: b"\xd0\xcf\x11\xe0", ".xls"),
    "a picture": ("a.svg", lambda: b"<svg onload=alert(1)>", "Only XLSX"),
    "nothing": ("a.csv", lambda: b"", "empty"),
    "too much": ("a.csv", lambda: b"a;b\n" * 3_000_000, "MB"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_it_is_refused_with_its_reason_within_two_seconds(what, media, settings):
    settings.LANGUAGE_CODE = "en"
    name, make, word = BAD[what]
    file = SimpleUploadedFile(name, make())
    begun = time.monotonic()

    with pytest.raises(UploadRefused, match=word):
        take_in(file)

    assert time.monotonic() - begun < 2
    assert not (media / "uploads").exists()


def test_a_plain_table_is_kept_under_the_hash_of_its_bytes(media):
    upload = take_in(SimpleUploadedFile("../../etc/pass\u202ewd.csv", b"kode;nama\n"))

    assert upload.path == media / "uploads" / upload.sha256
    assert open_stored(upload.sha256).read() == b"kode;nama\n"
    assert upload.name == "passwd.csv"


def test_bytes_that_changed_on_the_disk_are_not_read():
    upload = take_in(SimpleUploadedFile("a.csv", b"kode;nama\n"))
    upload.path.write_bytes(b"kode;nama\nT1;x\n")

    with pytest.raises(UploadRefused):
        open_stored(upload.sha256)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        (r"C:\data\toko.xlsx", "toko.xlsx"), ("../..", "file"), ("a\x00b.csv", "ab.csv"), ("x" * 300 + ".csv", "x" * 116 + ".csv"),
    ],
)  # fmt: skip
def test_a_files_name_is_for_people_to_read(name, safe):
    assert safe_name(name) == safe


def huge_png() -> bytes:
    """The head of a picture of 400 megapixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("content", [huge_png(), b"<svg/>", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"MZ"])
def test_what_is_no_reasonable_picture_is_refused_at_once(content):
    begun = time.monotonic()

    with pytest.raises(UploadRefused):
        redrawn(SimpleUploadedFile("a.png", content))

    assert time.monotonic() - begun < 2


def test_a_picture_is_drawn_anew_without_what_came_with_it():
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (3000, 1500), "red").save(target, "JPEG", exif=exif)

    picture = redrawn(SimpleUploadedFile("../me.php.jpg", target.getvalue() + b"<?php system($_GET[0]); ?>"))

    content = picture.read()
    drawn = Image.open(io.BytesIO(content))
    assert drawn.size == (1024, 512)
    assert b"php" not in content
    assert b"home" not in content
    assert picture.name.endswith(".jpg")
    assert "me" not in picture.name
