"""What an XLSX may be made of, found out from the ZIP's directory and one pass over its bytes, before anything parses it."""

import re
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

from core.uploads.exceptions import UploadRefused
from core.uploads.limits import limit
from core.wording import Late as _

END_OF_DIRECTORY = b"PK\x05\x06"
ENDING_BYTES = 22  # an end record without a comment: nothing may stand behind it
LOCAL_FILE = b"PK\x03\x04"
CHUNK = 256 * 1024
NEEDED = {"[Content_Types].xml", "xl/workbook.xml"}
ACTIVE = ("vbaproject", "externallink", "macrosheet", "activex", "embeddings/", "dialogsheet", "/ctrlprops")
PACKED = (".zip", ".xlsx", ".xlsm", ".docx", ".jar", ".7z", ".rar", ".gz")
_DAMAGES = (
    zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError, zlib.error,
)  # fmt: skip
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]*encoding=["']([^"']+)""")


def check_package(file: BinaryIO) -> int:
    """Refuse what is no plain workbook; returns how many bytes it unpacks to."""
    file.seek(-ENDING_BYTES, 2)
    if file.read(4) != END_OF_DIRECTORY:
        raise UploadRefused(
            _("The file is cut off, or something is hidden behind its end. Save it again as XLSX.")
        )
    try:
        with zipfile.ZipFile(file) as package:
            entries = package.infolist()
            total = _check_directory(entries)
            for entry in entries:
                _check_content(package, entry)
    except _DAMAGES as e:
        raise UploadRefused(_("The file is damaged. Save it again as XLSX.")) from e
    return total


def check_archive(file: BinaryIO) -> int:
    """Refuse a ZIP that is no single plain file in a ZIP; returns how many bytes it unpacks to."""
    try:
        with zipfile.ZipFile(file) as package:
            entries = [entry for entry in package.infolist() if not entry.is_dir()]
            if len(entries) != 1:
                raise UploadRefused(_("The ZIP holds %(n)d files; it may hold one.") % {"n": len(entries)})
            _check_entry(entries[0])
            with package.open(entries[0]) as part:
                if part.read(len(LOCAL_FILE)).startswith(LOCAL_FILE) and not entries[
                    0
                ].filename.lower().endswith("xlsx"):
                    raise UploadRefused(_("The file holds another packed file."))
            return entries[0].file_size
    except _DAMAGES as e:
        raise UploadRefused(_("The ZIP is damaged. Ask for it again.")) from e


def _check_directory(entries: list[zipfile.ZipInfo]) -> int:
    if len(entries) > limit("zip_entries"):
        raise UploadRefused(
            _("The file holds %(n)d parts; a workbook has at most %(limit)d.")
            % {"n": len(entries), "limit": limit("zip_entries")}
        )
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names) or not set(names) >= NEEDED:
        raise UploadRefused(_("The file is a ZIP, but not a workbook (XLSX)."))
    if min(entry.header_offset for entry in entries) != 0:
        raise UploadRefused(_("Something stands before the workbook in this file. Save it again as XLSX."))
    for entry in entries:
        _check_entry(entry)
    total = sum(entry.file_size for entry in entries)
    if total > limit("zip_total_bytes"):
        raise UploadRefused(
            _("Unpacked, the file would take %(n)d MB; at most %(limit)d MB are taken.")
            % {"n": total // 1_000_000, "limit": limit("zip_total_bytes") // 1_000_000}
        )
    return total


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    low = name.lower()
    if "\\" in name or name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name:
        raise UploadRefused(_("A part of the file carries a path that leads outside of it."))
    if entry.flag_bits & 0x1:
        raise UploadRefused(_("The file is protected by a password. Save it without one."))
    if any(word in low for word in ACTIVE):
        raise UploadRefused(
            _("The workbook holds macros, embedded files or links to other files. Save it as a plain XLSX.")
        )
    if low.endswith(PACKED):
        raise UploadRefused(_("The file holds another packed file."))
    # Small parts compress well by nature; a bomb is large.
    if entry.file_size > 1_000_000 and entry.file_size > limit("zip_ratio") * max(1, entry.compress_size):
        raise UploadRefused(
            _(
                "A part of the file grows to %(n)d times its size when unpacked; at most %(limit)d times is taken."
            )
            % {"n": entry.file_size // max(1, entry.compress_size), "limit": limit("zip_ratio")}
        )
    if low.endswith("sharedstrings.xml") and entry.file_size > limit("texts_bytes"):
        raise UploadRefused(
            _("The workbook's texts take more than %(n)d MB. Split the file.")
            % {"n": limit("texts_bytes") // 1_000_000}
        )


def _check_content(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """One pass: no packed files inside, no entities, no other encodings that would hide them, no endless rows."""
    low = entry.filename.lower()
    is_xml = low.endswith((".xml", ".rels", ".vml"))
    is_sheet = low.startswith("xl/worksheets/") and is_xml
    with package.open(entry) as part:
        chunk = part.read(CHUNK)
        if chunk.startswith(LOCAL_FILE):
            raise UploadRefused(_("The file holds another packed file."))
        if not is_xml:
            return
        _check_encoding(chunk)
        tail = b""
        while chunk:
            text = tail + chunk
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise UploadRefused(_("The file defines XML entities, which no spreadsheet program writes."))
            # A row without end would be held in memory as a whole.
            if is_sheet and text.count(b"<c ") + text.count(b":c ") > limit("columns") * (
                text.count(b"<row") + text.count(b":row") + 1
            ):
                raise UploadRefused(_("A row has more than %(n)d columns.") % {"n": limit("columns")})
            tail, chunk = text[-16:], part.read(CHUNK)


def _check_encoding(head: bytes) -> None:
    head = head.removeprefix(b"\xef\xbb\xbf")
    declared = _ENCODING.match(head[:200])
    if head and (
        not head.lstrip().startswith(b"<")
        or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii"))
    ):
        raise UploadRefused(_("A part of the file is not written in UTF-8. Save it again as XLSX."))
