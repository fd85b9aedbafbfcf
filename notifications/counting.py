"""The bell's number, for the frame of every page: asked of the cache, forgotten at every change."""

from collections.abc import Iterable

from django.core.cache import cache
from django.db import transaction

from notifications.selectors import unread_count_of
from organization.models import Employee

# Longer than anybody stares at a number that a lost message to Redis has left wrong.
KEPT_S = 60


def shown_unread_of(person: Employee) -> int:
    """At most one query, and none while the cache knows."""
    known = cache.get(_key(person.pk))
    if known is None:
        known = unread_count_of(person)
        cache.set(_key(person.pk), known, KEPT_S)
    return known


def forget_counts(person_ids: Iterable[int]) -> None:
    """Once the current transaction is committed."""
    keys = [_key(person_id) for person_id in person_ids]
    transaction.on_commit(lambda: cache.delete_many(keys))


def _key(person_id: int) -> str:
    return f"notifications.unread.{person_id}"
