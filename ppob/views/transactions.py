"""Report: what agents sold, one sale, and what arrives meanwhile."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.timezone import is_aware
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.exports import ExportableListView
from core.lists import ListColumn, Sort
from core.lists.views import ListState
from core.templatetags.gerai import number
from ppob.access import PpobView
from ppob.models import SalesDay, Transaction
from ppob.periods import Period, last_month_of, ledger_today, period_from, presets
from ppob.report_exports import TRANSACTIONS
from ppob.report_filters import TransactionFilter
from ppob.selectors import transactions as sales

# A number without days is looked for among all sales there are.
BY_NUMBER_OR_AGENT = ("q", "agent")
NEWS_SHOWN = 99


class TransactionListView(PpobView, ExportableListView):
    permission = "ppob.view_transaction"
    export = TRANSACTIONS
    filterset_class = TransactionFilter
    template_name = "ppob/transaction_list.html"
    rows_template = "ppob/_transaction_rows.html"
    empty_template = "ppob/_transaction_empty.html"
    page_size = 50
    sorts = (Sort(key="time", label=_("Transaction time"), field="occurred_at", descending_first=True),)
    columns = (
        "occurred_at", "noref", "customer_id", "source_account", "state", "serial", "total", "bill", "biller_fee",
        "counter_fee", "net", "milliseconds", "response_code", "agent__agent_id", "agent__name", "product__name",
        "biller__name",
    )  # fmt: skip
    optional_columns = (
        ListColumn(key="source", label=_("Source account")),
        ListColumn(key="biller", label=_("Biller")),
        ListColumn(key="token", label=_("Serial number or token")),
        ListColumn(key="net", label=_("Net to the deposit")),
    )

    @property
    def _has_days(self) -> bool:
        return bool(self.request.GET.get("since") or self.request.GET.get("until"))

    @cached_property
    def period(self) -> Period | None:
        """What is asked for; a month, or everything where a number is looked for."""
        if self.request.GET.get("q", "").strip() and not self._has_days:
            return None
        today = ledger_today()
        return period_from(self.request.GET, today, default=last_month_of)

    def get_queryset(self) -> QuerySet[Transaction]:
        found = sales.transactions_visible_to(self.request.user)
        return sales.sold_within(found, self.period) if self.period else found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        state: ListState = context["list"]
        newest_first = state.order.descending
        follows = newest_first and not self.request.GET.get("c")
        return super().get_context_data(**context) | {
            **self.days(state),
            "follows": follows,
            "newest": state.rows[0] if state.rows else None,
        }

    def days(self, state: ListState) -> dict[str, Any]:
        """The period in words, and others with the same filters."""
        here, today = reverse("ppob:transaction-list"), ledger_today()
        month = Period(last_month_of(today), today)
        return {
            "period": self.period,
            "presets": [
                {
                    **one,
                    "url": state.url(**days_of(one["period"]), c=None).replace(state.request.path, here, 1),
                    "holds": one["period"] == self.period,
                }
                for one in ({"label": _("A month"), "period": month}, *presets(today))
            ],
        }

    def totals(self, state: ListState) -> sales.Totals:
        """At most two queries; by the day's sums where they know the filter."""
        return sales.totals_of(state.filterset.qs, self._summarised(state))

    def _summarised(self, state: ListState) -> QuerySet[SalesDay] | None:
        filters = state.filterset.form.cleaned_data if state.filterset.form.is_valid() else {}
        if self.period is None or any(filters.get(name) for name in BY_NUMBER_OR_AGENT):
            return None
        days = SalesDay.objects.filter(business_on__range=(self.period.first, self.period.last))
        asked = {"biller_id": "biller", "product_id": "product", "state": "state"}
        return days.filter(**{field: filters[name] for field, name in asked.items() if filters.get(name)})


class TransactionTotalsView(TransactionListView):
    """What the list sums to, fetched by the page once its rows stand: nobody waits for a sum."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        state = ListState(self, request)
        context = {"totals": self.totals(state), "exact_up_to": sales.EXACT_UP_TO, **self.days(state)}
        return render(request, "ppob/_transaction_totals.html", context)


class TransactionNewsView(TransactionListView):
    """How many sales of this filter are newer than the newest on the page; the page asks when it hears of some."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        at, pk = _moment(request.GET.get("at", "")), request.GET.get("after", "")
        count = 0
        if at and pk.isascii() and pk.isdigit() and int(pk) <= sales.LARGEST_KEY:
            rows = ListState(self, request).filterset.qs
            count = sales.arrived_since(rows, at, int(pk), limit=NEWS_SHOWN + 1)
        words = (
            gettext("More than %(n)s new transactions") % {"n": number(NEWS_SHOWN)}
            if count > NEWS_SHOWN
            else ngettext("%(n)s new transaction", "%(n)s new transactions", count) % {"n": number(count)}
        )
        response = JsonResponse({"count": count, "words": words})
        response["Cache-Control"] = "private, no-store"
        return response


class TransactionDetailView(PpobView, View):
    """One sale with all that is known of it: its money, its states, what was said, what it moved."""

    permission = "ppob.view_transaction"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, at: int, pk: int) -> HttpResponse:
        viewer: Any = request.user
        sale = get_object_or_404(sales.transaction_at(viewer, at=at, pk=pk))
        sees = {
            name: viewer.has_perm(f"ppob.view_{name}") for name in ("message", "account", "postingexception")
        }
        advices, history = sales.advices_of(sale), sales.history_of(sale)
        context = {
            "sale": sale,
            "history": history,
            "first_state": history[0].before if history else sale.state,
            "messages_said": sales.messages_of(sale) if sees["message"] else None,
            "postings": sales.postings_of(sale) if sees["account"] else None,
            "exceptions": sales.exceptions_of(sale) if sees["postingexception"] else None,
            "advices": advices,
            "may_ask": sales.may_be_asked(sale, advices) and viewer.has_perm("ppob.add_advicerequest"),
        }
        return render(request, "ppob/transaction_detail.html", context)


def days_of(period: Period) -> dict[str, str]:
    return {"since": period.first.isoformat(), "until": period.last.isoformat()}


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and is_aware(moment) else None
