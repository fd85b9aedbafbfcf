from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RelatedDropdownFilter

from core.imports.modeladmin import ImportingAdmin
from organization.imports import DepartmentImport, DivisionImport
from organization.models import Department, Division


@admin.register(Division)
class DivisionAdmin(ImportingAdmin):
    import_kind = DivisionImport
    list_display = ("code", "name", "is_it")
    list_display_links = ("code", "name")
    list_filter = ("is_it",)
    search_fields = ("code", "name")
    ordering = ("code",)
    fieldsets = ((None, {"fields": (("code", "name"), "is_it")}),)


@admin.register(Department)
class DepartmentAdmin(ImportingAdmin):
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
