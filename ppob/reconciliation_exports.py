"""What of billers' days is taken home as a list; a day's own papers are another thing."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.exports.columns import Column
from core.exports.spec import ExportSpec
from ppob.choices import TransactionState
from ppob.models import Biller, Difference
from ppob.reconciliation.reasons import said


def difference_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("business_on", _("Business day"), "date"),
        Column("biller", _("Biller"), value="biller.name", width=18),
        Column("kind", _("Kind"), "status", Difference.get_kind_display, width=20),
        Column("state", _("State"), "status", Difference.get_state_display, width=20),
        Column("noref", _("Noref"), "identifier"),
        Column("customer_id", _("Customer id"), "identifier", width=15),
        Column("product", _("Product code"), "identifier", on_paper=False),
        Column("occurred_at", _("Transaction time"), "datetime", width=22, on_paper=False),
        Column("our_state", _("Our status"), "status", _our_state, width=12),
        Column("our_amount", _("Our amount"), "rupiah", width=15),
        Column("our_net", _("Our net"), "rupiah", width=15, on_paper=False),
        Column("their_state", _("Biller's status"), "status", _their_state, width=12),
        Column("their_amount", _("Biller's amount"), "rupiah", width=15),
        Column("their_net", _("Biller's net"), "rupiah", width=15, on_paper=False),
        Column("impact", _("Effect on the deposit"), "rupiah", width=15),
        Column("owner", _("Owner"), value="owner.name", width=20),
        Column("reason", _("Reason"), value=_reason, width=30, on_paper=False),
        Column("explanation", _("Explanation"), width=30),
    )


def _our_state(row: Difference) -> Any:
    return TransactionState(row.our_state).label if row.our_state else ""


def _their_state(row: Difference) -> Any:
    if row.their_success is None:
        return ""
    return (TransactionState.SUCCESS if row.their_success else TransactionState.FAILED).label


def _reason(row: Difference) -> str:
    return said(row.reason) if row.reason else ""


DIFFERENCES = ExportSpec(
    name="ppob.difference",
    title=_("Differences"),
    permission="ppob.export_reconciliationrun",
    columns=difference_columns,
)


def profile_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("code", _("Code"), "identifier"),
        Column("name", _("Biller"), width=22),
        Column(
            "form", pgettext_lazy("settlement file", "Form"), value=_of_profile("get_form_display"), width=16
        ),
        Column("line_rule", _("Lines and sales"), value=_of_profile("get_line_rule_display"), width=20),
        Column(
            "amount_means", _("What the amount is"), value=_of_profile("get_amount_means_display"), width=24
        ),
        Column("runs_at", _("Reconciled at"), value=_of_profile("runs_at"), width=12),
        Column("due_at", _("Settled until"), value=_of_profile("due_at"), width=12),
        Column("is_active", _("Active"), "status", _is_used, width=8),
    )


def _is_used(biller: Biller) -> Any:
    profile = getattr(biller, "settlement_profile", None)
    return "" if profile is None else _("Yes") if profile.is_active else _("No")


def _of_profile(name: str) -> Any:
    def read(biller: Biller) -> Any:
        profile = getattr(biller, "settlement_profile", None)
        value = getattr(profile, name) if profile else ""
        value = value() if callable(value) else value
        return f"{value:%H.%M}" if hasattr(value, "hour") else value

    return read


PROFILES = ExportSpec(
    name="ppob.settlementprofile",
    title=_("Settlement profiles"),
    permission="ppob.export_reconciliationrun",
    columns=profile_columns,
)
