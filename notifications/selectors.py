"""Reads of an inbox: always one person's own."""

from collections.abc import Collection

from django.db.models import QuerySet

from notifications.kinds import groups
from notifications.models import Notification, Preference
from organization.models import Employee

# The bell shows "99+" from here on, and the database stops counting.
COUNT_UP_TO = 100
LATEST = 5


def notifications_of(person: Employee) -> QuerySet[Notification]:
    """Everything that this person was told and has not been removed; somebody else's is not in it."""
    return Notification.objects.filter(person=person)


def unread_of(person: Employee) -> QuerySet[Notification]:
    return notifications_of(person).filter(read_at=None)


def unread_count_of(person: Employee) -> int:
    """For the bell, one query a page, from the index of the unread ones alone; never more than COUNT_UP_TO."""
    return unread_of(person).order_by()[:COUNT_UP_TO].count()


def latest_of(person: Employee) -> QuerySet[Notification]:
    return notifications_of(person).order_by("-created_at", "-id")[:LATEST]


def mail_preferences_of(person: Employee) -> dict[str, bool]:
    """Whether the person wants e-mail, by group: what they said, else the group's default."""
    said = dict(Preference.objects.filter(person=person).values_list("group", "by_mail"))
    return {group.name: said.get(group.name, group.mails_by_default) for group in groups()}


def topics_allowed(person: Employee, ids: Collection[str]) -> set[str]:
    """Live news of an inbox are for its owner; no query."""
    return {str(person.pk)} & set(ids)
