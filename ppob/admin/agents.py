from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from core.imports.modeladmin import ImportingAdmin
from core.modeladmin import ConstraintForm
from core.sealed import seal
from organization.access import viewer_of
from organization.admin.acts import act_on_one, act_page
from ppob.access import reaches
from ppob.admin.agent_acts import AGENT_ACTS, DEVICE_ACTS
from ppob.admin.plain import NationalAdmin, SwitchableAdmin
from ppob.choices import AgentStatus
from ppob.exceptions import Blacklisted
from ppob.imports import AgentImport
from ppob.models import Agent, AgentDevice, AppRelease, Blacklist, Corporate
from ppob.models.agents import ktp_validator
from ppob.selectors.agents import is_blacklisted
from ppob.services import equip_agents, show_ktp
from ppob.services.ktp import PICTURES

MASK = "•••"


class NewPictureWidget(UnfoldAdminFileFieldWidget):
    """Takes a new picture and shows no old one, nor a way to it."""

    def is_initial(self, value: Any) -> bool:
        return False


class AgentForm(ConstraintForm):
    """What a service refuses of a new agent, this form refuses as well."""

    constraint_fields = {"agent_id_is_digits": "agent_id"}
    ktp_number = forms.CharField(
        label=_("KTP number"),
        required=False,
        max_length=16,
        validators=[ktp_validator],
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off", "inputmode": "numeric"}),
        help_text=_("Sixteen digits. Left empty, the one that is kept stays."),
    )

    def clean_agent_id(self) -> str:
        number: str = self.cleaned_data["agent_id"]
        if is_blacklisted(number):
            raise forms.ValidationError(str(Blacklisted.default), code=Blacklisted.code)
        return number


@admin.register(Agent)
class AgentAdmin(NationalAdmin, ImportingAdmin):
    import_kind = AgentImport
    form = AgentForm
    list_display = ("agent_id", "name", "city", "level_label", "corporate", "state", "registered_at")
    list_display_links = ("agent_id", "name")
    list_filter = ("status", "level", ("corporate", AutocompleteSelectFilter))
    list_select_related = ("corporate",)
    search_fields = ("agent_id", "name")
    search_help_text = _("Agent id or name")
    sortable_by = ("agent_id", "name", "registered_at")
    ordering = ("agent_id",)
    autocomplete_fields = ("corporate",)
    actions = ("activate_selected", "block_selected", "close_selected")
    actions_detail = (
        "show_ktp",
        {"title": _("Status"), "icon": "manage_accounts", "items": ["activate", "block", "close"]},
    )
    readonly_fields = (
        "status",
        "ktp_kept",
        "app_id",
        "registered_at",
        "last_login_at",
        "failed_logins",
        "failed_pins",
    )
    fieldsets = (
        (None, {"fields": (("agent_id", "name"), ("email", "corporate"), ("address", "city"))}),
        (_("Selling"), {"fields": (("status", "level"), "reference_id")}),
        (
            _("Identity"),
            {
                "fields": ("verification", "ktp_kept", "ktp_number", *PICTURES),
                "description": _("Kept sealed and shown masked. Seeing it takes a right of its own and leaves an entry in the audit trail."),
            },
        ),
        (_("App"), {"fields": ("app_id", ("registered_at", "last_login_at"), ("failed_logins", "failed_pins"))}),
    )  # fmt: skip
    add_fieldsets = (
        (None, {"fields": (("agent_id", "name"), ("email", "corporate"), ("address", "city"))}),
        (_("Selling"), {"fields": ("level", "reference_id")}),
        (_("Identity"), {"fields": ("verification", "ktp_number", *PICTURES)}),
    )

    @display(
        description=_("status"),
        label={
            AgentStatus.ACTIVE: "success",
            AgentStatus.REGISTERED: "info",
            AgentStatus.BLOCKED: "warning",
            AgentStatus.CLOSED: "danger",
        },
    )
    def state(self, agent: Agent) -> tuple[str, str]:
        return agent.status, agent.get_status_display()

    @display(description=_("level"))
    def level_label(self, agent: Agent) -> str:
        return agent.get_level_display()

    @display(description=_("kept"))
    def ktp_kept(self, agent: Agent) -> str:
        kept = [str(_("KTP number"))] if agent.ktp_sealed else []
        kept += [str(_label(name)) for name in PICTURES if getattr(agent, name)]
        return ", ".join(f"{name} {MASK}" for name in kept) or "–"

    @action(description=_("Activate"), permissions=["change"])
    def activate_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, AGENT_ACTS["activate"], name="activate_selected")

    @action(description=_("Block"), permissions=["change"])
    def block_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, AGENT_ACTS["block"], name="block_selected")

    @action(description=_("Delete (close)"), permissions=["change"])
    def close_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, AGENT_ACTS["close"], name="close_selected")

    @action(description=_("Activate"), permissions=["activate"], url_path="activate", icon="check_circle")
    def activate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return act_on_one(self, request, object_id, AGENT_ACTS["activate"], name="activate")

    @action(description=_("Block"), permissions=["block"], url_path="block", icon="block")
    def block(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return act_on_one(self, request, object_id, AGENT_ACTS["block"], name="block")

    @action(description=_("Delete (close)"), permissions=["close"], url_path="close", icon="cancel")
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return act_on_one(self, request, object_id, AGENT_ACTS["close"], name="close")

    @action(description=_("Show KTP"), permissions=["show_ktp"], url_path="show-ktp", icon="badge")
    def show_ktp(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks, and on "Ya" shows number and pictures in that one answer, which no cache keeps."""
        agent = self.get_object(request, object_id)
        if agent is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_show_ktp_permission(request):
            raise PermissionDenied
        is_asked = request.method == "POST" and "confirmed" in request.POST
        ktp = show_ktp(agent=agent, actor=viewer_of(request)) if is_asked else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("KTP of %(agent)s") % {"agent": agent},
            "agent": agent,
            "ktp": ktp,
        }
        return TemplateResponse(request, "ppob/admin/agent_ktp.html", context)

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in PICTURES:
            kwargs["widget"] = NewPictureWidget
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def view_on_site(self, obj: Agent) -> str:
        return reverse("ppob:agent-detail", args=[obj.pk])

    def get_readonly_fields(self, request: HttpRequest, obj: Agent | None = None) -> tuple[str, ...]:
        """The agent id is given once: money hangs on it."""
        return ("agent_id", *self.readonly_fields) if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Agent | None = None) -> Any:
        """Whoever only reads sees what is kept, and no picture's address."""
        if obj is None:
            return self.add_fieldsets
        if self.has_change_permission(request, obj):
            return self.fieldsets
        hidden = {"ktp_number", *PICTURES}
        shown: tuple[tuple[Any, dict[str, Any]], ...] = self.fieldsets
        return [
            (title, {**options, "fields": tuple(name for name in options["fields"] if name not in hidden)})
            for title, options in shown
        ]

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: bool) -> None:
        if not change:
            obj.registered_at = timezone.now()
        if number := form.cleaned_data.get("ktp_number"):
            obj.ktp_sealed = seal(number)
        super().save_model(request, obj, form, change)
        equip_agents([obj])

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> dict[str, tuple[Any, Any]]:
        """That the number changed, the trail says; never what it is."""
        changes = super().construct_change_message(request, form, formsets, add)
        return {name: (None, MASK) if name == "ktp_number" else pair for name, pair in changes.items()}

    def has_show_ktp_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return reaches(viewer_of(request), "ppob.show_ktp")

    def has_activate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._status_is(request, obj, AgentStatus.REGISTERED, AgentStatus.BLOCKED)

    def has_block_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._status_is(request, obj, AgentStatus.REGISTERED, AgentStatus.ACTIVE)

    def has_close_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._status_is(request, obj, AgentStatus.REGISTERED, AgentStatus.ACTIVE, AgentStatus.BLOCKED)

    def _status_is(self, request: HttpRequest, key: Any, *statuses: AgentStatus) -> bool:
        """Whether the button makes sense; unfold asks with the object's key."""
        if not self.has_change_permission(request):
            return False
        agent = self.get_object(request, str(key))
        return agent is None or agent.status in statuses  # nobody there: the act itself says so


def _label(name: str) -> Any:
    return Agent._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # a field of its own


@admin.register(Corporate)
class CorporateAdmin(SwitchableAdmin):
    list_display = ("code", "name", "contact", "is_active")
    list_display_links = ("code", "name")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    ordering = ("code",)
    fieldsets = (
        (None, {"fields": (("code", "name"), "address", ("contact", "phone"), "email", "is_active")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Corporate | None = None) -> tuple[str, ...]:
        """Contracts name the code; it is given once."""
        return ("code",) if obj else ()


@admin.register(AgentDevice)
class AgentDeviceAdmin(NationalAdmin):
    """Phones make themselves known; a person blocks the one that was lost."""

    list_display = ("agent", "model", "app_version", "last_seen_at", "blocked_at")
    list_select_related = ("agent",)
    search_fields = ("agent__agent_id__exact",)
    search_help_text = _("Agent id, in full")
    sortable_by = ()
    ordering = ("-id",)
    fields = readonly_fields = (
        "agent",
        "model",
        "app_version",
        "first_seen_at",
        "last_seen_at",
        "blocked_at",
    )
    actions = ("block_selected", "unblock_selected")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @action(description=_("Block"), permissions=["change"])
    def block_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, DEVICE_ACTS["block"], name="block_selected")

    @action(description=_("Let in again"), permissions=["change"])
    def unblock_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return act_page(self, request, queryset, DEVICE_ACTS["unblock"], name="unblock_selected")


@admin.register(Blacklist)
class BlacklistAdmin(SwitchableAdmin):
    list_display = ("value", "reason", "added_at", "is_active")
    list_filter = ("is_active",)
    search_fields = ("value", "reason")
    sortable_by = ("value",)
    ordering = ("value",)
    fields = ("value", "reason", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Blacklist | None = None) -> tuple[str, ...]:
        return ("value",) if obj else ()


@admin.register(AppRelease)
class AppReleaseAdmin(NationalAdmin):
    list_display = ("platform", "version", "released_on", "is_mandatory")
    list_display_links = ("platform", "version")
    list_filter = ("platform", "is_mandatory")
    search_fields = ("platform", "version")
    ordering = ("-released_on", "-id")
    fields = (("platform", "version"), ("released_on", "is_mandatory"), "note")
