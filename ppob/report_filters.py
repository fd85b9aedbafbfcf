"""What the report, the daily figures, the suspects and the exceptions are narrowed by."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from core.lists import ListFilterSet, SearchFilter
from ppob.choices import ExceptionReason, TransactionState
from ppob.forms import AgentIdField
from ppob.models import Agent, PostingException, SalesDay, Transaction
from ppob.money_filters import day_filter
from ppob.selectors.transactions import choices, numbered


class NumberSearch(SearchFilter):
    """A number that is known, whole: noref, customer or meter, serial or token."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        text = " ".join((value or "").split())
        return numbered(qs, text) if text else qs


class AgentIdFilter(django_filters.CharFilter):
    field_class = AgentIdField


def biller_filter() -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=_("Biller"), empty_label=_("Every biller"), field_name="biller_id"
    )


def product_filter() -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=_("Product"), empty_label=_("Every product"), field_name="product_id"
    )


class SoldFilterSet(ListFilterSet):
    """Base: by biller and product. The period is the view's, for each page has its own when none is asked for."""

    biller = biller_filter()
    product = product_filter()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        billers, products = choices()
        for name, offered in (("biller", billers), ("product", products)):
            if name in self.filters:
                self.filters[name].extra["choices"] = offered

    def filter_day(self, queryset: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return queryset


class TransactionFilter(SoldFilterSet):
    q = NumberSearch(fields=(), placeholder=_("Noref, customer, meter or token"))
    state = django_filters.ChoiceFilter(
        label=_("Status"), empty_label=_("Every status"), choices=TransactionState.choices
    )
    agent = AgentIdFilter(label=_("User ID"), max_length=20, method="filter_agent")
    since = day_filter(_("From day"))
    until = day_filter(_("To day"))

    class Meta:
        model = Transaction
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agent = self.form.fields["agent"].widget
        agent.attrs |= {"placeholder": _("User ID"), "inputmode": "tel", "autocomplete": "off"}

    def filter_agent(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        known = Agent.objects.filter(agent_id=value).values("pk")[:1]
        return queryset.filter(agent_id=Subquery(known))


class SalesDayFilter(SoldFilterSet):
    since = day_filter(_("From day"))
    until = day_filter(_("To day"))

    class Meta:
        model = SalesDay
        fields: list[str] = []


class SuspectFilter(SoldFilterSet):
    q = NumberSearch(fields=(), placeholder=_("Noref, customer, meter or token"))
    asked = django_filters.ChoiceFilter(
        label=_("Advice"),
        empty_label=_("Asked and not asked"),
        choices=(("no", _("Not asked yet")), ("open", _("Waits for an answer"))),
        method="filter_asked",
    )

    class Meta:
        model = Transaction
        fields: list[str] = []

    def filter_asked(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(was_asked=False) if value == "no" else Q(is_asked=True))


class PostingExceptionFilter(ListFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        empty_label=_("Open and closed"),
        choices=(("open", _("Open")), ("closed", _("Closed"))),
        method="filter_state",
    )
    reason = django_filters.ChoiceFilter(
        label=_("Reason"), empty_label=_("Every reason"), choices=ExceptionReason.choices
    )
    agent = AgentIdFilter(label=_("User ID"), max_length=20, method="filter_agent")

    class Meta:
        model = PostingException
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agent = self.form.fields["agent"].widget
        agent.attrs |= {"placeholder": _("User ID"), "inputmode": "tel", "autocomplete": "off"}

    def filter_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(closed_at__isnull=value == "open")

    def filter_agent(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        known = Agent.objects.filter(agent_id=value).values("pk")[:1]
        return queryset.filter(agent_id=Subquery(known))
