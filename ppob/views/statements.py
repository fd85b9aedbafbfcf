"""Mutasi: accounts, and what happened on one."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.exports import ExportableListView
from core.exports.formats import Format
from core.lists import Sort
from ppob.access import PpobView
from ppob.models import Account
from ppob.money_exports import ACCOUNTS, STATEMENT
from ppob.money_filters import AccountFilter, StatementFilter
from ppob.papers import NumberSort
from ppob.periods import Period, ledger_today, period_from, presets
from ppob.selectors.statements import (
    Stretch,
    accounts_visible_to,
    movements_of,
    number_of,
    stretch_of,
    told,
    unit_of,
)


class StatementListView(PpobView, ExportableListView):
    permission = "ppob.view_account"
    export = ACCOUNTS
    filterset_class = AccountFilter
    template_name = "ppob/statement_list.html"
    rows_template = "ppob/_statement_list_rows.html"
    sorts = (Sort(key="code", label=_("Account"), field="code"),)

    def get_queryset(self) -> QuerySet[Account]:
        return accounts_visible_to(self.request.user)


class StatementView(PpobView, ExportableListView):
    """One account: newest movement first, each with the balance after it; on paper oldest first and whole."""

    permission = "ppob.view_account"
    export = STATEMENT
    filterset_class = StatementFilter
    template_name = "ppob/statement.html"
    rows_template = "ppob/_statement_rows.html"
    empty_template = "ppob/_statement_empty.html"
    page_size = 50

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.kwargs = kwargs

    @cached_property
    def account(self) -> Account:
        return get_object_or_404(accounts_visible_to(self.request.user), uuid=self.kwargs["uuid"])

    @cached_property
    def period(self) -> Period:
        return period_from(self.request.GET, ledger_today())

    @cached_property
    def stretch(self) -> Stretch:
        return stretch_of(self.account, self.period.first, self.period.last)

    @property
    def export_formats(self) -> list[Format]:
        """A letter says all of a period: what is narrowed further comes as a table alone."""
        formats = super().export_formats
        return [one for one in formats if one.key != "pdf"] if self._is_narrowed else formats

    def get_queryset(self) -> QuerySet[Any]:
        # Entries and deltas are numbered by columns of different names.
        number = number_of(self.account)
        self.sorts = (NumberSort(key="number", label=_("No."), field=number, descending_first=True),)
        return movements_of(self.account, self.stretch).select_related("transfer", "account")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = ledger_today()
        return super().get_context_data(**context) | {
            "account": self.account,
            "owner": self.account.agent or self.account.biller,
            "unit": unit_of(self.account),
            "period": self.period,
            "stretch": self.stretch,
            "is_narrowed": self._is_narrowed,
            "movements": told(self.account, context["list"].rows),
            "presets": [
                {**one, "url": _address(one["period"]), "holds": one["period"] == self.period}
                for one in presets(today)
            ],
        }

    @property
    def _is_narrowed(self) -> bool:
        return any(self.request.GET.get(name) for name in ("kind", "direction"))


def _address(period: Period) -> str:
    return "?" + urlencode({"since": period.first.isoformat(), "until": period.last.isoformat()})
