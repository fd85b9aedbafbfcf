from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from core.outbox import Message, handler
from notifications import mail
from notifications.models import Notification
from notifications.services import MAIL


@handler(
    MAIL,
    transactional=False,
    lease=timedelta(seconds=90),
    backoff=(timedelta(minutes=1), timedelta(minutes=10)),
)
def mail_notification(message: Message) -> None:
    """Send it to its person, in their language. Who has read it meanwhile, or left, needs no mail."""
    note = (
        Notification.objects.select_related("person__store__branch", "person__branch_office")
        .filter(pk=message.payload["notification"], read_at=None)
        .first()
    )
    if note is None or not note.person.is_active or not note.person.email:
        return
    with translation.override(note.person.language), timezone.override(note.person.time_zone):
        body = render_to_string(
            "notifications/mail.txt",
            {
                "note": note,
                "person": note.person,
                "address": settings.PORTAL_URL + reverse("notifications:open", args=[note.pk]),
                "preferences": settings.PORTAL_URL + reverse("notifications:preferences"),
            },
        )
        mail.send(
            to=note.person.email,
            subject=note.text,
            body=body,
            message_id=f"<notification-{note.pk}-{note.created_at:%Y%m%d%H%M%S}@gerai>",
        )
