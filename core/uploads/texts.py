"""What a CSV or another text may be: text, and nothing that only calls itself so."""

from typing import BinaryIO

from core.uploads.exceptions import UploadRefused
from core.wording import Late as _

OTHERS = (b"PK\x03\x04", b"PK\x05\x06", b"MZ", b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x7fELF", b"Rar!", b"7z\xbc\xaf",
          b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"#!")  # fmt: skip
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<svg", b"<script", b"<?php")
TEST_VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


CHUNK = 1 << 20


def check_text(file: BinaryIO, kind: str = "csv") -> None:
    """A few megabytes, whatever the file's size. Raises UploadRefused."""
    file.seek(0)
    content = file.read(CHUNK)
    head = content.removeprefix(b"\xef\xbb\xbf")[:512].lstrip().lower()
    is_other, has_nul = content.startswith(OTHERS) or head.startswith(MARKUP), False
    tail = b""
    while content and not (is_other or has_nul):
        # What begins in one chunk may end in the next.
        is_other, has_nul = TEST_VIRUS in tail + content, b"\0" in content
        tail, content = content[-len(TEST_VIRUS) :], file.read(CHUNK)
    if is_other:
        raise UploadRefused(
            _("The file is called %(kind)s, but its content is something else.") % {"kind": kind.upper()}
        )
    if has_nul:
        raise UploadRefused(
            _(
                "The file holds characters that no text has (NUL). Save it as “CSV UTF-8”, not as Unicode text."
            )
        )
