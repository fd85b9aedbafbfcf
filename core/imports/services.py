"""An upload's way through: taken in, previewed, confirmed, saved. Small files at once, larger ones as a job."""

import hashlib
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core import audit
from core.audit import NotRecorded
from core.imports.exceptions import ChangedSince, ImportRefused
from core.imports.kinds import ImportKind, import_kind
from core.imports.plans import Plan, Progress, digest_of, make_plan, shown_changes
from core.imports.sheets import read_sheet
from core.jobs import start_job
from core.models import ImportRun
from core.models.imports import ImportState
from core.uploads import Upload, UploadRefused, take_in
from core.uploads.gate import open_stored
from core.uploads.limits import limit

PREVIEW, APPLY = "core.import_preview", "core.import_apply"
CONFIRMED_BEFORE = _("This import was confirmed before, or was refused.")
RUN = "core.importrun"


class TooLargeForNow(Exception):
    """More rows than a request should wait for."""


def begin_import(*, kind: type[ImportKind], file: UploadedFile, actor: Any) -> ImportRun:
    """Take the file in and preview it, here or as a job. Raises UploadRefused, PermissionDenied."""
    if not actor.has_perm(kind.permission()):
        raise PermissionDenied
    upload = take_in(file)
    run = ImportRun.objects.create(
        resource=kind.name, file_name=upload.name[:160], sha256=upload.sha256, uploaded_by=actor
    )
    try:
        if upload.unpacked_bytes > limit("request_bytes"):
            raise TooLargeForNow
        preview(run, at_most=limit("request_rows"))
    except TooLargeForNow:
        _as_job(PREVIEW, run, actor)
    return run


def confirm_import(*, run: ImportRun, digest: str, actor: Any) -> ImportRun:
    """Save what was previewed, here or as a job; the click that comes second changes nothing. Raises ImportRefused."""
    if not digest or digest != run.preview_digest:
        raise ChangedSince
    mine = ImportRun.objects.filter(pk=run.pk, uploaded_by=actor, state=ImportState.PREVIEWED)
    if run.counts["rows"] <= limit("request_rows"):
        # Killed before it commits, it stays previewed and can be confirmed again.
        if not (mine.exists() and apply(run, of=ImportState.PREVIEWED)):
            raise ImportRefused(CONFIRMED_BEFORE)
        return run
    with transaction.atomic():
        if not mine.update(state=ImportState.APPLYING):
            raise ImportRefused(CONFIRMED_BEFORE)
        run.refresh_from_db()
        _as_job(APPLY, run, actor)
    return run


def preview(run: ImportRun, *, at_most: int | None = None, progress: Progress = lambda done: None) -> None:
    """Say in the run what the file would do. Faults of the file end here as well, in words."""

    def count(done: int) -> None:
        if at_most is not None and done > at_most:
            raise TooLargeForNow
        progress(done)

    kind = import_kind(run.resource)(run.uploaded_by)
    try:
        plan = _plan(run, kind, progress=count)
    except (ImportRefused, UploadRefused) as error:
        refuse(run, str(error))
        return
    run.counts = _counts(plan)
    run.errors = plan.errors.kept
    run.preview = [_shown(kind, line) for line in _first(plan)]
    run.preview_digest = "" if plan.errors.count else digest_of(plan, kind, run.sha256)
    run.state = ImportState.REFUSED if plan.errors.count else ImportState.PREVIEWED
    run.save()


def apply(run: ImportRun, *, of: ImportState, progress: Progress = lambda done: None) -> bool:
    """Save everything in one transaction, if it is still what was previewed; a refusal is written in the run.

    False, and nothing done, when the run is not in the state that it is taken `of`: somebody else was first.
    """
    try:
        return _apply(run, of, progress)
    except (ImportRefused, UploadRefused) as error:
        refuse(run, str(error))
    except (IntegrityError, DataError) as error:
        refuse(run, _now("The database refused a row, and nothing was saved: %(why)s") % {"why": _why(error)})
    except NotRecorded:
        refuse(run, _now("The audit trail could not be written, so nothing was saved. Tell IT support."))
    return True


@transaction.atomic
def _apply(run: ImportRun, of: ImportState, progress: Progress) -> bool:
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("uploaded_by").get(pk=run.pk)
    if run.state != of:
        return False
    kind = import_kind(run.resource)(run.uploaded_by)
    if not run.uploaded_by.has_perm(kind.permission()):
        raise ImportRefused(_now("You are no longer allowed to do this."))
    plan = _plan(run, kind, lock=True, progress=progress)
    if plan.errors.count or digest_of(plan, kind, run.sha256) != run.preview_digest:
        raise ChangedSince
    kind.save(plan.lines)
    facts = {
        "file": run.file_name,
        "sha256": run.sha256,
        **{name: run.counts[name] for name in ("added", "changed")},
    }
    audit.record(
        run.uploaded_by,
        "import.applied",
        audit.Ref(RUN, run.pk),
        {name: (None, fact) for name, fact in facts.items()},
    )
    # The trail has it from here on; nobody's phone number is kept twice.
    run.preview, run.state, run.applied_at = [], ImportState.APPLIED, timezone.now()
    run.save()
    return True


@transaction.atomic
def tell_of_file(*, kind: type[ImportKind], actor: Any, rows: int, content: bytes) -> None:
    """The file with today's data is an export like any other: the trail says who has it."""
    facts = {
        "list": kind.name,
        "file_format": "xlsx",
        "rows": rows,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    changes = {name: (None, fact) for name, fact in facts.items()}
    audit.record(actor, "export.made", actor, changes)


def run_of(actor: Any, pk: UUID, kind: type[ImportKind]) -> ImportRun | None:
    """The person's own import; nobody else's."""
    mine = ImportRun.objects.filter(pk=pk, uploaded_by=actor, resource=kind.name)
    return mine.select_related("job", "uploaded_by").first()


def _plan(run: ImportRun, kind: ImportKind, *, lock: bool = False, progress: Progress) -> Plan:
    upload = Upload(run.file_name, run.file_name.rpartition(".")[2].lower(), run.sha256, 0)
    with open_stored(run.sha256) as file:
        return make_plan(kind, read_sheet(file, upload.kind), lock=lock, progress=progress)


def _as_job(job_kind: str, run: ImportRun, actor: Any) -> None:
    with transaction.atomic():
        run.job = start_job(
            job_kind, actor=actor, params={"run": str(run.pk), "kind": run.resource}, title=run.file_name
        )
        run.save(update_fields=["job"])


def refuse(run: ImportRun, reason: str) -> None:
    """End the run with a reason that is about the file as a whole; nothing of it was saved."""
    run.refresh_from_db()
    run.state, run.preview, run.preview_digest = ImportState.REFUSED, [], ""
    run.errors = [{"line": None, "column": "", "reason": reason, "value": ""}]
    run.counts = {**run.counts, "errors": 1}
    run.save()


def _counts(plan: Plan) -> dict[str, Any]:
    return {
        "rows": plan.rows,
        "added": len(plan.added),
        "changed": len(plan.changed),
        "unchanged": plan.unchanged,
        "errors": plan.errors.count,
        "notes": plan.notes,
    }


def _first(plan: Plan) -> list[Any]:
    """Changes first: what is overwritten deserves the look more than what is new."""
    if plan.errors.count:
        return []
    return [*plan.changed, *plan.added][: limit("changes_shown")]


def _shown(kind: ImportKind, line: Any) -> dict[str, Any]:
    return {
        "line": line.number,
        "key": line.key,
        "is_new": line.obj is None,
        "changes": shown_changes(kind, line),
    }


def _why(error: Exception) -> str:
    """PostgreSQL's own line names the constraint and the key; the rest of its text is for us."""
    diagnosis = getattr(error.__cause__, "diag", None)
    parts = (getattr(diagnosis, "constraint_name", None), getattr(diagnosis, "message_detail", None))
    return " – ".join(part for part in parts if part) or type(error).__name__
