"""Telling people, and what they do with what they were told."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from core import live, outbox
from notifications import mail
from notifications.counting import forget_counts
from notifications.kinds import Kind, Mail, declared, groups
from notifications.models import Notification, Preference
from notifications.selectors import mail_preferences_of, unread_of
from notifications.wording import kept, msgid_of
from organization.choices import EmployeeStatus
from organization.models import Employee

MAIL = "notifications.mail"
TOPIC = "notifications.person"
READ_KEPT = timedelta(days=90)
REMOVED_AT_ONCE = 1000

# Ordered by person, so that two who tell the same people wait for each other instead of for ever.
_INSERT = """
    INSERT INTO notifications_notification (person_id, kind, title, params, url, key, created_at)
    SELECT id, %s, %s, %s::jsonb, %s, %s, statement_timestamp()
    FROM organization_employee WHERE id = ANY(%s) AND status <> %s ORDER BY id
    ON CONFLICT (person_id, key) DO NOTHING
    RETURNING id, person_id
"""


@transaction.atomic
def notify(
    person_ids: Collection[int],
    *,
    kind: str,
    title: Any,
    params: Mapping[str, Any] | None = None,
    url: str = "",
    key: str,
) -> int:
    """Tell these people, if and only if the caller's transaction is committed; how many were told now.

    `title` is a msgid (lazy or from gettext_noop) in which %(name)s stands for `params`: text, numbers, dates, or lazy
    text, each put into words in the reader's language. `key` names what happened; told again under it, nobody hears it
    twice. `url` is an address of the portal. Raises UnknownKind; TypeError and ValueError for what cannot be kept.
    """
    what = declared(kind)
    if url and not is_local(url):
        raise ValueError(f"Not an address of the portal: {url}")
    words = json.dumps(kept(params or {}), ensure_ascii=False)
    values: list[Any] = [kind, msgid_of(title), words, url, key, list(person_ids), EmployeeStatus.RESIGNED]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        told: dict[int, int] = dict(cursor.fetchall())
    if not told:
        return 0
    _ask_for_mail(told, what)
    forget_counts(told.values())
    transaction.on_commit(
        lambda: live.publish_many((f"{TOPIC}.{person}", {"id": pk}) for pk, person in told.items())
    )
    return len(told)


def is_local(url: str) -> bool:
    """Whether it leads to a page of this portal: never to another host, whatever a browser makes of slashes."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def _ask_for_mail(told: dict[int, int], kind: Kind) -> None:
    for pk in _to_be_mailed(told, kind):
        outbox.enqueue(MAIL, key=str(pk), payload={"notification": pk})


def _to_be_mailed(told: dict[int, int], kind: Kind) -> list[int]:
    """Those notifications whose person has an address and wants this kind by e-mail."""
    if kind.mail is Mail.NEVER or not mail.is_on():
        return []
    with_address = Employee.objects.filter(pk__in=told.values(), status=EmployeeStatus.ACTIVE).exclude(
        email=""
    )
    wanting = set(with_address.values_list("pk", flat=True))
    if kind.mail is Mail.AS_PREFERRED and wanting:
        by_default = next(group.mails_by_default for group in groups() if group.name == kind.group)
        others = Preference.objects.filter(person__in=wanting, group=kind.group, by_mail=not by_default)
        differing = set(others.values_list("person", flat=True))
        wanting = wanting - differing if by_default else differing
    return [pk for pk, person in told.items() if person in wanting]


@transaction.atomic
def mark_read(*, notification: Notification, actor: Employee) -> bool:
    """Whether it was unread until now; the person's other pages count anew."""
    changed = unread_of(actor).filter(pk=notification.pk).update(read_at=Now())
    if changed:
        _tell_pages_of(actor)
        notification.refresh_from_db(fields=["read_at"])
    return bool(changed)


@transaction.atomic
def mark_all_read(*, actor: Employee, through: datetime | None = None) -> int:
    """Mark what the person had by the moment in which they last saw the list; how many were unread."""
    unread = unread_of(actor)
    if through is not None:
        unread = unread.filter(created_at__lte=through)
    count = unread.update(read_at=Now())
    if count:
        _tell_pages_of(actor)
    return count


@transaction.atomic
def set_mail_preferences(*, actor: Employee, by_mail: Mapping[str, bool]) -> bool:
    """Keep for which groups the person wants e-mail; whether anything changed."""
    before = mail_preferences_of(actor)
    changed = {name: wanted for name, wanted in by_mail.items() if before.get(name) not in (None, wanted)}
    Preference.objects.bulk_create(
        [Preference(person=actor, group=name, by_mail=wanted) for name, wanted in changed.items()],
        update_conflicts=True,
        unique_fields=["person", "group"],
        update_fields=["by_mail"],
    )
    return bool(changed)


def remove_old() -> int:
    """Forget what was read ninety days ago, a thousand rows a statement so that nobody waits for it; how many."""
    removed = 0
    while True:
        old = Notification.objects.filter(read_at__lt=timezone.now() - READ_KEPT).values("pk")[
            :REMOVED_AT_ONCE
        ]
        count = Notification.objects.filter(pk__in=old).delete()[0]
        removed += count
        if count < REMOVED_AT_ONCE:
            return removed


def _tell_pages_of(person: Employee) -> None:
    # First: a page that hears of it asks again.
    forget_counts([person.pk])
    transaction.on_commit(lambda: live.publish(f"{TOPIC}.{person.pk}", {"id": None}))
