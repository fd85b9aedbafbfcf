from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from core.modeladmin import ConstraintForm
from core.templatetags.gerai import rupiah
from ppob.admin.plain import PartitionedAdmin, ReadOnlyAdmin, SwitchableAdmin
from ppob.choices import SOURCES, ConnectionStatus, MessageState
from ppob.models import Biller, BillerDay, Connection, Message, ReportedBalance
from ppob.services.accounts import open_biller_accounts


class BillerForm(ConstraintForm):
    constraint_fields = {
        "biller_cut_off_within_a_day": "cut_off_minute",
        "biller_time_zone_known": "time_zone",
    }


@admin.register(Biller)
class BillerAdmin(SwitchableAdmin):
    form = BillerForm
    list_display = ("code", "name", "settlement_label", "cut_off", "low_label", "contact", "is_active")
    list_display_links = ("code", "name")
    list_filter = ("settlement", "is_active")
    search_fields = ("code", "name")
    sortable_by = ("code", "name")
    ordering = ("code",)
    fieldsets = (
        (None, {"fields": (("code", "name"), ("settlement", "is_active"))}),
        (
            _("Its day"),
            {
                "fields": (("time_zone", "cut_off_minute"), ("quiet_from", "quiet_until")),
                "description": _("In the service window the biller is silent every night, and silence is no alarm."),
            },
        ),
        (_("Deposit"), {"fields": ("low_balance",)}),
        (_("Contact"), {"fields": ("contact", ("contact_phone", "contact_email"))}),
    )  # fmt: skip

    @display(description=_("settlement"))
    def settlement_label(self, biller: Biller) -> str:
        return biller.get_settlement_display()

    @display(description=_("cut-off"))
    def cut_off(self, biller: Biller) -> str:
        """24.00 WIB is the end of the calendar day."""
        hours, minutes = divmod(biller.cut_off_minute or 1440, 60)
        return f"{hours:02}.{minutes:02} {biller.get_time_zone_display()}"

    @display(description=_("warn below"))
    def low_label(self, biller: Biller) -> str:
        return rupiah(biller.low_balance) if biller.is_prefunded else "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Biller | None = None) -> tuple[str, ...]:
        """Settlement files and accounts go by the code, and what was sold was paid in one way; both are said once."""
        return ("code", "settlement") if obj else ()

    def save_model(self, request: HttpRequest, obj: Biller, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        open_biller_accounts([obj])


class ConnectionForm(ConstraintForm):
    constraint_fields = {"connection_port_valid": "port"}


@admin.register(Connection)
class ConnectionAdmin(SwitchableAdmin):
    """Where a line leads. Status, echo and STAN are the core's to say."""

    form = ConnectionForm
    list_display = (
        "code",
        "biller",
        "address",
        "port",
        "status_label",
        "last_echo_at",
        "timeout_s",
        "is_active",
    )
    list_display_links = ("code",)
    list_filter = ("status", ("biller", RelatedDropdownFilter), "is_active")
    list_select_related = ("biller",)
    search_fields = ("code", "address", "biller__code")
    sortable_by = ("code",)
    ordering = ("code",)
    autocomplete_fields = ("biller",)
    readonly_fields = ("status", "last_echo_at", "last_stan")
    fieldsets = (
        (None, {"fields": (("code", "biller"), ("address", "port"), ("timeout_s", "is_active"))}),
        (_("Line"), {"fields": (("status", "last_echo_at"), "last_stan")}),
    )

    @display(
        description=_("status"),
        label={
            ConnectionStatus.UP: "success",
            ConnectionStatus.DOWN: "danger",
            ConnectionStatus.OFF: "info",
        },
    )
    def status_label(self, connection: Connection) -> tuple[str, str]:
        return connection.status, connection.get_status_display()

    def view_on_site(self, obj: Connection) -> str:
        return reverse("ppob:connection-detail", args=[obj.pk])

    def get_readonly_fields(self, request: HttpRequest, obj: Connection | None = None) -> tuple[str, ...]:
        return ("code", *self.readonly_fields) if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Connection | None = None) -> tuple:
        return self.fieldsets if obj else self.fieldsets[:1]


class UnansweredFilter(admin.SimpleListFilter):
    """What was answered is nearly all of it: that is the list without a filter."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in (MessageState.PENDING, MessageState.TIMED_OUT)]

    def queryset(self, request: HttpRequest, queryset):  # type: ignore[no-untyped-def]  # a queryset, as the base says
        known = {MessageState.PENDING, MessageState.TIMED_OUT}
        return queryset.filter(state=self.value()) if self.value() in known else queryset


@admin.register(Message)
class MessageAdmin(PartitionedAdmin):
    time_field = "at"
    list_display = (
        "at",
        "connection",
        "direction_label",
        "mti",
        "stan",
        "response_code",
        "state_label",
        "milliseconds",
    )
    list_filter = (UnansweredFilter,)
    list_select_related = ("connection",)
    fields = (
        *("at", "connection", "direction", "state", "mti", "stan", "response_code"),
        *("milliseconds", "transaction_id", "body"),
    )

    @display(description=_("direction"))
    def direction_label(self, message: Message) -> str:
        return message.get_direction_display()

    @display(
        description=_("state"),
        label={
            MessageState.ANSWERED: "success",
            MessageState.PENDING: "info",
            MessageState.TIMED_OUT: "warning",
        },
    )
    def state_label(self, message: Message) -> tuple[str, str]:
        return message.state, message.get_state_display()


@admin.register(ReportedBalance)
class ReportedBalanceAdmin(ReadOnlyAdmin):
    """What billers said of our deposit; the page of balances takes it in."""

    list_display = ("biller", "at", "amount_label", "source_label")
    list_filter = (("biller", RelatedDropdownFilter),)
    list_select_related = ("biller",)
    sortable_by = ()
    ordering = ("-id",)
    fields = ("biller", "at", "amount_label", "source_label")

    @display(description=_("source"))
    def source_label(self, reported: ReportedBalance) -> Any:
        return SOURCES.get(reported.source, reported.source)

    @display(description=_("reported balance"))
    def amount_label(self, reported: ReportedBalance) -> str:
        return rupiah(reported.amount)


@admin.register(BillerDay)
class BillerDayAdmin(ReadOnlyAdmin):
    list_display = ("biller", "business_on", "prepared_by", "signed_by", "signed_at")
    list_filter = (("biller", RelatedDropdownFilter),)
    list_select_related = ("biller", "prepared_by", "signed_by")
    sortable_by = ()
    ordering = ("-id",)
    fields = ("biller", "business_on", "prepared_at", "prepared_by", "signed_at", "signed_by")
