"""Large exports, in the background: the same list, looked through by a worker with the person's rights of that moment."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from core.exports.asking import as_asked, sha256_of
from core.exports.exceptions import NotExported
from core.exports.formats import FORMATS
from core.exports.views import ExportableListView
from core.jobs import JobContext, JobResult, job

KIND = "core.export"
LIMIT_S = 840


def list_at(path: str) -> tuple[type[ExportableListView], dict[str, Any]]:
    """The list that stands at an address, and what the address says of it. Raises NotExported."""
    try:
        match = resolve(path)
    except Resolver404 as error:
        raise NotExported from error
    view = getattr(match.func, "view_class", None)
    if view is None or not issubclass(view, ExportableListView):
        raise NotExported
    return view, match.kwargs


def _permission(params: dict[str, Any]) -> str | None:
    return list_at(params["path"])[0].export.permission


@job(KIND, title=_("Export"), permission=_permission, one_each=True, time_limit_s=LIMIT_S)
def export(ctx: JobContext, *, path: str, query: str, form: str) -> JobResult:
    """Write the file; its entry in the trail is written as the job ends, before the file gets its name."""
    return write_export(ctx, path=path, query=query, form=form)


def write_export(
    ctx: JobContext, *, path: str, query: str, form: str, only: Iterable[str] = (), name: str = ""
) -> JobResult:
    """What a job does that makes such a file; `name` is its own in place of the list's. Raises NotExported."""
    view_class, named = list_at(path)
    if not view_class.may_export(ctx.actor):
        raise NotExported
    asked = as_asked(view_class, named, person=ctx.actor, query=query, form=FORMATS[form], only=only)
    total = asked.count()
    with ctx.result_file(asked.filename_of(name)).open("w+b") as target:
        rows = asked.write(
            target,
            watch=lambda rows: ctx.counted(rows, total=total),
            tick=lambda done: ctx.progress(done, total),
        )
        # A sheet or a page is put together only after the last row.
        ctx.check()
        sha256 = sha256_of(target)
    return JobResult(rows=rows, told=partial(asked.record, rows=rows, sha256=sha256))
