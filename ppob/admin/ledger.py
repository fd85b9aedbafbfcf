"""The ledger, to read: only the database's own functions write it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.templatetags.gerai import number, rupiah, short_date
from ppob.admin.plain import ReadOnlyAdmin
from ppob.choices import Asset, HoldState
from ppob.models import Account, Hold, LedgerDay, Transfer
from ppob.selectors.ledger_lines import Line, lines_of_transfer, newest_lines, with_unfolded


def amount_text(amount: int | None, asset: str) -> str:
    return rupiah(amount) if asset == Asset.IDR else number(amount)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("code", "kind_label", "agent", "biller", "balance_label", "held_label", "floor_label")
    list_display_links = ("code",)
    list_select_related = ("agent", "biller")
    search_fields = ("code__exact", "agent__agent_id__exact", "biller__code__exact")
    search_help_text = _("Account code, agent id or biller, in full")
    sortable_by = ("code",)
    ordering = ("code",)
    fields = (
        *("code", "kind", "asset", "agent", "biller", "balance_label", "held_label", "floor_label"),
        *("item_label", "day_label", "month_label", "entries"),
    )

    @display(description=_("kind"))
    def kind_label(self, account: Account) -> str:
        return account.get_kind_display()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return with_unfolded(super().get_queryset(request))

    @display(description=_("balance"))
    def balance_label(self, account: Any) -> str:
        """A shared account's deltas count before they are folded."""
        return amount_text(account.balance + account.sign * account.unfolded, account.asset)

    @display(description=_("held"))
    def held_label(self, account: Account) -> str:
        return amount_text(account.held, account.asset)

    @display(description=_("floor"))
    def floor_label(self, account: Account) -> str:
        return amount_text(account.min_balance, account.asset)

    @display(description=_("limit of one sale"))
    def item_label(self, account: Account) -> str:
        return amount_text(account.item_cap, account.asset)

    @display(description=_("limit of a day"))
    def day_label(self, account: Account) -> str:
        return amount_text(account.day_cap, account.asset)

    @display(description=_("limit of a month"))
    def month_label(self, account: Account) -> str:
        return amount_text(account.month_cap, account.asset)

    @display(description=_("newest entries"))
    def entries(self, account: Account) -> str:
        return lines_table(newest_lines(account))


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind_label", "amount", "posted_on", "memo", "created_at")
    search_fields = ("key__exact",)
    search_help_text = _("Key, in full")
    sortable_by = ()
    ordering = ("-id",)
    fields = (
        *("key", "kind", "amount", "posted_on", "business_on", "transaction_id", "reverses_id"),
        *("memo", "created_at", "lines"),
    )

    @display(description=_("kind"))
    def kind_label(self, transfer: Transfer) -> str:
        return transfer.get_kind_display()

    @display(description=_("reverses"))
    def reverses_id(self, transfer: Transfer) -> str:
        return str(transfer.reverses_id or "–")

    @display(description=_("entries"))
    def lines(self, transfer: Transfer) -> str:
        return lines_table(lines_of_transfer(transfer))


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "amount_label", "state_label", "created_at", "expires_at", "ended_at")
    list_select_related = ("account",)
    search_fields = ("key__exact",)
    search_help_text = _("Key, in full")
    sortable_by = ()
    ordering = ("-id",)
    fields = ("key", "account", "amount_label", "state", "created_at", "expires_at", "ended_at")

    @display(description=_("amount"))
    def amount_label(self, hold: Hold) -> str:
        return rupiah(hold.amount)

    @display(
        description=_("state"),
        label={
            HoldState.OPEN: "info",
            HoldState.CAPTURED: "success",
            HoldState.RELEASED: "warning",
            HoldState.EXPIRED: "danger",
        },
    )
    def state_label(self, hold: Hold) -> tuple[str, str]:
        return hold.state, hold.get_state_display()


@admin.register(LedgerDay)
class LedgerDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "transfers", "entries", "moved_label", "closed_at")
    sortable_by = ()
    ordering = ("-day",)
    fields = ("day", "transfers", "entries", "moved_label", "hex_digest", "closed_at")

    @display(description=_("debits"))
    def moved_label(self, day: LedgerDay) -> str:
        return rupiah(day.moved)

    @display(description=_("digest"))
    def hex_digest(self, day: LedgerDay) -> str:
        return bytes(day.digest).hex()


def lines_table(lines: list[Line]) -> Any:
    """Entries below each other; wide ones scroll inside."""
    if not lines:
        return "–"
    rows = format_html_join(
        "",
        '<tr><td>{}</td><td>{}</td><td class="g-amount">{}</td><td class="g-amount">{}</td></tr>',
        (
            (
                line.label,
                short_date(line.posted_on),
                amount_text(line.amount, line.asset),
                "–" if line.balance_after is None else amount_text(line.balance_after, line.asset),
            )
            for line in lines
        ),
    )
    return format_html(
        '<div class="g-lines" tabindex="0"><table><thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col" class="g-amount">{}</th><th scope="col" class="g-amount">{}</th></tr></thead>'
        "<tbody>{}</tbody></table></div>",
        _("account or transfer"), _("ledger day"), _("amount"), _("balance"), rows,
    )  # fmt: skip
