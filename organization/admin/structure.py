from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RelatedDropdownFilter

from core.imports.modeladmin import ImportingAdmin
from organization.access import viewer_of
from organization.imports import DepartmentImport, DivisionImport
from organization.models import Department, Division
from organization.scopes import scope_of


class StructureAdmin(ImportingAdmin):
    """The whole chain's divisions and departments: read by whoever may, kept by those whose role is national."""

    def reaches(self, request: HttpRequest, obj: Any, permission: str) -> bool:
        return permission == self._permission("view") or scope_of(viewer_of(request), permission).national

    def has_add_permission(self, request: HttpRequest) -> bool:
        return scope_of(viewer_of(request), self._permission("add")).national

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return scope_of(viewer_of(request), self._permission("change")).national

    def has_import_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return scope_of(viewer_of(request), self._permission("import")).national

    def _permission(self, act: str) -> str:
        return f"{self.opts.app_label}.{act}_{self.opts.model_name}"


@admin.register(Division)
class DivisionAdmin(StructureAdmin):
    import_kind = DivisionImport
    list_display = ("code", "name", "is_it")
    list_display_links = ("code", "name")
    list_filter = ("is_it",)
    search_fields = ("code", "name")
    ordering = ("code",)
    fieldsets = ((None, {"fields": (("code", "name"), "is_it")}),)


@admin.register(Department)
class DepartmentAdmin(StructureAdmin):
    import_kind = DepartmentImport
    list_display = ("code", "name", "division")
    list_display_links = ("code", "name")
    list_filter = (("division", RelatedDropdownFilter),)
    list_select_related = ("division",)
    search_fields = ("code", "name")
    ordering = ("code",)
    autocomplete_fields = ("division", "pics")
    fieldsets = (
        (None, {"fields": (("code", "name"), "division")}),
        (
            _("PICs"),
            {"fields": ("pics",), "description": _("Who is asked when something concerns this department.")},
        ),
    )
