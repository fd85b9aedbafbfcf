"""Laporan tersimpan: what one adds, changes and deletes here. Transactions are never changed."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.lists import KeysetListView, ListFilterSet, SearchFilter, Sort
from ppob.access import PpobView
from ppob.models import SavedReport
from ppob.report_forms import SavedReportForm
from ppob.selectors.reports import own_reports_of, reports_visible_to
from ppob.selectors.transactions import LARGEST_KEY
from ppob.services import reports as services
from ppob.views.master import MasterDeleteView, MasterFormView


class SavedReportFilter(ListFilterSet):
    q = SearchFilter(fields=("name",), placeholder=_("Name"))

    class Meta:
        model = SavedReport
        fields: list[str] = []


class ReportListView(PpobView, KeysetListView):
    permission = "ppob.view_savedreport"
    filterset_class = SavedReportFilter
    template_name = "ppob/report_list.html"
    rows_template = "ppob/_report_rows.html"
    empty_template = "ppob/_report_empty.html"
    sorts = (Sort(key="name", label=_("Name"), field="name"),)

    def get_queryset(self) -> QuerySet[SavedReport]:
        return reports_visible_to(self.request.user)


class OwnReport:
    """Mixin: the report that the address names, if it is the person's own; somebody else's is 404."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def thing(self) -> SavedReport:
        mine = own_reports_of(self.request.user)
        return get_object_or_404(mine, pk=min(self.kwargs["pk"], LARGEST_KEY))

    @property
    def name(self) -> str:
        return self.thing.name


class ReportFormView(MasterFormView):
    noun, nouns = "report", _("Saved reports")
    form_class = SavedReportForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"owner": self.request.user}


class ReportAddView(ReportFormView):
    """Begins with the filter that the report page has: its address parameters come along."""

    permission = "ppob.add_savedreport"

    def get_initial(self) -> dict[str, Any]:
        return {
            name: self.request.GET[name]
            for name in ("biller", "product", "state", "agent")
            if name in self.request.GET
        }

    def save(self, form: Any) -> HttpResponse:
        report = services.save_report(
            owner=self.request.user, recipients=form.cleaned_data["recipients"], **form.values
        )
        messages.success(self.request, gettext("%(name)s is saved.") % {"name": report.name})
        return redirect("ppob:report-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"title": _("Add a saved report"), "verb": _("Save"), "cancel_url": self.list_url}
        return super().get_context_data(**kwargs) | words


class ReportChangeView(OwnReport, ReportFormView):
    permission = "ppob.change_savedreport"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.thing}

    def save(self, form: Any) -> HttpResponse:
        changed = services.change_report(
            report=self.thing,
            new=form.values,
            recipients=form.cleaned_data["recipients"],
            actor=self.request.user,
        )
        if changed:
            messages.success(self.request, gettext("Your changes are saved."))
        else:
            messages.info(self.request, gettext("Nothing was changed."))
        return redirect("ppob:report-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {
            "title": gettext("Change %(name)s") % {"name": self.name},
            "verb": _("Save changes"),
            "cancel_url": self.list_url,
        }
        return super().get_context_data(**kwargs) | words


class ReportDeleteView(OwnReport, MasterDeleteView):
    permission = "ppob.delete_savedreport"
    noun, nouns = "report", _("Saved reports")
    question = _("Delete the report %(name)s?")
    consequence = _(
        "It is no longer made. Files that it made stay among the jobs of those who received them."
    )
    done = _("%(name)s is deleted.")

    def retire(self) -> None:
        services.delete_report(report=self.thing, actor=self.request.user)

    def url_of(self, thing: Any, act: str = "detail") -> str:
        return reverse("ppob:report-change", args=[thing.pk])


class ReportRunView(OwnReport, PpobView, View):
    """ "Jalankan sekarang": for whoever clicks."""

    permission = "ppob.export_transaction"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.kwargs = {"pk": pk}
        job = services.run_report(report=self.thing, actor=request.user)  # type: ignore[arg-type]  # behind PortalView
        return redirect("jobs:detail", job.pk)
