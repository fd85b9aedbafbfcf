"""The papers of a run: what can be taken home of it, and what was kept when it ended."""

import os
from tempfile import TemporaryFile
from typing import IO

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from core.exceptions import GeraiError
from core.exports.asking import record_export, sha256_of
from core.exports.download import answer_with
from core.exports.formats import FORMATS
from core.jobs import start_job
from ppob.access import PpobView
from ppob.jobs import RUN_PAPER
from ppob.models import ReconciliationRun, RunFile
from ppob.reconciliation.exceptions import NotTheNewestRun
from ppob.reconciliation.papers.kept import kept_path
from ppob.reconciliation.papers.kinds import PAPERS, TITLE, PaperKind, facts_of, one_moment, record_paper
from ppob.selectors.reconciliation import kept_files_of, runs_visible_to

EXPORT = "ppob.export_reconciliationrun"


class RunPapersView(PpobView, View):
    """One run: its numbers, its papers, and the files that were kept of it."""

    permission = "ppob.view_reconciliationrun"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        run = get_object_or_404(runs_visible_to(self.request.user), pk=pk)
        try:
            facts = facts_of(run)
        except NotTheNewestRun:
            facts = None
        may_export = self.request.user.has_perm(EXPORT)
        context = {
            "run": run,
            "facts": facts,
            "papers": list(PAPERS.values()) if facts and may_export else [],
            "kept": kept_files_of(run),
            "may_export": may_export,
        }
        return render(request, "ppob/run_papers.html", context)


class _PaperView(PpobView, View):
    """A POST, for it leaves an entry in the audit trail."""

    permission = EXPORT
    http_method_names = ["post", "options"]

    def runs(self) -> QuerySet[ReconciliationRun]:
        return runs_visible_to(self.request.user)


class RunPaperView(_PaperView):
    """One paper at once, or as a job where it takes long."""

    def post(self, request: HttpRequest, pk: int, paper: str) -> HttpResponseBase:
        run = get_object_or_404(self.runs(), pk=pk)
        kind, matched = PAPERS.get(paper), request.POST.get("matched") == "1"
        if kind is None:
            raise Http404
        try:
            facts = facts_of(run)
            if kind.is_large(facts, matched=matched):
                params = {"run": run.pk, "paper": paper, "matched": matched}
                title = f"{TITLE} {facts.number} ({kind.label})"
                return redirect(
                    "jobs:detail", start_job(RUN_PAPER, actor=request.user, params=params, title=title).pk
                )
            return self._at_once(kind, run, matched=matched)
        except GeraiError as refused:
            messages.error(request, str(refused))
            return redirect("ppob:run-papers", run.pk)

    def _at_once(self, kind: PaperKind, run: ReconciliationRun, *, matched: bool) -> HttpResponseBase:
        # Closed by the response.
        file: IO[bytes] = TemporaryFile(prefix="paper-")  # noqa: SIM115
        try:
            with one_moment():
                facts = facts_of(run)
                rows = kind.write(facts, file, self.request.user, matched)
            size = file.seek(0, os.SEEK_END)
            record_paper(self.request.user, facts, kind, matched=matched, rows=rows, sha256=sha256_of(file))
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return answer_with(
            file, self.request, size=size, name=kind.filename(facts), content_type=kind.form.content_type
        )


class RunKeptView(_PaperView):
    """A file as it was when the run ended."""

    def post(self, request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
        run = get_object_or_404(self.runs(), pk=pk)
        kept = get_object_or_404(RunFile.objects.filter(run=run), form=form)
        try:
            file = kept_path(kept.sha256).open("rb")
        except FileNotFoundError as gone:
            raise Http404 from gone
        record_export(
            request.user, name="ppob.runfile", filters=f"{run.biller.code} {run.business_on} #{run.number}", form=form,
            rows=kept.rows, sha256=kept.sha256,
        )  # fmt: skip
        name = f"{run.biller.code}_{run.business_on:%Y%m%d}_{run.number}.{form}"
        return answer_with(file, request, size=kept.size, name=name, content_type=FORMATS[form].content_type)
