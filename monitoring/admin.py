from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline

from monitoring.choices import Status
from monitoring.models import Machine, MachineFacts, MachineState


class _ReadOnly:
    """What polling writes; nobody types it."""

    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Machine | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Machine | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Machine | None = None) -> bool:
        return request.user.has_perm("monitoring.view_machine")


class StateInline(_ReadOnly, StackedInline):
    model = MachineState
    fields = readonly_fields = ("status", "since", "sampled_at", "failure", "failures_in_a_row")


class FactsInline(_ReadOnly, StackedInline):
    model = MachineFacts
    fields = readonly_fields = (
        "hostname",
        "system",
        "kernel",
        "processor",
        "cores",
        "memory_bytes",
        "swap_bytes",
        "booted_at",
        "read_at",
    )


@admin.register(Machine)
class MachineAdmin(ModelAdmin):
    list_display = ("name", "kind", "operating_system", "transport", "status", "interval_s", "is_enabled")
    list_filter = ("kind", "operating_system", "transport", "is_enabled", "state__status", "divisions")
    list_select_related = ("state",)
    search_fields = ("name", "purpose", "address")
    ordering = ("name",)
    list_per_page = 50
    inlines = (StateInline, FactsInline)
    fieldsets = (
        (None, {"fields": ("name", "purpose", "note", "kind", "operating_system", "hypervisor")}),
        (_("Responsible"), {"fields": ("divisions", "pics")}),
        (_("Polling"), {"fields": ("transport", "address", "port", "shard", "interval_s", "is_enabled")}),
    )

    @admin.display(description=_("status"), ordering="state__severity")
    def status(self, machine: Machine) -> str:
        state = getattr(machine, "state", None)
        return str(Status(state.status).label if state else Status.NO_DATA.label)
