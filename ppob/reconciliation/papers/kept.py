"""Each run keeps its CSV and its PDF as they were when it ended, in Indonesian, under their content's digest."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.utils import translation

from core.exports.asking import sha256_of
from ppob.models import ReconciliationRun, RunFile
from ppob.reconciliation.exceptions import NotTheNewestRun
from ppob.reconciliation.papers.kinds import PAPERS, facts_of

FORMS = ("csv", "pdf")
_WRITER = "Gerai"


def keep_files(run: ReconciliationRun) -> list[RunFile]:
    """Write what is not there yet; nothing of a run that was replaced before anybody came to it. Idempotent."""
    there = {one.form: one for one in RunFile.objects.filter(run=run)}
    try:
        facts = facts_of(run)
    except NotTheNewestRun:
        return list(there.values())
    folder = Path(settings.MEDIA_ROOT) / "reconciliations"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for form in FORMS:
        if form in there:
            continue
        with (
            translation.override("id"),
            NamedTemporaryFile("w+b", dir=folder, suffix=".part", delete=False) as target,
        ):
            try:
                rows = PAPERS[form].write(facts, target, _WRITER, False)
                size = target.seek(0, os.SEEK_END)
                sha256 = sha256_of(target)
            except BaseException:
                Path(target.name).unlink()
                raise
        Path(target.name).replace(kept_path(sha256))
        there[form] = RunFile.objects.create(run=run, form=form, sha256=sha256, size=size, rows=rows)
    return list(there.values())


def kept_path(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "reconciliations" / sha256
