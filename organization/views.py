"""The portal's directories of stores and people: read-only, for their one home of editing is the admin."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView
from django.views.i18n import set_language

from core.access import PortalView
from core.exports import ExportableListView
from core.lists import ListColumn, Sort
from organization.exports import EMPLOYEES, STORES
from organization.filters import EmployeeFilter, StoreFilter
from organization.models import Employee, Store
from organization.selectors import (
    branch_history_of,
    colleagues_at,
    employees_visible_to,
    grants_of,
    state_of,
    stores_visible_to,
    today_of,
)
from organization.services import choose_language


def language(request: HttpRequest) -> HttpResponseBase:
    """The switch of every page: this browser's choice, and the person's own for what is written while nobody looks."""
    answer = set_language(request)
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        choose_language(person=request.user, language=chosen)
    return answer


class StoreListView(ExportableListView):
    permission = "organization.view_store"
    export = STORES
    filterset_class = StoreFilter
    template_name = "organization/store_list.html"
    rows_template = "organization/_store_rows.html"
    sorts = (
        Sort(key="code", label=_("Code"), field="code"),
        Sort(key="name", label=_("Store"), field="name"),
        Sort(key="city", label=_("City"), field="city"),
        Sort(key="opened", label=_("Opened"), field="opened_on", descending_first=True),
    )
    columns = (
        "branch__code",
        "branch__name",
        "is_position_verified",
        "closed_on",
        "paused_from",
        "paused_until",
    )
    optional_columns = (
        ListColumn(key="city", label=_("City")),
        ListColumn(key="branch", label=_("Branch")),
        ListColumn(key="state", label=_("State")),
        ListColumn(key="position", label=_("Position")),
        ListColumn(key="opened", label=_("Opened")),
    )

    def get_queryset(self) -> QuerySet[Store]:
        return stores_visible_to(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"today": today_of(self.request.user)}


class StoreDetailView(PortalView, DetailView):
    permission = "organization.view_store"
    template_name = "organization/store_detail.html"

    def get_queryset(self) -> QuerySet[Store]:
        return stores_visible_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        store: Store = self.object
        viewer, today = self.request.user, today_of(self.request.user)
        context = {"state": state_of(store, today), "today": today, "history": branch_history_of(store)}
        if viewer.has_perm("organization.view_employee"):
            context["colleagues"] = colleagues_at(store, viewer=viewer)
        return super().get_context_data(**kwargs) | context


class EmployeeListView(ExportableListView):
    permission = "organization.view_employee"
    export = EMPLOYEES
    filterset_class = EmployeeFilter
    template_name = "organization/employee_list.html"
    rows_template = "organization/_employee_rows.html"
    sorts = (
        Sort(key="name", label=_("Name"), field="name"),
        Sort(key="nik", label=_("NIK"), field="nik"),
        Sort(key="job", label=_("Job title"), field="job_title"),
    )
    columns = (
        "picture",
        "status",
        "division__name",
        "store__code",
        "store__name",
        "store__branch__name",
        "branch_office__code",
        "branch_office__name",
    )
    optional_columns = (
        ListColumn(key="nik", label=_("NIK")),
        ListColumn(key="job", label=_("Job title")),
        ListColumn(key="division", label=_("Division")),
        ListColumn(key="place", label=_("Place of work")),
        ListColumn(key="status", label=_("Status")),
    )

    def get_queryset(self) -> QuerySet[Employee]:
        return employees_visible_to(self.request.user)


class EmployeeDetailView(PortalView, DetailView):
    permission = "organization.view_employee"
    template_name = "organization/employee_detail.html"
    context_object_name = "person"

    def get_queryset(self) -> QuerySet[Employee]:
        return employees_visible_to(self.request.user).select_related("department")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person: Employee = self.object
        context = {
            "grants": grants_of(person),
            "today": today_of(self.request.user),
            "shows_phone": person == self.request.user
            or self.request.user.has_perm("organization.change_employee"),
        }
        return super().get_context_data(**kwargs) | context
