"""Laporan kinerja harian, and Rekap produk terjual: both a row a day, biller and product, yesterday's first."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.exports import ExportableListView
from core.lists import Sort
from core.lists.views import ListState
from ppob.access import PpobView
from ppob.models import PerformanceDay
from ppob.periods import Period, ledger_today, period_from, presets
from ppob.report_exports import PERFORMANCE, RECAP
from ppob.report_filters import SalesDayFilter
from ppob.selectors.reports import performance_visible_to, sums_of
from ppob.views.transactions import days_of

DAY = Sort(key="day", label=_("Business day"), field="business_on", descending_first=True)


class PerformanceListView(PpobView, ExportableListView):
    permission = "ppob.view_salesday"
    export = PERFORMANCE
    filterset_class = SalesDayFilter
    template_name = "ppob/performance_list.html"
    rows_template = "ppob/_performance_rows.html"
    empty_template = "ppob/_performance_empty.html"
    page_size = 50
    sorts = (
        DAY,
        Sort(
            key="transactions",
            label=_("Transactions"),
            field="transactions",
            descending_first=True,
            numeric=True,
        ),
        Sort(key="failed", label=_("Failed"), field="failed", descending_first=True, numeric=True),
    )

    @cached_property
    def period(self) -> Period:
        """What is asked for; else H+1: yesterday."""
        today = ledger_today()
        if not any(self.request.GET.get(name) for name in ("since", "until")):
            return Period(today - timedelta(days=1), today - timedelta(days=1))
        return period_from(self.request.GET, today)

    def get_queryset(self) -> QuerySet[PerformanceDay]:
        return performance_visible_to(self.request.user, self.period)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        state: ListState = context["list"]
        today = ledger_today()
        yesterday = Period(today - timedelta(days=1), today - timedelta(days=1))
        offered = [{"label": _("Yesterday"), "period": yesterday}, *presets(today)]
        return super().get_context_data(**context) | {
            "period": self.period,
            "sums": sums_of(state.filterset.qs),
            "presets": [
                {
                    **one,
                    "url": state.url(**days_of(one["period"]), c=None),
                    "holds": one["period"] == self.period,
                }
                for one in offered
            ],
        }


class RecapListView(PerformanceListView):
    export = RECAP
    template_name = "ppob/recap_list.html"
    rows_template = "ppob/_recap_rows.html"
    sorts = (
        DAY,
        Sort(key="sold", label=_("Sold"), field="succeeded", descending_first=True, numeric=True),
        Sort(key="value", label=_("Value"), field="total", descending_first=True, numeric=True),
    )
