"""What the lists of balances and money export."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.exports import Column, ExportSpec
from ppob.models import Account, BankLine, Redemption, TopUp
from ppob.papers import write_statement
from ppob.selectors.balances import BillerBalance, balances_of
from ppob.selectors.statements import told


def balance_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("code", _("Code"), "identifier", "biller.code"),
        Column("name", _("Biller"), value="biller.name", width=24),
        Column("settlement", _("Settlement"), "status", lambda one: one.biller.get_settlement_display()),
        Column("book", _("Book balance"), "rupiah"),
        Column("reported", _("Biller's figure"), "rupiah"),
        Column("reported_at", _("As of"), "datetime"),
        Column("difference", _("Difference"), "rupiah"),
        Column("spent_a_day", _("Spent a day"), "rupiah"),
        Column("days_left", _("Days left"), "decimal", _days_left),
        Column("available", _("Products available"), "int", width=10),
        Column("products", _("Products"), "int", width=10, on_paper=False),
        Column("success_rate", _("Successful today (%)"), "decimal", _rate, width=12),
    )


def account_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("code", _("Account"), "identifier", width=26),
        Column("kind", _("Kind"), "status", Account.get_kind_display, width=22),
        Column("owner", _("Owner"), value=_owner),
        Column("asset", _("Unit"), "status", Account.get_asset_display, width=10),
        Column("now", _("Balance"), "int", width=18),
        Column("held", _("Held"), "int", width=18),
    )


def movement_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("number", _("No."), "int", width=10),
        Column("at", _("Time"), "datetime"),
        Column("posted_on", _("Ledger day"), "date"),
        Column("kind", _("Kind"), "status", "kind_label", width=20),
        Column("memo", _("Memo"), width=34),
        Column("transfer", _("Transfer"), "identifier", lambda one: one.transfer_id or ""),
        Column("raised", _("Increase"), "int", width=18),
        Column("lowered", _("Decrease"), "int", width=18),
        Column("balance", _("Balance"), "int", width=18),
    )


def topup_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("asked_at", _("Asked"), "datetime"),
        Column("reference", _("Reference"), "identifier", width=22),
        Column("for", pgettext_lazy("top-up", "For"), "status", _for),
        Column("owner_id", _("Code"), "identifier", _code),
        Column("owner", _("Name"), value=lambda one: (one.agent or one.biller).name),
        Column("amount", _("Amount"), "rupiah"),
        Column("state", _("State"), "status", TopUp.get_state_display),
        Column("bank", _("Bank"), value="bank_line.bank", width=12),
        Column("booked_on", _("Booked"), "date", "bank_line.booked_on"),
    )


def bank_line_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("reference", _("Reference"), "identifier", width=26),
        Column("bank", _("Bank"), width=12),
        Column("booked_on", _("Booked"), "date"),
        Column("amount", _("Amount"), "rupiah"),
        Column("description", _("Description"), width=34),
        Column("topup", _("Top-up"), "identifier", _topup_of, width=22),
    )


def redemption_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("asked_at", _("Asked"), "datetime"),
        Column("reward_code", _("Code"), "identifier", "reward.code"),
        Column("reward", _("Reward"), value="reward.name"),
        Column("agent_id", _("Agent id"), "identifier", "agent.agent_id", width=16),
        Column("agent", _("Agent"), value="agent.name"),
        Column("points", _("Points"), "int"),
        Column("state", _("State"), "status", Redemption.get_state_display),
        Column("asked_by", _("Asked by"), value=lambda one: one.asked_by.name if one.asked_by else ""),
        Column(
            "decided_by", _("Decided by"), value=lambda one: one.decided_by.name if one.decided_by else ""
        ),
    )


def day_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("day", _("Ledger day"), "date"),
        Column("transfers", _("Transfers"), "int"),
        Column("entries", _("Entries"), "int"),
        Column("moved", _("Debits"), "int", width=20),
        Column("digest", _("Hash (SHA-256)"), "identifier", lambda one: bytes(one.digest).hex(), width=66),
        Column("closed_at", _("Closed"), "datetime"),
    )


def _topup_of(line: BankLine) -> str:
    topup = getattr(line, "topup", None)
    return topup.reference if topup else ""


def _movements(rows: list[Any]) -> Iterable[Any]:
    return told(rows[0].account, rows) if rows else []


def _owner(account: Account) -> str:
    owner = account.agent or account.biller
    return owner.name if owner else ""


def _code(topup: TopUp) -> str:
    return topup.agent.agent_id if topup.agent else topup.biller.code  # type: ignore[union-attr]  # one of them


def _for(topup: TopUp) -> Any:
    return _("Agent's balance") if topup.agent_id else _("Deposit at biller")


def _days_left(one: BillerBalance) -> float | None:
    return None if one.days_left is None else round(one.days_left, 1)


def _rate(one: BillerBalance) -> float | None:
    return None if one.success_rate is None else round(one.success_rate, 1)


BALANCES = ExportSpec(
    name="ppob.balance",
    title=_("Biller balances"),
    permission="ppob.export_biller",
    columns=balance_columns,
    tell=balances_of,
)
ACCOUNTS = ExportSpec(
    name="ppob.account", title=_("Accounts"), permission="ppob.export_account", columns=account_columns
)
STATEMENT = ExportSpec(
    name="ppob.statement",
    title=_("Account statement"),
    permission="ppob.export_account",
    columns=movement_columns,
    tell=_movements,
    paper=write_statement,
)
TOPUPS = ExportSpec(
    name="ppob.topup", title=_("Top-ups"), permission="ppob.export_account", columns=topup_columns
)
BANK_LINES = ExportSpec(
    name="ppob.bankline",
    title=_("Bank statement"),
    permission="ppob.export_account",
    columns=bank_line_columns,
)
REDEMPTIONS = ExportSpec(
    name="ppob.redemption",
    title=_("Redemptions"),
    permission="ppob.export_account",
    columns=redemption_columns,
)
LEDGER_DAYS = ExportSpec(
    name="ppob.ledgerday", title=_("Ledger days"), permission="ppob.export_account", columns=day_columns
)


JOURNAL_COLUMNS = (
    Column("day", _("Date"), "date"),
    Column("number", _("Journal number"), "identifier", width=30),
    Column("code", _("Account code"), "identifier"),
    Column("account", _("Account"), "text", width=24),
    Column("biller", _("Biller"), "identifier", width=12),
    Column("description", _("Description"), "text", width=22),
    Column("debit", _("Debit"), "rupiah"),
    Column("credit", _("Credit"), "rupiah"),
)
COMMISSION_COLUMNS = (
    Column("biller", _("Biller"), "identifier", "biller.code", width=12),
    Column("name", _("Name"), "text", "biller.name", width=22),
    Column("since", _("From"), "date"),
    Column("until", _("Until"), "date"),
    Column("sold", _("Sold"), "int", width=10),
    Column("commission", _("Commission"), "rupiah"),
    Column("base", _("DPP"), "rupiah"),
    Column("ppn_rate", _("PPN (%)"), "decimal", "rate.ppn", width=9),
    Column("ppn", _("PPN"), "rupiah", width=15),
    Column("pph_rate", _("PPh (%)"), "decimal", "rate.pph", width=9),
    Column("pph", _("PPh"), "rupiah", width=15),
    Column("receivable", _("To be received"), "rupiah"),
)
