"""The bell's number, for the frame of every page."""

from collections.abc import Iterable

from core.counts import forget, kept_count
from notifications.selectors import unread_count_of
from organization.models import Employee


def shown_unread_of(person: Employee) -> int:
    """At most one query, and none while the cache knows."""
    return kept_count(_key(person.pk), lambda: unread_count_of(person))


def forget_counts(person_ids: Iterable[int]) -> None:
    """Once the current transaction is committed."""
    forget([_key(person_id) for person_id in person_ids])


def _key(person_id: int) -> str:
    return f"notifications.unread.{person_id}"
