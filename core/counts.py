"""Small numbers that every page shows: asked of the cache, forgotten at every change."""

from collections.abc import Callable, Iterable

from django.core.cache import cache
from django.db import transaction

# Longer than anybody stares at a number that a lost message to Redis has left wrong.
KEPT_S = 60
# Whoever counted before a change, and comes to tell it afterwards, finds the place taken.
FORGOTTEN, FORGOTTEN_S = -1, 3


def kept_count(key: str, count: Callable[[], int]) -> int:
    """At most one query, and none while the cache knows."""
    known = cache.get(key)
    if known is not None and known != FORGOTTEN:
        return known
    found = count()
    if known is None:
        cache.add(key, found, KEPT_S)
    return found


def forget(keys: Iterable[str]) -> None:
    """Once the current transaction is committed."""
    marks = dict.fromkeys(keys, FORGOTTEN)
    transaction.on_commit(lambda: cache.set_many(marks, FORGOTTEN_S))
