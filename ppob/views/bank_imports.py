"""The bank's statement as a file: template, preview, confirmation; nothing is kept before somebody confirms it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.imports import files, services
from core.imports.exceptions import ImportRefused
from core.models import ImportRun
from core.models.imports import ImportState
from core.models.jobs import JobState
from core.uploads import UploadRefused
from ppob.access import PpobView
from ppob.imports import BankLineImport

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDED_BADLY = (JobState.FAILED, JobState.CANCELLED)
PERMISSION = "ppob.add_bankline"


class BankImportView(PpobView, TemplateView):
    permission = PERMISSION
    template_name = "ppob/bank_import.html"

    def post(self, request: Any) -> HttpResponse:
        file = request.FILES.get("file")
        try:
            if file is None:
                raise UploadRefused(_("Choose a file first."))
            run = services.begin_import(kind=BankLineImport, file=file, actor=request.user)
        except UploadRefused as error:
            return self.render_to_response(self.get_context_data(refusal=str(error)), status=422)
        return redirect("ppob:bank-import-run", run.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"columns": BankLineImport.columns}


class BankImportTemplateView(PpobView, View):
    permission = PERMISSION

    def get(self, request: HttpRequest) -> HttpResponse:
        headers = {
            "Content-Disposition": 'attachment; filename="mutasi-bank.xlsx"',
            "X-Content-Type-Options": "nosniff",
        }
        return HttpResponse(files.template(BankLineImport), content_type=XLSX, headers=headers)


class BankImportRunView(PpobView, TemplateView):
    """The preview, or what became of it; confirmed by the digest that the page carries."""

    permission = PERMISSION
    template_name = "ppob/bank_import_run.html"
    kwargs: dict[str, Any]

    @cached_property
    def run(self) -> ImportRun:
        found = services.run_of(self.request.user, self.kwargs["run"], BankLineImport)
        if found is None:
            raise Http404
        return found

    def post(self, request: Any, run: UUID) -> HttpResponse:
        mine = self.run
        try:
            services.confirm_import(run=mine, digest=request.POST.get("digest", ""), actor=request.user)
        except ImportRefused as error:
            messages.error(request, str(error))
        return redirect("ppob:bank-import-run", mine.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run, counts = self.run, self.run.counts
        failed = run.job is not None and run.job.state in ENDED_BADLY
        is_open = run.state in (ImportState.READING, ImportState.APPLYING)
        shown = [_as_columns(line) for line in run.preview]
        return super().get_context_data(**kwargs) | {
            "run": run,
            "shown": shown,
            "more": max(0, counts.get("added", 0) - len(shown)),
            "errors_more": max(0, counts.get("errors", 0) - len(run.errors)),
            "is_open": is_open and not failed,
            "has_failed": is_open and failed,
            "has_work": counts.get("added", 0) > 0,
        }


def _as_columns(line: dict[str, Any]) -> dict[str, Any]:
    """A line as the file's columns have it; a new line's changes leave out what is empty."""
    values = {name: new for name, _old, new in line["changes"]}
    return {"line": line["line"], **values, "amount": int(values["amount"])}
