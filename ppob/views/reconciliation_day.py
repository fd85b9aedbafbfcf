"""Rekonsiliasi, one day: how the money comes about, each difference with both sides, and two signatures that lock it."""

from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from core.exports import ExportableListView
from core.lists import Sort
from core.templatetags.gerai import number
from organization.fresh_factor import require_fresh_factor
from ppob import services
from ppob.access import PpobView
from ppob.exceptions import PpobError
from ppob.explanations import explanations_for
from ppob.models import Difference, ReconciliationRun
from ppob.reconciliation_exports import DIFFERENCES
from ppob.reconciliation_filters import DifferenceFilter
from ppob.reconciliation_forms import OwnerForm, SayForm
from ppob.selectors.differences import (
    CHANGEABLE,
    differences_of_day,
    files_of_day,
    possible_owners,
    sides_of,
    trend_of,
)
from ppob.selectors.reconciliation import BoardLine, day_of
from ppob.selectors.transactions import LARGEST_KEY

# As many as one click explains or assigns: each leaves an entry in the audit trail.
AT_ONCE = 1000
# A graph of fewer would be one long line.
FEWEST_DAYS = 13


class OneDay(PpobView):
    """Mixin: the biller's day that the address names, if the person may see it; else 404."""

    kwargs: dict[str, Any]

    @cached_property
    def line(self) -> BoardLine:
        pk = self.kwargs["pk"]
        found = day_of(self.request.user, pk, self.kwargs["on"]) if pk <= LARGEST_KEY else None
        if found is None:
            raise Http404
        return found

    @property
    def on(self) -> date:
        return self.line.business_on

    @property
    def day_url(self) -> str:
        return reverse("ppob:reconciliation-day", args=[self.line.biller.pk, self.on])


class ReconciliationDayView(OneDay, ExportableListView):
    permission = "ppob.view_reconciliationrun"
    export = DIFFERENCES
    filterset_class = DifferenceFilter
    template_name = "ppob/reconciliation_day.html"
    fragment_template = "ppob/_reconciliation_day_fragment.html"
    rows_template = "ppob/_difference_rows.html"
    empty_template = "ppob/_difference_empty.html"
    page_size = 50
    sorts = (
        Sort(key="waiting", label=gettext_lazy("To settle first"), field="rank", nullable=False),
        Sort(key="kind", label=gettext_lazy("Kind"), field="kind"),
        Sort(key="impact", label=gettext_lazy("Effect on the deposit"), field="impact", numeric=True),
    )

    def get_queryset(self) -> QuerySet[Difference]:
        return differences_of_day(self.request.user, self.line.biller.pk, self.on)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        viewer, line = self.request.user, self.line
        may_change = viewer.has_perm("ppob.change_difference") and not line.is_signed
        return super().get_context_data(**context) | {
            "line": line,
            "differences": with_sides(context["list"].rows),
            "may_choose": may_change,
            "may_bring": viewer.has_perm("ppob.add_settlementfile") and not line.is_signed,
            "may_run": viewer.has_perm("ppob.add_reconciliationrun")
            and not line.is_signed
            and line.files > 0,
            "may_sign": viewer.has_perm("ppob.sign_billerday") and not line.is_signed,
            "is_own_preparation": line.day is not None and line.day.prepared_by_id == viewer.pk,
            "explanations": explanations_for(self.request.GET.get("kind", "")),
            "history_url": reverse("ppob:reconciliation-history", args=[line.biller.pk, self.on]),
        }


class ReconciliationHistoryView(OneDay, View):
    """Files and runs of the day, and the biller's last days as a graph; the page fetches it once its rows stand."""

    permission = "ppob.view_reconciliationrun"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int, on: date) -> HttpResponse:
        line = self.line
        of_day: Any = {"biller": pk, "business_on": on}
        trend = trend_of(pk, until=on)
        context = {
            "line": line,
            "files": files_of_day(pk, on),
            "runs": ReconciliationRun.objects.filter(**of_day).select_related("started_by").order_by("-number")[:20],
            "trend": trend,
            "graph": _graph(trend),
        }  # fmt: skip
        return render(request, "ppob/reconciliation_history.html", context)


class DayActView(OneDay, View):
    """Base of what a button does with the day; the day's page says how it went."""

    http_method_names = ["post"]
    done: Any = ""
    asks_pin = False

    def act(self, request: Any) -> None:
        """Call the service. Raises PpobError."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int, on: date) -> HttpResponse:
        _there = self.line  # 404 before anybody is asked for a PIN
        if self.asks_pin and (page := require_fresh_factor(request)) is not None:
            return page
        try:
            self.act(request)
        except PpobError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, str(self.done))
        return redirect(self.day_url)


class ReconciliationPrepareView(DayActView):
    """The first signature."""

    permission = "ppob.sign_billerday"
    done = gettext_lazy("You have signed this day first; somebody else gives the second signature.")
    asks_pin = True

    def act(self, request: Any) -> None:
        services.prepare_day(biller=self.line.biller, day=self.on, actor=request.user)


class ReconciliationSignView(DayActView):
    """The second signature: nothing of the day changes any more."""

    permission = "ppob.sign_billerday"
    done = gettext_lazy("The day is signed and locked.")
    asks_pin = True

    def act(self, request: Any) -> None:
        services.sign_day(biller=self.line.biller, day=self.on, actor=request.user)


class BulkView(OneDay, View):
    """Base of what happens to many differences of a day at once: to those that were chosen, or to all of the filter."""

    permission = "ppob.change_difference"
    http_method_names = ["post"]

    def act(self, request: Any, rows: list[Difference]) -> str:
        """Call the service, and say what was done. Raises PpobError."""
        raise NotImplementedError

    def post(self, request: Any, pk: int, on: date) -> HttpResponse:
        rows = self._chosen(request)
        if not rows:
            messages.info(request, _("Choose differences that can still be changed first."))
            return self._back(request)
        if len(rows) > AT_ONCE:
            text = _("At most %(n)s differences are changed at once: narrow the filter.")
            messages.error(request, text % {"n": number(AT_ONCE)})
            return self._back(request)
        try:
            messages.success(request, self.act(request, rows))
        except PpobError as refused:
            messages.error(request, str(refused))
        return self._back(request)

    def _chosen(self, request: Any) -> list[Difference]:
        found = differences_of_day(request.user, self.line.biller.pk, self.on)
        if request.POST.get("all") == "1":
            found = DifferenceFilter(request.GET, queryset=found, request=request).qs.filter(
                state__in=CHANGEABLE, proposed_by__isnull=True
            )
        else:
            keys = [text for text in request.POST.getlist("chosen") if text.isascii() and text.isdigit()]
            found = found.filter(pk__in=[int(text) for text in keys[: AT_ONCE + 1] if len(text) < 18])
        return list(found.order_by("pk")[: AT_ONCE + 1])

    def _back(self, request: Any) -> HttpResponse:
        query = request.GET.urlencode()
        return redirect(f"{self.day_url}?{query}" if query else self.day_url)


class ReconciliationExplainView(BulkView):
    def act(self, request: Any, rows: list[Difference]) -> str:
        form = SayForm(request.POST)
        if not form.is_valid():
            raise PpobError(" ".join(map(str, form.errors["text"])))
        count = services.explain_differences(
            differences=rows, explanation=form.cleaned_data["text"], actor=request.user
        )
        text = ngettext("%(n)s difference is explained.", "%(n)s differences are explained.", count)
        return text % {"n": number(count)}


class ReconciliationAssignView(BulkView):
    def act(self, request: Any, rows: list[Difference]) -> str:
        form = OwnerForm({"owner": _whom(request)}, people=possible_owners())
        if not form.is_valid():
            raise PpobError(_("Choose somebody who sees to differences."))
        count = services.assign_differences(differences=rows, owner=form.picked, actor=request.user)
        text = ngettext("%(n)s difference has a new owner.", "%(n)s differences have a new owner.", count)
        return text % {"n": number(count)}


def with_sides(rows: list[Difference]) -> list[Difference]:
    """Each with `parts`, both sides of it, and `may_be_chosen`."""
    for row in rows:
        row.parts = sides_of(row)  # type: ignore[attr-defined]
        row.may_be_chosen = row.state in CHANGEABLE and not row.proposed_by_id  # type: ignore[attr-defined]
    return rows


def _whom(request: Any) -> str:
    owner = request.POST.get("owner", "")
    return str(request.user.pk) if owner == "me" else owner


def _graph(trend: list[Any]) -> dict[str, Any]:
    """As `reconciliation.js` draws it: the noon of each day in milliseconds."""
    at = [int(datetime.combine(one.business_on, time(12), UTC).timestamp() * 1000) for one in trend]
    values = {"found": [one.found for one in trend], "left": [one.left for one in trend]}
    day = 86_400
    window = [min(at[0], at[-1] - FEWEST_DAYS * day * 1000), at[-1]] if at else [0, 0]
    return {"at": at, "values": values, "step": day, "window": window}


def day_url_of(difference: Difference, **query: str) -> str:
    url = reverse("ppob:reconciliation-day", args=[difference.biller_id, difference.business_on])
    return f"{url}?{urlencode(query)}" if query else url
