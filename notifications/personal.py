from typing import Any

from notifications.models import Notification, Preference
from organization.models import Employee


def notifications_of(person: Employee) -> list[Any]:
    """What the person was told."""
    return list(
        Notification.objects.filter(person=person).order_by("pk").values("title", "created_at", "read_at")
    )


def erase_notifications(person: Employee) -> int:
    Preference.objects.filter(person=person).delete()
    return Notification.objects.filter(person=person).delete()[0]
