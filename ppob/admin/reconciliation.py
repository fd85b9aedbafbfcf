"""Evidence of reconciliations, to read: what people do about it they do on the portal's pages, by the services."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from core.templatetags.gerai import number, rupiah
from ppob.admin.plain import ReadOnlyAdmin
from ppob.choices import DifferenceKind, DifferenceState
from ppob.models import (
    DepositStatement,
    Difference,
    ReconciliationRun,
    SettlementFile,
    SettlementProfile,
)
from ppob.reconciliation.reasons import said
from ppob.settlement_places import TRAILER, VALUES, write_place


class OfADay(ReadOnlyAdmin):
    """Base of what belongs to a biller's day: newest first, and one step from the day's page."""

    list_filter: Any = (("biller", RelatedDropdownFilter),)
    list_select_related: tuple[str, ...] = ("biller",)
    sortable_by = ()
    ordering = ("-id",)
    show_full_result_count = False

    def view_on_site(self, obj: Any) -> str:
        return reverse("ppob:reconciliation-day", args=[obj.biller_id, obj.business_on])


@admin.register(SettlementProfile)
class SettlementProfileAdmin(ReadOnlyAdmin):
    """Changed on the portal, where the first lines of a file are shown as they are read."""

    list_display = ("biller", "form_label", "line_rule_label", "runs_at", "due_at", "is_active")
    list_select_related = ("biller",)
    list_filter = ("form", "is_active")
    search_fields = ("biller__code", "biller__name")
    sortable_by = ()
    ordering = ("biller__code",)
    fields = (
        *(
            "biller",
            "form",
            "inner_form",
            "encoding",
            "delimiter",
            "header_lines",
            "places",
            "trailer_places",
        ),
        *("date_form", "time_form", "time_zone", "number_form", "success_words", "failure_words"),
        *(
            "amount_means",
            "line_rule",
            "cut_off_margin",
            "runs_at",
            "due_at",
            "closed_weekdays",
            "holidays",
            "is_active",
        ),
    )

    @display(description=_("form"))
    def form_label(self, profile: SettlementProfile) -> str:
        return profile.get_form_display()

    @display(description=_("lines and sales"))
    def line_rule_label(self, profile: SettlementProfile) -> str:
        return profile.get_line_rule_display()

    @display(description=_("where each value stands"))
    def places(self, profile: SettlementProfile) -> str:
        names = [(name, label) for name, label, _needed in VALUES]
        return _told(names, profile.columns)

    @display(description=_("trailer"))
    def trailer_places(self, profile: SettlementProfile) -> str:
        if not profile.trailer:
            return "–"
        return f"{profile.trailer.get('starts', '')} ({_told(TRAILER, profile.trailer)})"

    def view_on_site(self, obj: SettlementProfile) -> str:
        return reverse("ppob:settlement-profile-list")


@admin.register(SettlementFile)
class SettlementFileAdmin(OfADay):
    list_display = (
        "name", "biller", "business_on", "source_label", "received_at", "lines_label", "rejected_label", "is_replaced",
    )  # fmt: skip
    list_display_links = ("name",)
    search_fields = ("name", "sha256__exact")
    fields = (
        *(
            "name",
            "biller",
            "business_on",
            "source_label",
            "received_at",
            "received_by",
            "lines_label",
            "rejected_label",
        ),
        *("amount_label", "closing_label", "size", "sha256", "is_replaced"),
    )

    @display(description=_("source"))
    def source_label(self, file: SettlementFile) -> str:
        return file.get_source_display()

    @display(description=_("lines"))
    def lines_label(self, file: SettlementFile) -> str:
        return number(file.lines)

    @display(description=_("rejected lines"))
    def rejected_label(self, file: SettlementFile) -> str:
        return number(file.rejected)

    @display(description=_("amount"))
    def amount_label(self, file: SettlementFile) -> str:
        return rupiah(file.amount)

    @display(description=_("closing balance"))
    def closing_label(self, file: SettlementFile) -> str:
        return rupiah(file.closing)

    def view_on_site(self, obj: SettlementFile) -> str:
        return reverse("ppob:settlement-file", args=[obj.pk])


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(OfADay):
    list_display = (
        "biller",
        "business_on",
        "number",
        "ended_at",
        "matched_label",
        "different_label",
        "rejected_label",
    )
    fields = (
        *("biller", "business_on", "number", "started_at", "ended_at", "started_by"),
        *(
            "lines_told",
            "ours_told",
            "matched_label",
            "different_label",
            "rejected_label",
            "resolved",
            "carried_in",
        ),
        *("kinds", "digest_label"),
    )

    @display(description=_("matched"))
    def matched_label(self, run: ReconciliationRun) -> str:
        return f"{number(run.matched)} ({rupiah(run.matched_amount)})"

    @display(description=_("lines with a difference"))
    def different_label(self, run: ReconciliationRun) -> str:
        return f"{number(run.different_lines)} ({rupiah(run.different_amount)})"

    @display(description=_("rejected lines"))
    def rejected_label(self, run: ReconciliationRun) -> str:
        return number(run.rejected)

    @display(description=_("lines"))
    def lines_told(self, run: ReconciliationRun) -> str:
        return f"{number(run.lines)} ({rupiah(run.lines_amount)})"

    @display(description=_("our sales"))
    def ours_told(self, run: ReconciliationRun) -> str:
        return f"{number(run.ours)} ({rupiah(run.ours_amount)})"

    @display(description=_("differences by kind"))
    def kinds(self, run: ReconciliationRun) -> str:
        told = [
            f"{DifferenceKind(kind).label}: {number(count)}" for kind, count in run.breaks.items() if count
        ]
        return ", ".join(told) or "–"

    @display(description=_("digest"))
    def digest_label(self, run: ReconciliationRun) -> str:
        return bytes(run.digest).hex()


@admin.register(Difference)
class DifferenceAdmin(OfADay):
    list_display = (
        "kind_label",
        "biller",
        "business_on",
        "noref",
        "our_label",
        "their_label",
        "state_label",
        "owner",
    )
    list_display_links = ("kind_label",)
    list_filter = (("biller", RelatedDropdownFilter), "kind", "state")
    list_select_related = ("biller", "owner")
    search_fields = ("noref__exact", "customer_id__exact")
    search_help_text = _("Noref or customer, in full")
    fields = (
        *(
            "kind_label",
            "biller",
            "business_on",
            "noref",
            "customer_id",
            "product",
            "occurred_at",
            "our_state",
            "our_label",
        ),
        *(
            "file",
            "line",
            "their_success",
            "their_label",
            "impact_label",
            "reason_label",
            "state_label",
            "owner",
            "explanation",
        ),
        *("proposed_label", "proposed_by", "approved_by", "found_at", "changed_at", "gone"),
    )

    @display(description=_("kind"))
    def kind_label(self, one: Difference) -> str:
        return one.get_kind_display()

    @display(
        description=_("status"),
        label={
            DifferenceState.OPEN: "warning",
            DifferenceState.CARRIED: "info",
            DifferenceState.EXPLAINED: "success",
            DifferenceState.ADJUSTED: "success",
            DifferenceState.DISPUTED: "danger",
            DifferenceState.CLOSED: "info",
        },
    )
    def state_label(self, one: Difference) -> tuple[str, str]:
        return one.state, one.get_state_display()

    @display(description=_("our amount"))
    def our_label(self, one: Difference) -> str:
        return rupiah(one.our_amount)

    @display(description=_("biller's amount"))
    def their_label(self, one: Difference) -> str:
        return rupiah(one.their_amount)

    @display(description=_("effect on the deposit"))
    def impact_label(self, one: Difference) -> str:
        return rupiah(one.impact)

    @display(description=_("proposed adjustment"))
    def proposed_label(self, one: Difference) -> str:
        return rupiah(one.proposed_amount)

    @display(description=_("reason"))
    def reason_label(self, one: Difference) -> str:
        return said(one.reason) if one.reason else "–"

    def view_on_site(self, obj: Difference) -> str:
        return reverse("ppob:difference", args=[obj.pk])


@admin.register(DepositStatement)
class DepositStatementAdmin(OfADay):
    list_display = (
        "biller",
        "business_on",
        "expected_label",
        "reported_label",
        "unexplained_label",
        "payable_label",
    )
    fields = (
        *(
            "biller",
            "business_on",
            "run",
            "opening_label",
            "topups_label",
            "sales_label",
            "adjustments_label",
        ),
        *(
            "expected_label",
            "reported_label",
            "explained_label",
            "unexplained_label",
            "payable_label",
            "due_at",
        ),
    )

    @display(description=_("opening"))
    def opening_label(self, one: DepositStatement) -> str:
        return rupiah(one.opening)

    @display(description=_("top-ups"))
    def topups_label(self, one: DepositStatement) -> str:
        return rupiah(one.topups)

    @display(description=_("sales"))
    def sales_label(self, one: DepositStatement) -> str:
        return rupiah(one.sales)

    @display(description=_("adjustments"))
    def adjustments_label(self, one: DepositStatement) -> str:
        return rupiah(one.adjustments)

    @display(description=_("expected"))
    def expected_label(self, one: DepositStatement) -> str:
        return rupiah(one.expected)

    @display(description=_("reported"))
    def reported_label(self, one: DepositStatement) -> str:
        return rupiah(one.reported)

    @display(description=_("explained"))
    def explained_label(self, one: DepositStatement) -> str:
        return rupiah(one.explained)

    @display(description=_("unexplained"))
    def unexplained_label(self, one: DepositStatement) -> str:
        return rupiah(one.unexplained)

    @display(description=_("to be transferred"))
    def payable_label(self, one: DepositStatement) -> str:
        return rupiah(one.payable)


def _told(names: Any, places: dict[str, Any]) -> str:
    return ", ".join(f"{label} {write_place(places[name])}" for name, label in names if name in places)
