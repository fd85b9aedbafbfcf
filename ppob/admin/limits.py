from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.modeladmin import ConstraintForm
from core.templatetags.gerai import rupiah
from ppob.admin.plain import NationalAdmin
from ppob.models import Limit
from ppob.services.limits import apply_limits


class LimitForm(ConstraintForm):
    constraint_fields = {
        "limit_for_one": "level",
        "limit_cap_sane": "cap",
        "limit_level_once": "kind",
        "limit_agent_once": "kind",
    }


@admin.register(Limit)
class LimitAdmin(NationalAdmin):
    """Whom a limit is for is said once; how much it allows changes, and holds from the next sale on."""

    form = LimitForm
    list_display = ("for_whom", "kind_label", "cap_label")
    list_filter = ("kind", "level")
    list_select_related = ("agent",)
    search_fields = ("agent__agent_id__exact",)
    search_help_text = _("Agent id, in full")
    sortable_by = ()
    ordering = ("level", "agent", "kind", "id")
    autocomplete_fields = ("agent",)
    fieldsets = (
        (
            None,
            {
                "fields": (("level", "agent"), ("kind", "cap")),
                "description": _("For a level or for one agent, whose own limit wins. It holds from the next sale on."),
            },
        ),
    )  # fmt: skip

    @display(description=_("for"))
    def for_whom(self, limit: Limit) -> str:
        return str(limit.agent) if limit.agent else limit.get_level_display()

    @display(description=_("kind"))
    def kind_label(self, limit: Limit) -> str:
        return limit.get_kind_display()

    @display(description=_("at most"))
    def cap_label(self, limit: Limit) -> str:
        return rupiah(limit.cap)

    def get_readonly_fields(self, request: HttpRequest, obj: Limit | None = None) -> tuple[str, ...]:
        return ("level", "agent", "kind") if obj else ()

    def save_model(self, request: HttpRequest, obj: Limit, form: Any, change: bool) -> None:
        """What accounts may sell follows in the same transaction."""
        super().save_model(request, obj, form, change)
        apply_limits(level=obj.level, agents=[obj.agent] if obj.agent else None)
