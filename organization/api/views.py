from django.db.models import QuerySet

from core.api.views import ListView, OneView
from organization.api.filters import EmployeeApiFilter, StoreApiFilter
from organization.api.serializers import BranchSerializer, EmployeeSerializer, StoreSerializer
from organization.models import Branch, Employee, Store
from organization.selectors import branches_visible_to, employees_visible_to, stores_visible_to


class BranchListApi(ListView):
    """Branches in the scope of whoever asks, by code."""

    permission = "organization.view_branch"
    serializer_class = BranchSerializer
    key = "code"

    def get_queryset(self) -> QuerySet[Branch]:
        return (
            Branch.objects.none() if self.is_for_schema else branches_visible_to(self.person, self.permission)
        )


class _Stores:
    permission = "organization.view_store"
    serializer_class = StoreSerializer

    def get_queryset(self) -> QuerySet[Store]:
        return Store.objects.none() if self.is_for_schema else stores_visible_to(self.person)  # type: ignore[attr-defined]  # ReadView's


class StoreListApi(_Stores, ListView):
    """Stores in the scope of whoever asks, by code, with the filters of the page Toko."""

    filterset_class = StoreApiFilter
    key = "code"


class StoreApi(_Stores, OneView):
    """One store."""


class _Employees:
    permission = "organization.view_employee"
    serializer_class = EmployeeSerializer

    def get_queryset(self) -> QuerySet[Employee]:
        return Employee.objects.none() if self.is_for_schema else employees_visible_to(self.person)  # type: ignore[attr-defined]  # ReadView's


class EmployeeListApi(_Employees, ListView):
    """People in the scope of whoever asks, by NIK, with the filters of the page Karyawan."""

    filterset_class = EmployeeApiFilter
    key = "nik"


class EmployeeApi(_Employees, OneView):
    """One person."""
