"""A ZIP with one file in it, of any other form: unpacked beside, at most so large and so tightly packed, never followed."""

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from core.wording import Late as _
from ppob.reconciliation.exceptions import FileRefused

MOST_UNPACKED = 1_000_000_000
MOST_RATIO = 200
_CHUNK = 1 << 20
_TROUBLES = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
    zlib.error,
)


@contextmanager
def opened(stream: BinaryIO) -> Iterator[tuple[BinaryIO, str]]:
    """The one file inside and its name. Raises FileRefused."""
    stream.seek(0)
    with tempfile.SpooledTemporaryFile(max_size=8 << 20) as inside:
        try:
            with zipfile.ZipFile(stream) as package:
                entry = _only_entry(package)
                with package.open(entry) as part:
                    size = 0
                    while chunk := part.read(_CHUNK):
                        size += len(chunk)
                        if size > min(MOST_UNPACKED, MOST_RATIO * max(entry.compress_size, 1000)):
                            raise FileRefused(_("Line 1: the ZIP unpacks to more than it may."))
                        inside.write(chunk)
        except _TROUBLES as error:
            raise FileRefused(_("Line 1: the ZIP is damaged. Ask the biller for it again.")) from error
        inside.seek(0)
        yield inside, entry.filename  # type: ignore[misc]  # a SpooledTemporaryFile reads as any binary file


def _only_entry(package: zipfile.ZipFile) -> zipfile.ZipInfo:
    entries = [entry for entry in package.infolist() if not entry.is_dir()]
    if len(entries) != 1:
        raise FileRefused(_("Line 1: the ZIP holds %(n)d files; it may hold one.") % {"n": len(entries)})
    entry = entries[0]
    if entry.flag_bits & 1:
        raise FileRefused(_("Line 1: the ZIP is locked with a password."))
    if entry.file_size > MOST_UNPACKED or entry.file_size > MOST_RATIO * max(entry.compress_size, 1000):
        raise FileRefused(_("Line 1: the ZIP unpacks to more than it may."))
    return entry
