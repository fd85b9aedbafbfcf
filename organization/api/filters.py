import django_filters
from django.db.models import Q, QuerySet

from core.lists import ListFilterSet, SearchFilter
from organization.choices import EmployeeStatus
from organization.models import Employee, Store


class StoreApiFilter(ListFilterSet):
    """As on the page, but the branch by its code: a program does not know our keys."""

    q = SearchFilter(fields=("code", "name", "city"))
    branch = django_filters.CharFilter(field_name="branch__code", max_length=12)
    verified = django_filters.TypedChoiceFilter(
        field_name="is_position_verified",
        choices=(("true", "true"), ("false", "false")),
        coerce=lambda text: text == "true",
    )

    class Meta:
        model = Store
        fields: list[str] = []


class EmployeeApiFilter(ListFilterSet):
    q = SearchFilter(fields=("name", "nik"))
    branch = django_filters.CharFilter(method="filter_branch", max_length=12)
    status = django_filters.ChoiceFilter(choices=EmployeeStatus.choices)

    class Meta:
        model = Employee
        fields: list[str] = []

    def filter_branch(self, queryset: QuerySet[Employee], name: str, value: str) -> QuerySet[Employee]:
        """At the branch's office or at one of its stores."""
        stores = Store.objects.filter(branch__code=value).values("pk")
        return queryset.filter(Q(branch_office__code=value) | Q(store__in=stores))
