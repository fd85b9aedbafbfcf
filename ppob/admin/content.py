from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.modeladmin import ConstraintForm
from ppob.admin.plain import NationalAdmin, SwitchableAdmin
from ppob.models import Content, Merchant, PushMessage, Setting


@admin.register(Merchant)
class MerchantAdmin(SwitchableAdmin):
    list_display = ("code", "name", "agent", "has_qr", "is_active")
    list_display_links = ("code", "name")
    list_filter = ("has_qr", "is_active")
    list_select_related = ("agent",)
    search_fields = ("code", "name")
    sortable_by = ("code",)
    ordering = ("code",)
    autocomplete_fields = ("agent",)
    fields = (("code", "name"), "agent", "address", ("has_qr", "is_active"))

    def get_readonly_fields(self, request: HttpRequest, obj: Merchant | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


class ContentForm(ConstraintForm):
    constraint_fields = {"content_days_in_order": "shown_until"}


@admin.register(Content)
class ContentAdmin(NationalAdmin):
    """Banners and verses; what is over is kept, and ends by its last day."""

    form = ContentForm
    list_display = ("title", "kind_label", "shown_from", "shown_until")
    list_filter = ("kind",)
    search_fields = ("title",)
    ordering = ("-shown_from", "-id")
    fields = (("kind", "title"), "body", "picture", ("shown_from", "shown_until"))

    @display(description=_("kind"))
    def kind_label(self, content: Content) -> str:
        return content.get_kind_display()


@admin.register(PushMessage)
class PushMessageAdmin(NationalAdmin):
    """Written here and fetched by the core; what was sent stays as it was."""

    list_display = ("title", "agent", "sent_at")
    list_select_related = ("agent",)
    search_fields = ("title",)
    sortable_by = ()
    ordering = ("-id",)
    autocomplete_fields = ("agent",)
    fields = ("title", "body", "agent", "sent_at")

    def get_readonly_fields(self, request: HttpRequest, obj: PushMessage | None = None) -> tuple[str, ...]:
        return ("title", "body", "agent", "sent_at") if obj and obj.sent_at else ("sent_at",)


@admin.register(Setting)
class SettingAdmin(NationalAdmin):
    list_display = ("name", "value", "note")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "value", "note")

    def get_readonly_fields(self, request: HttpRequest, obj: Setting | None = None) -> tuple[str, ...]:
        """The app asks by the name; it is given once."""
        return ("name",) if obj else ()
