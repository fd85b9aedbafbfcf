"""The files that jobs make: below MEDIA_ROOT/jobs/<job>/, under names of ours, and a result only when all of it is there.

A try writes `<run>-<try>.part`. It becomes `<run>-<try>.result` in the transaction that ends the job, and what no row
names is swept away.
"""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings

from core.models.jobs import OPEN_STATES, Job

PART, RESULT = ".part", ".result"
LONGEST_NAME = 160
CHUNK = 1 << 20
# A folder without an open job is looked at when its last write is so old: a job may just be ending.
SETTLED_S = 60


def folder_of(job_id: UUID | str) -> Path:
    return Path(settings.MEDIA_ROOT) / "jobs" / str(job_id)


def path_of(job: Job) -> Path | None:
    """Where the result stands; None when there is none, or it has expired."""
    if not job.result_path:
        return None
    path = Path(settings.MEDIA_ROOT) / job.result_path
    return path if path.is_file() else None


class ResultFile(os.PathLike[str]):
    """Where a handler writes: pass it as a path, or `open` it. Nobody sees it before the job has ended well."""

    def __init__(self, name: str, *, job_id: UUID, run: int, attempt: int) -> None:
        self.name = safe_name(name)
        folder = folder_of(job_id)
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        self.path = folder / f"{run}-{attempt}{PART}"
        self._final = self.path.with_suffix(RESULT)

    def __fspath__(self) -> str:
        return str(self.path)

    def open(self, mode: str = "wb", **options: Any) -> IO[Any]:
        return self.path.open(mode, **options)

    def seal(self) -> dict[str, Any]:
        """Bring it to the disk for good; the facts of the job's row."""
        digest = hashlib.sha256()
        with self.path.open("rb") as part:
            while chunk := part.read(CHUNK):
                digest.update(chunk)
            os.fsync(part.fileno())
            size = part.tell()
        return {
            "result_path": str(self._final.relative_to(settings.MEDIA_ROOT)),
            "result_name": self.name,
            "result_bytes": size,
            "result_sha256": digest.hexdigest(),
        }

    def publish(self) -> None:
        """The last act before the commit. Killed between the two, it is swept away and the job runs again."""
        self.path.rename(self._final)

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self._final.unlink(missing_ok=True)


def safe_name(name: str) -> str:
    """What a browser saves it as: no folders, no control characters, no tricks with the direction of writing."""
    plain = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2060-\u2069]+', "-", name)
    plain = plain.strip(" .-") or "result"
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        return plain[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"[:LONGEST_NAME]


def forget_files(job_id: UUID | str) -> None:
    """Whatever earlier tries and runs have left."""
    shutil.rmtree(folder_of(job_id), ignore_errors=True)


def sweep_files() -> int:
    """Take away the folders and half files that no row names any more; how many."""
    swept = 0
    for folder in _settled():
        job = Job.objects.filter(pk=folder.name).only("state", "result_path").first()
        if job is not None and job.state in OPEN_STATES:
            continue
        keep = Path(settings.MEDIA_ROOT) / job.result_path if job and job.result_path else None
        for path in folder.iterdir():
            if path != keep:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
                swept += 1
        if keep is None:
            folder.rmdir()
    return swept


def _settled() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT) / "jobs"
    if not root.is_dir():
        return
    for folder in root.iterdir():
        try:
            UUID(folder.name)
            if time.time() - folder.stat().st_mtime >= SETTLED_S:
                yield folder
        except (ValueError, FileNotFoundError):
            continue
