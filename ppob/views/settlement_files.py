"""A biller's file comes in by a person's hand, a day is compared again, and what of a file was not taken is listed."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.jobs import start_job
from core.jobs.exceptions import JobRefused
from core.uploads import STATEMENTS, UploadRefused, take_in
from ppob.access import PpobView
from ppob.exceptions import DaySigned
from ppob.jobs import RECONCILE
from ppob.models import SettlementFile
from ppob.selectors.differences import files_of_day, files_visible_to, rejected_lines
from ppob.selectors.transactions import LARGEST_KEY
from ppob.views.reconciliation_day import OneDay

SHOWN = 100


class ReconciliationUploadView(OneDay, TemplateView):
    """The file is checked here, and read by a worker; its page shows how far it is."""

    permission = "ppob.add_settlementfile"
    http_method_names = ["get", "head", "post", "options"]
    template_name = "ppob/settlement_upload.html"

    def post(self, request: Any, pk: int, on: date) -> HttpResponse:
        line, file = self.line, request.FILES.get("file")
        try:
            if file is None:
                raise UploadRefused(_("Choose a file first."))
            if line.is_signed:
                raise DaySigned(day=on)
            upload = take_in(file, kinds=STATEMENTS, largest="settlement_bytes")
            params = {
                "biller": line.biller.pk, "day": on.isoformat(), "file": upload.sha256, "name": upload.name,
                "adds": request.POST.get("mode") == "adds",
            }  # fmt: skip
            job = start_job(RECONCILE, actor=request.user, params=params, title=_title(line))
        except (UploadRefused, DaySigned, JobRefused) as refused:
            return self.render_to_response(self.get_context_data(refusal=str(refused)), status=422)
        return redirect("jobs:detail", job.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "line": self.line,
            "profile": self.line.profile,
            "files": files_of_day(self.line.biller.pk, self.on),
            "accept": ",".join(f".{kind}" for kind in STATEMENTS),
            "mode": self.request.POST.get("mode", "replaces"),
            "cancel_url": self.day_url,
        }


class ReconciliationRunView(OneDay, View):
    """Compare the day once more by the files that count now."""

    permission = "ppob.add_reconciliationrun"
    http_method_names = ["post"]

    def post(self, request: Any, pk: int, on: date) -> HttpResponse:
        line = self.line
        try:
            if line.is_signed:
                raise DaySigned(day=on)
            params = {"biller": line.biller.pk, "day": on.isoformat()}
            job = start_job(RECONCILE, actor=request.user, params=params, title=_title(line))
        except (DaySigned, JobRefused) as refused:
            messages.error(request, str(refused))
            return redirect(self.day_url)
        return redirect("jobs:detail", job.pk)


class SettlementFileView(PpobView, TemplateView):
    """One file: what came, and each line of it that was not taken, with its number and reason."""

    permission = "ppob.view_settlementfile"
    template_name = "ppob/settlement_file.html"
    kwargs: dict[str, Any]

    @cached_property
    def file(self) -> SettlementFile:
        visible, pk = files_visible_to(self.request.user), self.kwargs["pk"]
        return get_object_or_404(visible if pk <= LARGEST_KEY else visible.none(), pk=pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        after = _line_number(self.request)
        rows = rejected_lines(self.file, after=after, limit=SHOWN + 1) if self.file.rejected else []
        return super().get_context_data(**kwargs) | {
            "file": self.file,
            "rejected": rows[:SHOWN],
            "after": after,
            "next_after": rows[SHOWN - 1].number if len(rows) > SHOWN else None,
        }


def _title(line: Any) -> str:
    return f"{line.biller.name}, {line.business_on.isoformat()}"


def _line_number(request: HttpRequest) -> int:
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
