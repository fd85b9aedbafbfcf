from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.templatetags.gerai import rupiah
from ppob.admin.plain import ReadOnlyAdmin, SwitchableAdmin
from ppob.choices import TopUpState
from ppob.models import BankLine, TopUp, VirtualAccount


@admin.register(VirtualAccount)
class VirtualAccountAdmin(SwitchableAdmin):
    list_display = ("number", "bank", "agent", "is_active")
    list_display_links = ("number",)
    list_select_related = ("agent",)
    search_fields = ("number__exact", "agent__agent_id__exact")
    search_help_text = _("Account number or agent id, in full")
    sortable_by = ("number",)
    ordering = ("number",)
    autocomplete_fields = ("agent",)
    fieldsets = ((None, {"fields": ("agent", ("bank", "number"), "is_active")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: VirtualAccount | None = None) -> tuple[str, ...]:
        """Money that comes to a number belongs to one agent for good."""
        return ("agent", "bank", "number") if obj else ()


@admin.register(TopUp)
class TopUpAdmin(ReadOnlyAdmin):
    """Announced, matched and posted where balances are watched; here it is looked up."""

    list_display = ("reference", "agent", "biller", "amount_label", "state_label", "asked_at")
    list_select_related = ("agent", "biller")
    search_fields = ("reference__exact", "agent__agent_id__exact", "biller__code__exact")
    search_help_text = _("Reference, agent id or biller, in full")
    sortable_by = ()
    ordering = ("-id",)
    fields = ("reference", "agent", "biller", "amount_label", "state", "asked_at", "bank_line", "transfer_id")

    @display(description=_("amount"))
    def amount_label(self, topup: TopUp) -> str:
        return rupiah(topup.amount)

    @display(
        description=_("state"),
        label={
            TopUpState.WAITING: "info",
            TopUpState.MATCHED: "warning",
            TopUpState.POSTED: "success",
            TopUpState.CANCELLED: "danger",
        },
    )
    def state_label(self, topup: TopUp) -> tuple[str, str]:
        return topup.state, topup.get_state_display()


@admin.register(BankLine)
class BankLineAdmin(ReadOnlyAdmin):
    list_display = ("booked_on", "bank", "amount_label", "reference", "description")
    list_display_links = ("reference",)
    search_fields = ("reference",)
    sortable_by = ()
    ordering = ("-booked_on", "-id")
    fields = ("bank", "booked_on", "amount_label", "reference", "description")

    @display(description=_("amount"))
    def amount_label(self, line: BankLine) -> str:
        return rupiah(line.amount)
