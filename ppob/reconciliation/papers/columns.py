"""What stands beside each other: both sides of a difference, and a matched line."""

from django.utils.translation import gettext_lazy as _

from core.exports import Column
from ppob.choices import TransactionState
from ppob.models import Difference
from ppob.reconciliation.reasons import said


def _state_there(one: Difference) -> str | None:
    return None if one.their_success is None else str(_("Successful") if one.their_success else _("Failed"))


def _state_here(one: Difference) -> str:
    return str(dict(TransactionState.choices).get(one.our_state, one.our_state))


def _why(one: Difference) -> str:
    return "; ".join(part for part in (said(one.reason) if one.reason else "", one.explanation) if part)


# On paper what a page has room for.
DIFFERENCES = (
    Column("kind", _("Kind"), "status", Difference.get_kind_display, width=17),
    Column("noref", _("Noref"), "identifier", width=15),
    Column("customer_id", _("Customer id"), "identifier", width=15),
    Column("product", _("Product"), "identifier", width=12),
    Column("occurred_at", _("Transaction time"), "datetime", width=21),
    Column("our_state", _("Our status"), "status", _state_here, width=10, on_paper=False),
    Column("our_amount", _("Our amount"), "rupiah", width=15),
    Column("our_net", _("Our net"), "rupiah", on_paper=False),
    Column("our_commission", _("Our commission"), "rupiah", on_paper=False),
    Column("their_success", _("Status at the biller"), "status", _state_there, on_paper=False),
    Column("their_amount", _("Biller's amount"), "rupiah", width=15),
    Column("their_net", _("Biller's net"), "rupiah", on_paper=False),
    Column("their_commission", _("Biller's commission"), "rupiah", on_paper=False),
    Column("impact", _("Effect on the deposit"), "rupiah", width=14),
    Column("correction", _("Correction of our book"), "rupiah", on_paper=False),
    Column("line", _("Line"), "int", width=8, on_paper=False),
    Column("state", _("Status"), "status", Difference.get_state_display, width=13),
    Column("proposed_amount", _("Adjustment"), "rupiah", on_paper=False),
    Column("owner", _("Owner"), value="owner.name", on_paper=False),
    Column("explanation", _("Explanation"), value=_why, width=26),
)
PAIRS = (
    Column("noref", _("Noref"), "identifier", width=18),
    Column("customer_id", _("Customer id"), "identifier", width=18),
    Column("product", _("Product"), "identifier"),
    Column("at", _("Transaction time"), "datetime"),
    Column("amount", _("Biller's amount"), "rupiah"),
    Column("commission", _("Biller's commission"), "rupiah"),
    Column("file", _("File"), "text"),
    Column("line", _("Line"), "int"),
)
