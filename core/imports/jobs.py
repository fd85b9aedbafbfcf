from typing import Any

from django.utils.translation import gettext_lazy as _

from core.imports import services
from core.imports.exceptions import ImportRefused
from core.imports.kinds import import_kind
from core.jobs import JobContext, JobResult, job
from core.models import ImportRun
from core.models.imports import ImportState


def _permission(params: dict[str, Any]) -> str:
    return import_kind(params["kind"]).permission()


@job(services.PREVIEW, title=_("Import: preview"), permission=_permission)
def preview_import(ctx: JobContext, *, run: str, kind: str) -> JobResult:
    """Reads only; a worker that died begins again."""
    mine = _run(ctx, run)
    if mine.state == ImportState.READING:
        services.preview(mine, progress=ctx.progress)
    return JobResult(rows=mine.counts.get("rows"))


@job(services.APPLY, title=_("Import: save"), permission=_permission)
def apply_import(ctx: JobContext, *, run: str, kind: str) -> JobResult:
    """One transaction, and the run's state in it: begun again it finds all of it done, or nothing."""
    mine = _run(ctx, run)
    services.apply(
        mine, of=ImportState.APPLYING, progress=lambda done: ctx.progress(done, mine.counts["rows"])
    )
    mine.refresh_from_db()
    if mine.state == ImportState.REFUSED:
        raise ImportRefused(mine.errors[0]["reason"])
    return JobResult(rows=mine.counts["rows"])


def _run(ctx: JobContext, run: str) -> ImportRun:
    return ImportRun.objects.select_related("uploaded_by").get(pk=run, uploaded_by=ctx.actor)
