from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from core.modeladmin import GeraiModelAdmin
from monitoring.choices import Status, TransportKind
from monitoring.models import Machine, MachineFacts, MachineState
from monitoring.selectors import machines_visible_to, people_who_may_be_pic
from organization.models import Division
from organization.scopes import scope_of


class _WrittenByPolling(StackedInline):
    """What polling writes; nobody types it."""

    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Machine | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Machine | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Machine | None = None) -> bool:
        return request.user.has_perm("monitoring.view_machine")


class StateInline(_WrittenByPolling):
    model = MachineState
    fields = readonly_fields = ("status", "since", "sampled_at", "failure", "failures_in_a_row")


class FactsInline(_WrittenByPolling):
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
class MachineAdmin(GeraiModelAdmin):
    list_display = (
        "name",
        "purpose",
        "kind_label",
        "transport_label",
        "status_label",
        "interval_s",
        "is_enabled",
    )
    list_display_links = ("name",)
    list_filter = (
        "kind",
        "operating_system",
        "transport",
        "state__status",
        ("divisions", RelatedDropdownFilter),
        "is_enabled",
    )
    list_select_related = ("state",)
    search_fields = ("name", "purpose", "address")
    sortable_by = ("name", "purpose", "status_label", "interval_s")
    ordering = ("name",)
    inlines = (StateInline, FactsInline)
    fieldsets = (
        (None, {"fields": (("name", "purpose"), ("kind", "operating_system"), "hypervisor", "note")}),
        (
            _("Responsible"),
            {
                "fields": ("divisions", "pics"),
                "description": _("Only who holds the role of machine PIC today can be chosen."),
            },
        ),
        (_("Polling"), {"fields": ("transport", ("address", "port"), ("interval_s", "shard"), "is_enabled")}),
    )

    @display(description=_("kind"), ordering="kind")
    def kind_label(self, machine: Machine) -> str:
        return machine.get_kind_display()

    @display(
        description=_("read by"),
        label={
            TransportKind.LOCAL: "primary",
            TransportKind.SIMULATED: "default",
            TransportKind.SSH: "default",
        },
    )
    def transport_label(self, machine: Machine) -> tuple[str, str]:
        return machine.transport, machine.get_transport_display()

    @display(
        description=_("status"),
        ordering="state__severity",
        label={
            Status.SAFE: "success",
            Status.WARNING: "warning",
            Status.DANGER: "danger",
            Status.NO_DATA: "default",
            Status.MAINTENANCE: "info",
        },
    )
    def status_label(self, machine: Machine) -> tuple[str, str]:
        status = Status(machine.state.status) if hasattr(machine, "state") else Status.NO_DATA
        return status.value, str(status.label)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Machine]:
        seen = machines_visible_to(request.user)
        return super().get_queryset(request).filter(pk__in=seen.values("pk"))

    def reaches(self, request: HttpRequest, obj: Any, permission: str) -> bool:
        """A permission of one division ends at the machines of that division."""
        person: Any = request.user  # the admin lets nobody in who has not logged in
        scope = scope_of(person, permission)
        return scope.national or obj.divisions.filter(pk__in=scope.division_ids).exists()

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Both are short lists that one searches in the browser, without a right to see all employees."""
        kwargs["widget"] = UnfoldAdminSelect2MultipleWidget()
        kwargs["queryset"] = (
            people_who_may_be_pic() if db_field.name == "pics" else Division.objects.order_by("code")
        )
        return super().formfield_for_manytomany(db_field, request, **kwargs)
