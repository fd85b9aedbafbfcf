"""Saldo Biller: what is left at each, how long it lasts, and what the biller itself says."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from core.exports import ExportableListView
from core.lists import Sort
from ppob.access import PpobView
from ppob.exceptions import PpobError
from ppob.models import Account, Biller
from ppob.money_exports import BALANCES
from ppob.money_filters import BillerBalanceFilter
from ppob.money_forms import FigureForm
from ppob.selectors.balances import (
    PACE_DAYS,
    BillerBalance,
    balances_of,
    biller_accounts_visible_to,
    days_of,
    history_of,
    products_of,
)
from ppob.selectors.topups import topups_of_biller
from ppob.services.balances import record_reported

RANGES = ((1, gettext_lazy("24 hours")), (7, gettext_lazy("7 days")), (30, gettext_lazy("30 days")))


class BillerBalanceListView(PpobView, ExportableListView):
    permission = "ppob.view_biller"
    export = BALANCES
    filterset_class = BillerBalanceFilter
    template_name = "ppob/biller_balance_list.html"
    rows_template = "ppob/_biller_balance_rows.html"
    page_size = 50
    sorts = (
        Sort(key="code", label=gettext_lazy("Code"), field="biller__code"),
        Sort(key="name", label=gettext_lazy("Biller"), field="biller__name"),
    )

    def get_queryset(self) -> QuerySet[Account]:
        return biller_accounts_visible_to(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        balances = balances_of(context["list"].rows)
        prefunded = [one for one in balances if one.biller.is_prefunded]
        owed = [one for one in balances if not one.biller.is_prefunded]
        return super().get_context_data(**context) | {
            "balances": balances,
            "pace_days": PACE_DAYS,
            "at_billers": sum(one.book for one in prefunded),
            "owed": sum(one.book for one in owed),
            "low": [one for one in balances if one.is_low],
            "differing": [one for one in balances if one.differs_much],
        }


class OneBiller(PpobView):
    """Mixin: the biller that the address names, if the person may see it; else 404."""

    kwargs: dict[str, Any]

    @cached_property
    def account(self) -> Account:
        return get_object_or_404(biller_accounts_visible_to(self.request.user), biller=self.kwargs["pk"])

    @property
    def biller(self) -> Biller:
        assert self.account.biller is not None, "found by its biller"
        return self.account.biller

    @cached_property
    def balance(self) -> BillerBalance:
        return balances_of([self.account])[0]


class BillerBalanceView(OneBiller, TemplateView):
    """One biller: its figures, both lines over time, what it sells, what came in."""

    permission = "ppob.view_biller"
    template_name = "ppob/biller_balance.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        biller, now = self.biller, timezone.now()
        days = _range_from(self.request.GET.get("range", ""))
        history = history_of(biller, since=now - timedelta(days=days), until=now)
        context = {
            "one": self.balance,
            "biller": biller,
            "pace_days": PACE_DAYS,
            "ranges": RANGES,
            "range": days,
            "graph": _graph(history),
            "days": days_of(history),
            "products": products_of(biller, now=now),
            "figures": biller.reported.select_related("entered_by").order_by("-at", "-id")[:10],
        }
        if self.request.user.has_perm("ppob.view_topup"):
            context["topups"] = topups_of_biller(biller)
        return super().get_context_data(**kwargs) | context


class BillerFigureView(OneBiller, FormView):
    """A person types in what the biller shows."""

    permission = "ppob.add_reportedbalance"
    http_method_names = ["get", "head", "post", "options"]
    template_name = "ppob/biller_figure.html"
    form_class = FigureForm

    def form_valid(self, form: FigureForm) -> HttpResponse:
        try:
            record_reported(
                biller=self.biller,
                amount=form.cleaned_data["amount"],
                at=form.cleaned_data["at"],
                actor=self.request.user,
            )
        except PpobError as refused:
            form.add_error(getattr(refused, "field", None), str(refused))
            return self.form_invalid(form)
        messages.success(self.request, _("The biller's figure is saved."))
        return redirect("ppob:biller-balance", self.biller.pk)

    def form_invalid(self, form: FigureForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            "one": self.balance,
            "biller": self.biller,
            "cancel_url": reverse("ppob:biller-balance", args=[self.biller.pk]),
        }
        return super().get_context_data(**kwargs) | context


def _range_from(text: str) -> int:
    return next((days for days, _label in RANGES if str(days) == text), 7)


def _graph(history: dict[str, Any]) -> dict[str, Any]:
    """As `balance.js` draws it: milliseconds, and nothing where nothing is known."""
    at = [int(moment.timestamp() * 1000) for moment in history["at"]]
    values = {"book": history["book"], "reported": history["reported"]}
    return {"at": at, "values": values, "step": history["step"], "window": [at[0], at[-1]]}
