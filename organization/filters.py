from datetime import date
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.lists import ListFilterSet, SearchFilter
from organization.choices import EmployeeStatus, StoreState
from organization.models import Employee, Store
from organization.selectors import filter_places, stores_in_state, today_of


class PlacesFilterSet(ListFilterSet):
    """Offers the branches that a permission reaches, and divisions; both are read by one query."""

    permission = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = filter_places(self.request.user, self.permission)
        for name in ("branch", "division"):
            if name not in self.filters:
                continue
            if len(places[name]) > 1:
                self.filters[name].extra["choices"] = places[name]
            else:
                # One branch is no choice: whoever sees only theirs is not asked which.
                del self.filters[name]


class StoreFilter(PlacesFilterSet):
    permission = "organization.view_store"

    q = SearchFilter(fields=("code", "name", "city"), placeholder=_("Code, name or city"))
    branch = django_filters.ChoiceFilter(label=_("Branch"), empty_label=_("All branches"))
    state = django_filters.ChoiceFilter(
        label=_("State"), empty_label=_("Every state"), choices=StoreState.choices, method="filter_state"
    )
    verified = django_filters.ChoiceFilter(
        label=_("Position"),
        empty_label=_("Every position"),
        choices=(("yes", _("Verified")), ("no", _("Not verified"))),
        method="filter_verified",
    )

    class Meta:
        model = Store
        fields: list[str] = []

    @property
    def day(self) -> date:
        return today_of(self.request.user)

    def filter_state(self, queryset: QuerySet[Store], name: str, value: str) -> QuerySet[Store]:
        return stores_in_state(queryset, StoreState(value), self.day)

    def filter_verified(self, queryset: QuerySet[Store], name: str, value: str) -> QuerySet[Store]:
        return queryset.filter(is_position_verified=value == "yes")


class EmployeeFilter(PlacesFilterSet):
    permission = "organization.view_employee"

    q = SearchFilter(fields=("name", "nik"), placeholder=_("Name or NIK"))
    branch = django_filters.ChoiceFilter(
        label=_("Branch"), empty_label=_("All branches"), method="filter_branch"
    )
    division = django_filters.ChoiceFilter(label=_("Division"), empty_label=_("All divisions"))
    status = django_filters.ChoiceFilter(
        label=_("Status"), empty_label=_("Every status"), choices=EmployeeStatus.choices
    )

    class Meta:
        model = Employee
        fields: list[str] = []

    def filter_branch(self, queryset: QuerySet[Employee], name: str, value: str) -> QuerySet[Employee]:
        """At the branch's office or at one of its stores."""
        branch = int(value)  # one of the choices
        stores = Store.objects.filter(branch=branch).values("pk")
        return queryset.filter(Q(branch_office=branch) | Q(store__in=stores))
