"""What agents sold, to look up by a number that is known; the report page is where one reads, filters and downloads."""

from datetime import timedelta

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.templatetags.gerai import rupiah
from ppob.admin.plain import PartitionedAdmin
from ppob.choices import TransactionState
from ppob.models import Transaction


@admin.register(Transaction)
class TransactionAdmin(PartitionedAdmin):
    time_field = "occurred_at"
    recent = timedelta(days=35)
    list_display = (
        "occurred_at",
        "agent",
        "noref",
        "customer_id",
        "product",
        "biller",
        "total_label",
        "state_label",
    )
    list_display_links = ("occurred_at", "noref")
    list_select_related = ("agent", "product", "biller")
    search_fields = ("noref__exact", "customer_id__exact", "serial__exact")
    search_help_text = _("Noref, customer id or token, in full")
    fields = (
        *("occurred_at", "business_on", "posted_on", "agent", "noref", "customer_id", "product", "biller"),
        *("source_account", "state", "response_code", "stan", "serial", "milliseconds", "sheets"),
        *("bill_label", "fine_label", "biller_fee_label", "counter_fee_label", "total_label"),
        *("commission_label", "share_label", "net_label", "points"),
    )

    @display(
        description=_("status"),
        label={
            TransactionState.SUCCESS: "success",
            TransactionState.FAILED: "danger",
            TransactionState.SUSPECT: "warning",
            TransactionState.PENDING: "info",
            TransactionState.REVERSED: "info",
        },
    )
    def state_label(self, sale: Transaction) -> tuple[str, str]:
        return sale.state, sale.get_state_display()

    @display(description=_("bill"))
    def bill_label(self, sale: Transaction) -> str:
        return rupiah(sale.bill)

    @display(description=_("fine"))
    def fine_label(self, sale: Transaction) -> str:
        return rupiah(sale.fine)

    @display(description=_("biller's admin fee"))
    def biller_fee_label(self, sale: Transaction) -> str:
        return rupiah(sale.biller_fee)

    @display(description=_("counter's admin fee"))
    def counter_fee_label(self, sale: Transaction) -> str:
        return rupiah(sale.counter_fee)

    @display(description=_("total"))
    def total_label(self, sale: Transaction) -> str:
        return rupiah(sale.total)

    @display(description=_("biller's commission"))
    def commission_label(self, sale: Transaction) -> str:
        return rupiah(sale.commission)

    @display(description=_("agent's share"))
    def share_label(self, sale: Transaction) -> str:
        return rupiah(sale.agent_share)

    @display(description=_("net to the deposit"))
    def net_label(self, sale: Transaction) -> str:
        return rupiah(sale.net)
