import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from core.uploads.exceptions import UploadRefused
from core.uploads.limits import limit
from core.uploads.names import extension, safe_name
from core.uploads.packages import ENDING_BYTES, LOCAL_FILE, check_archive, check_package
from core.uploads.texts import check_text
from core.wording import Late as _


@dataclass(frozen=True)
class Upload:
    """A file that has passed. It lies under the hash of its bytes, so that nobody can change it unnoticed."""

    name: str
    kind: str
    sha256: str
    unpacked_bytes: int

    @property
    def path(self) -> Path:
        return stored_path(self.sha256)


TABLES = ("xlsx", "csv")
# What other houses' programs write; a line of text is a line, however its file is called.
TEXTS = ("csv", "txt", "dat", "rpt")
STATEMENTS = (*TEXTS, "xlsx", "zip")


def take_in(file: UploadedFile, *, kinds: tuple[str, ...] = TABLES, largest: str = "table_bytes") -> Upload:
    """Check a file of one of these kinds and keep it under MEDIA_ROOT/uploads. `largest` names the limit of its size.

    Raises UploadRefused with the reason.
    """
    name = safe_name(file.name or "")
    kind = extension(name)
    size = file.size or 0
    if kind in ("xls", "xlsm", "xlsb", "ods"):
        raise UploadRefused(
            _("Files of the kind .%(kind)s are not taken. Save it as XLSX or CSV.") % {"kind": kind}
        )
    if kind not in kinds:
        if kinds == TABLES:
            raise UploadRefused(_("Only XLSX and CSV files are taken."))
        raise UploadRefused(
            _("Only files of these kinds are taken: %(kinds)s.") % {"kinds": ", ".join(kinds).upper()}
        )
    if not size:
        raise UploadRefused(_("The file is empty."))
    if size > limit(largest):
        raise UploadRefused(
            _("The file has %(n).1f MB; at most %(limit)d MB are taken.")
            % {"n": size / 1_000_000, "limit": limit(largest) // 1_000_000}
        )
    stream: BinaryIO = file.file  # type: ignore[assignment]
    unpacked = _check(stream, kind, size)
    return Upload(name, kind, _keep(stream), unpacked)


def stored_path(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads" / sha256


def open_stored(sha256: str) -> BinaryIO:
    """The bytes that were taken in, or UploadRefused when they are gone or no longer what they were."""
    try:
        file = stored_path(sha256).open("rb")
    except FileNotFoundError:
        raise UploadRefused(_("The uploaded file is no longer kept. Upload it again.")) from None
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
        file.close()
        raise UploadRefused(_("The uploaded file was changed after the upload. Upload it again."))
    file.seek(0)
    return file


def _check(stream: BinaryIO, kind: str, size: int) -> int:
    stream.seek(0)
    if kind in TEXTS:
        check_text(stream, kind)
        return size
    if stream.read(4) != LOCAL_FILE or size < ENDING_BYTES:
        raise UploadRefused(
            _("The file is called %(kind)s, but its content is something else.") % {"kind": kind.upper()}
        )
    return check_package(stream) if kind == "xlsx" else check_archive(stream)


def _keep(stream: Any) -> str:
    """Written beside and renamed: under its hash stands the whole file or none."""
    stream.seek(0)
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    path = stored_path(sha256)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    stream.seek(0)
    with part.open("wb") as target:
        while chunk := stream.read(1 << 20):
            target.write(chunk)
    part.replace(path)
    return sha256
