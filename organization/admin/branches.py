from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.imports.modeladmin import ImportingAdmin
from organization.access import viewer_of
from organization.choices import BranchKind
from organization.imports import BranchImport
from organization.models import Branch
from organization.scopes import branches_within, scope_of


@admin.register(Branch)
class BranchAdmin(ImportingAdmin):
    import_kind = BranchImport
    list_display = ("code", "name", "kind_label", "city", "province", "time_zone_label", "is_active")
    list_display_links = ("code", "name")
    list_filter = ("time_zone", "kind", "is_active")
    search_fields = ("code", "name", "city", "province")
    sortable_by = ("code", "name", "city", "province")
    ordering = ("code",)
    fieldsets = (
        (None, {"fields": (("code", "name"), ("kind", "is_active"))}),
        (
            _("Place"),
            {
                "fields": ("address", ("city", "province"), ("latitude", "longitude"), "time_zone"),
                "description": _("The time zone decides which hour the people of this branch see."),
            },
        ),
    )

    @display(
        description=_("kind"),
        label={BranchKind.HEAD_OFFICE: "primary", BranchKind.DISTRIBUTION_CENTRE: "default"},
    )
    def kind_label(self, branch: Branch) -> tuple[str, str]:
        return branch.kind, branch.get_kind_display()

    @display(description=_("time zone"))
    def time_zone_label(self, branch: Branch) -> str:
        return branch.get_time_zone_display()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Branch]:
        scope = scope_of(viewer_of(request), "organization.view_branch")
        return super().get_queryset(request).filter(branches_within(scope))

    def get_readonly_fields(self, request: HttpRequest, obj: Branch | None = None) -> tuple[str, ...]:
        """A code stands in papers and files outside; it is given once."""
        return ("code",) if obj else ()

    def reaches(self, request: HttpRequest, obj: Any, permission: str) -> bool:
        scope = scope_of(viewer_of(request), permission)
        return scope.national or obj.pk in scope.branch_ids or "view_" in permission
