from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from core.imports.modeladmin import ImportingAdmin
from core.modeladmin import ConstraintForm
from organization.access import viewer_of
from organization.admin.account_acts import ACCOUNT_ACTS
from organization.admin.acts import act_on_one, act_page
from organization.admin.grants import RoleGrantInline
from organization.choices import EmployeeStatus
from organization.imports import EmployeeImport
from organization.models import Employee, Store
from organization.scopes import scope_of
from organization.selectors import branches_visible_to, people_within


class EmployeeForm(ConstraintForm):
    constraint_fields = {"employee_nik_is_digits": "nik", "employee_has_one_place": "store"}


class BranchFilter(DropdownFilter):
    """By the branch of the office, or of the store, where a person works."""

    title, parameter_name = _("branch"), "branch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        branches = branches_visible_to(viewer_of(request), "organization.view_employee")
        return [(branch.pk, str(branch)) for branch in branches]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Employee]) -> QuerySet[Employee]:
        value = self.value() or ""
        if not value.isdigit():
            return queryset
        stores = Store.objects.filter(branch=int(value)).values("pk")
        return queryset.filter(Q(branch_office=int(value)) | Q(store__in=stores))


@admin.register(Employee)
class EmployeeAdmin(ImportingAdmin):
    import_kind = EmployeeImport
    form = EmployeeForm
    list_display = ("nik", "name", "job_title", "place", "division", "state")
    list_display_links = ("nik", "name")
    list_filter = ("status", ("division", RelatedDropdownFilter), BranchFilter)
    list_select_related = ("store__branch", "branch_office", "division")
    search_fields = ("nik", "name")
    search_help_text = _("NIK or name")
    sortable_by = ("nik", "name", "job_title")
    ordering = ("nik",)
    autocomplete_fields = ("division", "department", "store", "branch_office")
    inlines = (RoleGrantInline,)
    actions = ("freeze_selected", "unfreeze_selected", "reset_pin_selected", "unlock_selected")
    actions_detail = (
        "give_role",
        {
            "title": _("Account"),
            "icon": "manage_accounts",
            "items": ["reset_pin", "unlock", "freeze", "unfreeze", "resign"],
        },
    )
    fieldsets = (
        (None, {"fields": (("nik", "name"), ("email", "phone"), ("language", "picture"))}),
        (
            _("Work"),
            {
                "fields": ("job_title", ("division", "department"), ("store", "branch_office")),
                "description": _("The place of work is a store or a branch office, exactly one of them."),
            },
        ),
        (
            _("Account"),
            {"fields": (("status", "must_change_pin"), ("joined_at", "last_login"))},
        ),
    )
    add_fieldsets = fieldsets[:2]

    @display(
        description=_("status"),
        label={
            EmployeeStatus.ACTIVE: "success",
            EmployeeStatus.FROZEN: "warning",
            EmployeeStatus.RESIGNED: "danger",
        },
    )
    def state(self, person: Employee) -> tuple[str, str]:
        return person.status, person.get_status_display()

    @display(description=_("place of work"))
    def place(self, person: Employee) -> str:
        return str(person.place)

    @action(description=_("Freeze"), permissions=["change"])
    def freeze_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, ACCOUNT_ACTS["freeze"], name="freeze_selected")

    @action(description=_("Unfreeze"), permissions=["change"])
    def unfreeze_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, ACCOUNT_ACTS["unfreeze"], name="unfreeze_selected")

    @action(description=_("Reset PIN"), permissions=["reset_pin"])
    def reset_pin_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, ACCOUNT_ACTS["reset_pin"], name="reset_pin_selected")

    @action(description=_("Unlock login"), permissions=["unlock"])
    def unlock_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, ACCOUNT_ACTS["unlock"], name="unlock_selected")

    @action(description=_("Freeze"), permissions=["freeze"], url_path="freeze", icon="ac_unit")
    def freeze(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return act_on_one(self, request, object_id, ACCOUNT_ACTS["freeze"], name="freeze")

    @action(description=_("Unfreeze"), permissions=["unfreeze"], url_path="unfreeze", icon="lock_open")
    def unfreeze(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return act_on_one(self, request, object_id, ACCOUNT_ACTS["unfreeze"], name="unfreeze")

    @action(description=_("Mark as resigned"), permissions=["freeze"], url_path="resign", icon="logout")
    def resign(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return act_on_one(self, request, object_id, ACCOUNT_ACTS["resign"], name="resign")

    @action(description=_("Reset PIN"), permissions=["reset_pin"], url_path="reset-pin", icon="key")
    def reset_pin(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return act_on_one(self, request, object_id, ACCOUNT_ACTS["reset_pin"], name="reset_pin")

    @action(description=_("Unlock login"), permissions=["unlock"], url_path="unlock", icon="lock_reset")
    def unlock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return act_on_one(self, request, object_id, ACCOUNT_ACTS["unlock"], name="unlock")

    @action(
        description=_("Give a role"), permissions=["give_role"], url_path="give-role", icon="verified_user"
    )
    def give_role(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(f"{reverse('admin:organization_rolegrant_add')}?{urlencode({'employee': object_id})}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Employee]:
        scope = scope_of(viewer_of(request), "organization.view_employee")
        people = super().get_queryset(request).filter(people_within(scope))
        # Actions and forms name the place of each person as well.
        return people.select_related(*self.list_select_related)

    def get_readonly_fields(self, request: HttpRequest, obj: Employee | None = None) -> tuple[str, ...]:
        """The NIK is given once; the account changes by its acts, each of which asks first."""
        return ("nik", "status", "must_change_pin", "joined_at", "last_login") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Employee | None) -> tuple[type, ...]:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: Employee, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            text = gettext("Nobody can log in as %(person)s yet: give a first PIN by “Reset PIN”.")
            self.message_user(request, text % {"person": obj}, messages.WARNING)

    def reaches(self, request: HttpRequest, obj: Any, permission: str) -> bool:
        scope = scope_of(viewer_of(request), permission)
        return (
            scope.national
            or obj.home_branch.pk in scope.branch_ids
            or (obj.division_id is not None and obj.division_id in scope.division_ids)
        )

    def has_reset_pin_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("organization.reset_pin")

    def has_give_role_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("organization.add_rolegrant") and str(obj) != str(request.user.pk)

    def has_unlock_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("organization.unlock_employee")

    def has_freeze_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._status_is(request, obj, EmployeeStatus.ACTIVE)

    def has_unfreeze_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._status_is(request, obj, EmployeeStatus.FROZEN, EmployeeStatus.RESIGNED)

    def _status_is(self, request: HttpRequest, key: Any, *statuses: EmployeeStatus) -> bool:
        """Whether the button makes sense; unfold asks with the object's key."""
        if not request.user.has_perm("organization.change_employee"):
            return False
        person = self.get_object(request, str(key))
        return person is None or person.status in statuses  # nobody there: the act itself says so

    def view_on_site(self, obj: Employee) -> str:
        return reverse("organization:employee-detail", args=[obj.pk])
