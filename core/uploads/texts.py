"""What a CSV may be: text, and nothing that only calls itself so."""

from typing import BinaryIO

from django.utils.translation import gettext as _

from core.uploads.exceptions import UploadRefused

OTHERS = (b"PK\x03\x04", b"PK\x05\x06", b"MZ", b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x7fELF", b"Rar!", b"7z\xbc\xaf",
          b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"#!")  # fmt: skip
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<svg", b"<script", b"<?php")
TEST_VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


def check_text(file: BinaryIO) -> None:
    file.seek(0)
    content = file.read()
    head = content.removeprefix(b"\xef\xbb\xbf")[:512].lstrip().lower()
    if content.startswith(OTHERS) or head.startswith(MARKUP) or TEST_VIRUS in content:
        raise UploadRefused(_("The file is called CSV, but its content is something else."))
    if b"\0" in content:
        raise UploadRefused(
            _(
                "The file holds characters that no text has (NUL). Save it as “CSV UTF-8”, not as Unicode text."
            )
        )
