"""Long work of the back office, for `core.jobs`."""

from datetime import date
from functools import partial
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exceptions import GeraiError
from core.exports.asking import sha256_of
from core.exports.jobs import LIMIT_S, write_export
from core.jobs import JobContext, JobResult, job
from core.templatetags.gerai import number
from core.uploads.gate import open_stored
from ppob.choices import FileSource
from ppob.exceptions import ReportGone
from ppob.models import Biller, ReconciliationRun, SavedReport
from ppob.reconciliation.exceptions import DayNotOver
from ppob.reconciliation.intake import Received, receive_file
from ppob.reconciliation.papers.kinds import PAPERS, facts_of, one_moment, record_paper
from ppob.reconciliation.running import run_day
from ppob.selectors.reports import receives
from ppob.services.proof import verify_ledger
from ppob.services.reports import JOB

PROVE, RECONCILE, RUN_PAPER = "ppob.ledger_verify", "ppob.reconcile", "ppob.run_paper"


class LedgerIsBroken(GeraiError):
    """The ledger does not keep one of its promises."""


@job(
    PROVE, title=gettext_lazy("Prove the ledger"), permission="ppob.view_ledgerday", one_each=True,
    time_limit_s=840,
)  # fmt: skip
def prove_ledger(ctx: JobContext, **_params: Any) -> JobResult:
    """Every promise of the ledger, asked of every row, as `ledger_verify` does. Reads only."""
    found = verify_ledger(watch=ctx.progress)
    figures = {name: number(found[name]) for name in ("accounts", "transfers", "days")}
    if found["violations"]:
        first = found["violations"][0]
        raise LedgerIsBroken(
            _("%(count)s violations. The first: %(kind)s, %(what)s. Tell IT support at once.")
            % {"count": number(len(found["violations"])), **first}
        )
    text = _(
        "%(accounts)s accounts, %(transfers)s transfers and %(days)s closed days proved: everything adds up."
    )
    return JobResult(rows=found["transfers"], note=text % figures)


def _needed(params: dict[str, Any]) -> str:
    return "ppob.add_settlementfile" if params.get("file") else "ppob.add_reconciliationrun"


@job(
    RECONCILE, title=gettext_lazy("Reconcile a biller's day"), permission=_needed, time_limit_s=840,
    link=lambda params: reverse("ppob:reconciliation-day", args=[params["biller"], params["day"]]),
)  # fmt: skip
def reconcile_day(
    ctx: JobContext, *, biller: int, day: str, file: str = "", name: str = "", adds: bool = False
) -> JobResult:
    """Take in the file that was uploaded, if one was, and compare the day. Again is the same: a file of the same content is
    recognised, and a run of the same input finds the same."""
    one, on = Biller.objects.get(pk=biller), date.fromisoformat(day)
    told = ""
    if file:
        with open_stored(file) as stream:
            received = receive_file(
                biller=one, day=on, stream=stream, name=name, source=FileSource.UPLOAD, actor=ctx.actor, adds=adds,
                watch=lambda read, size: ctx.progress(read, size, _("Reading the file")),
            )  # fmt: skip
        told = _taken(received)
    ctx.check()
    try:
        run = run_day(biller=one, day=on, actor=ctx.actor)
    except DayNotOver as early:
        if not file:
            raise
        return JobResult(note=f"{told} {early}")
    text = _("%(matched)s matched, %(differences)s differences, %(rejected)s rejected lines.")
    figures = {
        "matched": number(run.matched),
        "differences": number(sum(run.breaks.values())),
        "rejected": number(run.rejected),
    }
    return JobResult(rows=run.lines, note=f"{told} {text % figures}".strip())


def _taken(received: Received) -> str:
    file = received.file
    if received.known:
        return _("This content was here before (%(name)s).") % {"name": file.name}
    return _("%(name)s: %(n)s lines read.") % {"name": file.name, "n": number(file.lines)}


@job(JOB, title=gettext_lazy("Saved report"), permission="ppob.export_transaction", time_limit_s=LIMIT_S)
def make_report(ctx: JobContext, *, report: int, since: str, until: str) -> JobResult:
    """The report page's own export, filtered as saved, with the rights that its reader has now."""
    saved = SavedReport.objects.filter(pk=report).first()
    if saved is None or not receives(saved, ctx.actor):
        raise ReportGone
    query = QueryDict(saved.query, mutable=True)
    query["since"], query["until"] = since, until
    return write_export(
        ctx,
        path=reverse("ppob:transaction-list"),
        query=query.urlencode(),
        form=saved.file_format,
        only=saved.columns,
        name=saved.name,
    )


@job(
    RUN_PAPER, title=gettext_lazy("Papers of a reconciliation"), permission="ppob.export_reconciliationrun",
    time_limit_s=LIMIT_S,
)  # fmt: skip
def write_paper(ctx: JobContext, *, run: int, paper: str, matched: bool) -> JobResult:
    """One paper of a run that takes longer than a person waits. Raises NotTheNewestRun, NothingDisputed."""
    kind = PAPERS[paper]
    with one_moment():
        facts = facts_of(ReconciliationRun.objects.get(pk=run))
        ctx.progress(0, kind.rows(facts, matched=matched))
        with ctx.result_file(kind.filename(facts)).open("w+b") as target:
            rows = kind.write(facts, target, ctx.actor, matched)
            ctx.check()
            sha256 = sha256_of(target)
    told = partial(record_paper, ctx.actor, facts, kind, matched=matched, rows=rows, sha256=sha256)
    return JobResult(rows=rows, told=told)
