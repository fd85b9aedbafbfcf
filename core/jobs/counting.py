"""How many jobs of a person are under way, for the menu of every page: asked of the cache, forgotten at every change."""

from typing import Any

from django.core.cache import cache
from django.db import transaction

from core.models import Job
from core.models.jobs import OPEN_STATES

# Longer than anybody stares at a number that a lost message to Redis has left wrong.
KEPT_S = 60


def open_jobs_of(person_id: int) -> int:
    """At most one query, and none while the cache knows."""
    known = cache.get(_key(person_id))
    if known is None:
        known = Job.objects.filter(requested_by=person_id, state__in=OPEN_STATES).count()
        cache.set(_key(person_id), known, KEPT_S)
    return known


def forget_count(person_id: Any) -> None:
    """Once the current transaction is committed: one more or one less."""
    transaction.on_commit(lambda: cache.delete(_key(person_id)))


def _key(person_id: int) -> str:
    return f"jobs.open.{person_id}"
