from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from organization.access import viewer_of
from organization.admin.acts import act_page
from ppob.access import reaches
from ppob.admin.plain import NationalAdmin, SwitchableAdmin
from ppob.admin.redemption_acts import REDEMPTION_ACTS
from ppob.choices import RedemptionState
from ppob.exceptions import NotOffered
from ppob.models import Achievement, Redemption, Reward
from ppob.services import ask_redemption


@admin.register(Reward)
class RewardAdmin(SwitchableAdmin):
    list_display = ("code", "name", "points", "stock", "is_active")
    list_display_links = ("code", "name")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    ordering = ("code",)
    fields = (("code", "name"), ("points", "stock"), "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Reward | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(Redemption)
class RedemptionAdmin(NationalAdmin):
    """One person asks, another approves; nothing else of it changes."""

    list_display = ("agent", "reward", "points", "state_label", "asked_at", "decided_at")
    list_filter = ("state",)
    list_select_related = ("agent", "reward")
    search_fields = ("agent__agent_id__exact",)
    search_help_text = _("Agent id, in full")
    sortable_by = ()
    ordering = ("-id",)
    autocomplete_fields = ("agent", "reward")
    fields = ("agent", "reward", "points", "state", "asked_at", "decided_at", "transfer_id")
    actions = ("approve_selected", "refuse_selected", "hand_over_selected")

    @action(description=_("Approve"), permissions=["decide"])
    def approve_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, REDEMPTION_ACTS["approve"], name="approve_selected")

    @action(description=_("Refuse"), permissions=["decide"])
    def refuse_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, REDEMPTION_ACTS["refuse"], name="refuse_selected")

    @action(description=_("Handed over"), permissions=["decide"])
    def hand_over_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, REDEMPTION_ACTS["hand_over"], name="hand_over_selected")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return reaches(viewer_of(request), "ppob.decide_redemption")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Redemption | None = None) -> tuple[str, ...]:
        return self.fields if obj else ("agent", "reward")

    def get_readonly_fields(self, request: HttpRequest, obj: Redemption | None = None) -> tuple[str, ...]:
        return self.fields if obj else ()

    def save_model(self, request: HttpRequest, obj: Redemption, form: Any, change: bool) -> None:
        """The form has two fields; the rest of it is the service's."""
        try:
            asked = ask_redemption(agent=obj.agent, reward=obj.reward, actor=viewer_of(request))
        except NotOffered as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        obj.pk, obj.uuid, obj.points = asked.pk, asked.uuid, asked.points

    def log_addition(self, request: HttpRequest, obj: Redemption, message: Any) -> None:
        """The service has left the entry."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "reward":
            kwargs["queryset"] = Reward.objects.filter(is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(
        description=_("state"),
        label={
            RedemptionState.ASKED: "info",
            RedemptionState.APPROVED: "success",
            RedemptionState.REFUSED: "danger",
            RedemptionState.HANDED_OVER: "success",
        },
    )
    def state_label(self, redemption: Redemption) -> tuple[str, str]:
        return redemption.state, redemption.get_state_display()


@admin.register(Achievement)
class AchievementAdmin(NationalAdmin):
    list_display = ("agent", "name", "reached_on", "transactions", "points")
    list_select_related = ("agent",)
    search_fields = ("agent__agent_id__exact", "name__startswith")
    search_help_text = _("Agent id in full, or how the name begins")
    sortable_by = ()
    ordering = ("-id",)
    autocomplete_fields = ("agent",)
    fields = ("agent", ("name", "reached_on"), ("transactions", "points"))

    def get_readonly_fields(self, request: HttpRequest, obj: Achievement | None = None) -> tuple[str, ...]:
        return ("agent",) if obj else ()
