from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from organization.access import viewer_of
from organization.admin.acts import Act, act_on_one
from organization.fresh_factor import require_fresh_factor
from ppob.admin.plain import SwitchableAdmin
from ppob.models import ApiClient
from ppob.services import make_api_client, renew_secret


def _secret_line(client: ApiClient, secret: str) -> str:
    text = gettext(
        "Key id %(key)s, secret %(secret)s. The secret is shown only now: hand it over, do not mail it."
    )
    return text % {"key": client.key_id, "secret": secret}  # fmt: skip


def _renew(client: ApiClient, form: Any, actor: Any) -> str:
    return _secret_line(client, renew_secret(client=client, actor=actor))


RENEW = Act(
    title=_("Renew the secret"),
    question=_(
        "From this moment on what the old secret signs is refused: the program has to get the new one."
    ),
    verb=_("Yes, renew"),
    permission="ppob.change_apiclient",
    carry_out=_renew,
    is_dangerous=True,
    needs_fresh_factor=True,
)


@admin.register(ApiClient)
class ApiClientAdmin(SwitchableAdmin):
    """Which programs report sales. Whoever makes a key sees its secret once; the database holds it sealed."""

    list_display = ("name", "key_id", "created_at", "last_seen_at", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "key_id")
    sortable_by = ()
    ordering = ("-id",)
    actions_detail = ("renew",)
    readonly_fields = ("key_id", "created_at", "last_seen_at")
    fields = ("name", "key_id", "is_active", ("created_at", "last_seen_at"))

    @action(description=_("Renew the secret"), permissions=["change"], url_path="renew", icon="key")
    def renew(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return act_on_one(self, request, object_id, RENEW, name="renew")

    def get_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> Any:
        return self.fields if obj else ("name",)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """A key opens the door for sales: a session that was left open makes none."""
        is_new = request.method == "POST" and object_id is None and self.has_add_permission(request)
        if is_new and (asking := require_fresh_factor(request)):
            return asking
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: ApiClient, form: Any, change: bool) -> None:
        if change:
            return super().save_model(request, obj, form, change)
        client, secret = make_api_client(name=obj.name, actor=viewer_of(request))
        for field in client._meta.concrete_fields:
            setattr(obj, field.attname, getattr(client, field.attname))
        obj._state.adding = False
        return self.message_user(request, _secret_line(client, secret), messages.WARNING)

    def log_addition(self, request: HttpRequest, obj: ApiClient, message: Any) -> None:
        """The service has left the entry."""
