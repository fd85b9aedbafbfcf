from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.partitions import PartitionedTable
from organization.choices import Role
from ppob.choices import DifferenceKind

_MASTER = (
    "agent",
    "corporate",
    "agentdevice",
    "blacklist",
    "apprelease",
    "biller",
    "connection",
    "product",
    "billerproduct",
    "agentprice",
    "bill",
    "limit",
    "virtualaccount",
    "topup",
    "reward",
    "redemption",
    "achievement",
    "merchant",
    "content",
    "pushmessage",
    "setting",
    "apiclient",
    "reportedbalance",
    "savedreport",
    "sftpsource",
    "accountcode",
    "taxrate",
    "login",
)
_READ_ONLY = (
    "account",
    "transfer",
    "entry",
    "hold",
    "transaction",
    "postingexception",
    "advicerequest",
    "bankline",
    "billerday",
    "ledgerday",
    "ledgerproof",
    "salesday",
    "message",
    "settlementprofile",
    "settlementfile",
    "reconciliationrun",
    "difference",
    "depositstatement",
)
_VIEW = tuple(f"view_{name}" for name in (*_MASTER, *_READ_ONLY) if name != "apiclient")
_EXPORT = (
    "export_agent",
    "export_biller",
    "export_connection",
    "export_product",
    "export_account",
    "export_transaction",
    "export_salesday",
    "export_reconciliationrun",
)
# Files, runs, and what becomes of differences; who may approve may not have proposed it.
_RECONCILE = (
    "add_settlementfile",
    "add_reconciliationrun",
    "change_difference",
    "approve_difference",
    "sign_billerday",
)
_OWN_REPORTS = ("add_savedreport", "change_savedreport", "delete_savedreport")


class PpobConfig(AppConfig):
    """The payment-point back office: a ledger, what agents sold, and what billers say of it."""

    name = "ppob"
    verbose_name = "PPOB"

    partitioned_tables = (
        # Ten years, as bookkeeping wants it. Three months behind: the core may report late.
        PartitionedTable(
            "ppob_transaction",
            "occurred_at",
            period="month",
            keep_days=3653,
            ahead_days=35,
            behind_days=93,
            functions_only=True,
        ),
        # Evidence of what was signed: as long as the sales.
        PartitionedTable(
            "ppob_settlement_line",
            "staged_at",
            period="month",
            keep_days=3653,
            ahead_days=35,
            append_only=True,
        ),
        PartitionedTable("ppob_message", "at", period="month", keep_days=100, ahead_days=35),
    )
    role_permissions = {
        Role.PPOB_ADMINISTRATOR: (
            *(f"{act}_{model}" for model in _MASTER for act in ("view", "add", "change")),
            *_VIEW,
            *_EXPORT,
            "delete_savedreport",
            "topup_account",
            "show_ktp",
            "decide_redemption",
            "change_postingexception",
            "add_advicerequest",
            "add_bankline",
            *_RECONCILE,
            "add_settlementprofile",
            "change_settlementprofile",
        ),
        # Monitoring and reports: no insert, update or delete.
        Role.PPOB_STAFF: (*_VIEW, *_EXPORT),
        Role.ACCOUNTANT: (
            *_VIEW,
            *_EXPORT,
            *_OWN_REPORTS,
            "change_postingexception",
            "add_advicerequest",
            "add_bankline",
            *_RECONCILE,
        ),
        Role.AUDITOR: (*_VIEW, *_EXPORT),
    }
    audit_acts = {
        "master.deactivated": _("Switched off"),
        "master.activated": _("Switched on"),
        "agent.activated": _("Agent activated"),
        "agent.blocked": _("Agent blocked"),
        "agent.closed": _("Agent closed"),
        "agent.ktp_shown": _("KTP shown"),
        "device.blocked": _("Device blocked"),
        "device.unblocked": _("Device let in again"),
        "api_client.made": _("PPOB API key made"),
        "api_client.renewed": _("Secret of a PPOB API key renewed"),
        "biller.balance_reported": _("Biller's figure typed in"),
        "topup.matched": _("Top-up matched with the bank"),
        "topup.picked": _("Top-up matched with the bank by hand"),
        "topup.released": _("Top-up parted from the bank's line"),
        "topup.posted": _("Top-up posted"),
        "topup.cancelled": _("Top-up cancelled"),
        "redemption.approved": _("Redemption approved"),
        "redemption.refused": _("Redemption refused"),
        "redemption.handed_over": _("Reward handed over"),
        "product.withdrawn": _("Product taken off sale"),
        "connection.switched_off": _("Connection switched off"),
        "advice.asked": _("Advice asked for"),
        "exception.closed": _("Exception closed"),
        "report.saved": _("Report saved"),
        "report.changed": _("Saved report changed"),
        "report.deleted": _("Saved report deleted"),
        "settlement.received": _("Settlement file received"),
        "settlement.profile_saved": _("Settlement profile saved"),
        "difference.explained": _("Difference explained"),
        "difference.assigned": _("Difference given to somebody"),
        "difference.noted": _("Note on a difference"),
        "difference.disputed": _("Difference disputed"),
        "difference.closed": _("Difference closed"),
        "difference.paired": _("Differences found to be one sale"),
        "difference.proposed": _("Adjustment proposed"),
        "difference.withdrawn": _("Adjustment withdrawn"),
        "difference.adjusted": _("Adjustment approved"),
        "biller_day.reconciled": _("Biller's day reconciled"),
        "biller_day.prepared": _("Biller's day prepared"),
        "biller_day.signed": _("Biller's day signed"),
        "legacy.imported": _("Taken over from the old system"),
    }
    audit_labels = {
        "ktp_number": _("KTP number"),
        "ktp_sealed": _("KTP number"),
        "reported_balance": _("reported balance"),
        "as_of": _("as of"),
        "transfer_id": _("transfer"),
    }
    audit_choices = {"breaks": DifferenceKind.choices}
    # The audit trail shows these masked, and can forget them.
    personal_fields = {
        "agent": {"name", "email", "address", "ktp_picture", "self_picture", "profile_picture"},
        "corporate": {"contact", "phone", "email"},
    }
