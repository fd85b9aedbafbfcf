from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from core.modeladmin import GeraiModelAdmin
from organization.access import viewer_of
from organization.models import ApiToken
from organization.services.tokens import revoke_api_token


@admin.register(ApiToken)
class ApiTokenAdmin(GeraiModelAdmin):
    """Keys of programs: seen and revoked here; made by `manage.py api_token`, which alone shows their text."""

    list_display = ("name", "employee", "created_at", "expires_at", "revoked_at")
    list_select_related = ("employee",)
    search_fields = ("name", "employee__nik", "employee__name")
    fields = readonly_fields = ("name", "employee", "created_at", "expires_at", "revoked_at")
    ordering = ("-created_at", "id")
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @action(description=_("Revoke"), permissions=["change"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        ended = sum(revoke_api_token(token=token, actor=viewer_of(request)) for token in tokens)
        text = ngettext("%(count)d token revoked.", "%(count)d tokens revoked.", ended) % {"count": ended}
        self.message_user(request, text, messages.SUCCESS if ended else messages.INFO)
