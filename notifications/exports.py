"""What the inbox exports: a person's own news, in their language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.exports import Column, ExportSpec


def notification_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("time", _("Time"), "datetime", "created_at"),
        Column("text", _("Notification"), width=60),
        Column("about", _("About"), "status", "told.label", width=24),
        Column("read", _("Read"), "datetime", "read_at"),
    )


INBOX = ExportSpec(
    name="notifications.notification",
    title=_("Notifications"),
    permission=None,
    columns=notification_columns,
)
