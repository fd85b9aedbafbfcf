"""Buku besar: the closed days with their hashes, and the proof that anybody who audits may ask for."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.exports import ExportableListView
from core.jobs import start_job
from core.jobs.exceptions import JobRefused
from core.jobs.selectors import jobs_of
from core.lists import Sort
from ppob.access import PpobView
from ppob.jobs import PROVE
from ppob.models import LedgerDay
from ppob.money_exports import LEDGER_DAYS
from ppob.money_filters import LedgerDayFilter
from ppob.selectors.days import ledger_days_visible_to


class LedgerDayListView(PpobView, ExportableListView):
    permission = "ppob.view_ledgerday"
    export = LEDGER_DAYS
    filterset_class = LedgerDayFilter
    template_name = "ppob/ledger_day_list.html"
    rows_template = "ppob/_ledger_day_rows.html"
    empty_template = "ppob/_ledger_day_empty.html"
    sorts = (Sort(key="day", label=_("Ledger day"), field="day", descending_first=True),)

    def get_queryset(self) -> QuerySet[LedgerDay]:
        return ledger_days_visible_to(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        proof = jobs_of(self.request.user).filter(kind=PROVE).order_by("-created_at").first()
        return super().get_context_data(**context) | {"proof": proof}


class LedgerProveView(PpobView, View):
    """Have the whole ledger proved; the job's page shows how far it is, and its result."""

    permission = "ppob.view_ledgerday"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            job = start_job(PROVE, actor=request.user)
        except JobRefused as refused:
            messages.error(request, str(refused))
            return redirect("ppob:ledger-day-list")
        return redirect("jobs:detail", job.pk)
