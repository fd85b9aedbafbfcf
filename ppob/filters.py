from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.lists import ListFilterSet, SearchFilter
from organization.choices import PPOB_ROLES
from organization.selectors import today_of
from ppob.choices import AgentLevel, AgentStatus, ConnectionStatus, LoginState, ProductKind, Verification
from ppob.models import Agent, Connection, Login, Product
from ppob.selectors.agents import corporates
from ppob.selectors.connections import billers
from ppob.selectors.logins import logins_in_state

IN_USE = (("yes", _("In use")), ("no", _("Not in use")))


class AgentFilter(ListFilterSet):
    q = SearchFilter(fields=("name", "agent_id"), placeholder=_("Name or agent id"))
    status = django_filters.ChoiceFilter(
        label=_("Status"), empty_label=_("Every status"), choices=AgentStatus.choices
    )
    level = django_filters.ChoiceFilter(
        label=_("Level"), empty_label=_("Every level"), choices=AgentLevel.choices
    )
    verification = django_filters.ChoiceFilter(
        label=_("Verification"), empty_label=_("Every verification"), choices=Verification.choices
    )
    corporate = django_filters.ChoiceFilter(label=_("Corporate"), empty_label=_("Every corporate"))

    class Meta:
        model = Agent
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["corporate"].extra["choices"] = [(one.pk, str(one)) for one in corporates()]


class ProductFilter(ListFilterSet):
    q = SearchFilter(fields=("name", "code"), placeholder=_("Name or code"))
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), empty_label=_("Every kind"), choices=ProductKind.choices
    )
    sold = django_filters.ChoiceFilter(
        label=_("On sale"),
        empty_label=_("On sale or not"),
        choices=(("yes", _("On sale")), ("no", _("Not on sale"))),
        method="filter_sold",
    )

    class Meta:
        model = Product
        fields: list[str] = []

    def filter_sold(self, queryset: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        return queryset.filter(is_active=value == "yes")


class ConnectionFilter(ListFilterSet):
    q = SearchFilter(fields=("code", "address"), placeholder=_("Code or address"))
    biller = django_filters.ChoiceFilter(label=_("Biller"), empty_label=_("Every biller"))
    status = django_filters.ChoiceFilter(
        label=_("Status"), empty_label=_("Every status"), choices=ConnectionStatus.choices
    )
    used = django_filters.ChoiceFilter(
        label=_("Use"), empty_label=_("In use or not"), choices=IN_USE, method="filter_used"
    )

    class Meta:
        model = Connection
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["biller"].extra["choices"] = [(one.pk, str(one)) for one in billers()]

    def filter_used(self, queryset: QuerySet[Connection], name: str, value: str) -> QuerySet[Connection]:
        return queryset.filter(is_active=value == "yes")


class LoginFilter(ListFilterSet):
    q = SearchFilter(fields=("employee__name", "employee__nik"), placeholder=_("Name or NIK"))
    role = django_filters.ChoiceFilter(
        label=_("Level"),
        empty_label=_("Every level"),
        choices=[(role.value, role.label) for role in PPOB_ROLES],
        field_name="group__name",
    )
    state = django_filters.ChoiceFilter(
        label=_("Status"), empty_label=_("Every status"), choices=LoginState.choices, method="filter_state"
    )

    class Meta:
        model = Login
        fields: list[str] = []

    def filter_state(self, queryset: QuerySet[Login], name: str, value: str) -> QuerySet[Login]:
        return logins_in_state(queryset, LoginState(value), today_of(self.request.user))
