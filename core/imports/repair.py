"""What ends an import whose work ended without it, and takes away what was uploaded long ago."""

import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.imports.services import refuse
from core.models import ImportRun
from core.models.imports import ImportState
from core.models.jobs import Job, JobState
from core.uploads.limits import limit

UNDER_WAY = (ImportState.READING, ImportState.APPLYING)
# Longer than any request may take: whatever read a file in one is gone by then.
A_REQUEST = timedelta(minutes=15)
AT_ONCE = 500


def job_ended(job: Job) -> None:
    """In the transaction that ends the job: an import that it left under way will not be finished by anybody."""
    if job.state == JobState.DONE:
        return
    cancelled = job.state == JobState.CANCELLED
    for run in ImportRun.objects.select_for_update(of=("self",)).filter(job=job, state__in=UNDER_WAY):
        refuse(
            run,
            _("You cancelled it, and nothing was saved.")
            if cancelled
            else _("The work broke off, and nothing was saved. Upload the file again."),
        )


def sweep_imports() -> int:
    """Beat's, each half minute: end what was being read in a request that is no more; how many."""
    lost = ImportRun.objects.filter(
        state=ImportState.READING, job=None, uploaded_at__lt=timezone.now() - A_REQUEST
    )
    swept = 0
    for run in lost[:AT_ONCE]:
        refuse(run, _("The work broke off, and nothing was saved. Upload the file again."))
        swept += 1
    return swept


def expire_uploads() -> int:
    """Nightly: files and previews hold personal data, and go after `keep_days`; how many files. The runs stay."""
    oldest = timezone.now() - timedelta(days=limit("keep_days"))
    old = ImportRun.objects.filter(uploaded_at__lt=oldest)
    old.filter(state=ImportState.PREVIEWED).update(state=ImportState.REFUSED)
    old.filter(~Q(preview=[]) | ~Q(errors=[])).update(preview=[], errors=[], preview_digest="")
    kept = set(ImportRun.objects.filter(uploaded_at__gte=oldest).values_list("sha256", flat=True))
    return sum(_remove(path) for path in _files() if path.name not in kept and _is_older(path))


def _files() -> list[Path]:
    folder = Path(settings.MEDIA_ROOT) / "uploads"
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def _is_older(path: Path) -> bool:
    """A file whose run is just being made lies here before its row does."""
    return time.time() - path.stat().st_mtime > A_REQUEST.total_seconds()


def _remove(path: Path) -> bool:
    path.unlink(missing_ok=True)
    return True
