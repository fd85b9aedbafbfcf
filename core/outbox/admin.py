from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from core.modeladmin import GeraiModelAdmin
from core.models import OutboxMessage
from core.outbox.registry import TRIES
from core.outbox.repair import requeue

STATES = {
    "done": (_("Done"), Q(done_at__isnull=False)),
    "dead": (_("Given up"), Q(dead_at__isnull=False)),
    "failed": (_("Failed, is tried again"), Q(done_at=None, dead_at=None, attempts__gt=0) & ~Q(error="")),
    "open": (_("Waiting"), Q(done_at=None, dead_at=None, error="")),
}


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _condition) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
        state = STATES.get(self.value() or "")
        return queryset.filter(state[1]) if state else queryset


@admin.register(OutboxMessage)
class OutboxMessageAdmin(GeraiModelAdmin):
    """What the outbox holds, to read. What was given up can be tried again, by whoever looked why."""

    list_display = ("kind", "key", "state", "created_at", "due_at", "tries", "error_line")
    list_filter = (StateFilter,)
    search_fields = ("kind__startswith", "key__startswith")
    ordering = ("-id",)
    fields = readonly_fields = (
        *("kind", "key", "payload", "state", "created_at", "due_at", "attempts"),
        *("claimed_until", "done_at", "dead_at", "error"),
    )
    actions = ("try_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A message is what a service asked for; nobody edits it."""
        return False

    def has_requeue_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_outboxmessage")

    @display(
        description=_("state"),
        label={"done": "success", "dead": "danger", "failed": "warning", "open": "info"},
    )
    def state(self, message: OutboxMessage) -> tuple[str, Any]:
        if message.done_at or message.dead_at:
            name = "done" if message.done_at else "dead"
        else:
            name = "failed" if message.error else "open"
        return name, STATES[name][0]

    @display(description=_("tries"))
    def tries(self, message: OutboxMessage) -> str:
        return f"{message.attempts}/{TRIES}"

    @display(description=_("last error"))
    def error_line(self, message: OutboxMessage) -> str:
        return message.error.partition("\n")[0][:80]

    @action(description=_("Try again what was given up"), permissions=["requeue"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        count = requeue(queryset, actor=request.user)
        text = ngettext("%(count)d message is tried again.", "%(count)d messages are tried again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)
