"""How many jobs of a person are under way, for the menu of every page."""

from typing import Any

from core.counts import forget, kept_count
from core.models import Job
from core.models.jobs import OPEN_STATES


def open_jobs_of(person_id: int) -> int:
    """At most one query, and none while the cache knows."""
    return kept_count(
        _key(person_id), lambda: Job.objects.filter(requested_by=person_id, state__in=OPEN_STATES).count()
    )


def forget_count(person_id: Any) -> None:
    """Once the current transaction is committed: one more or one less."""
    forget([_key(person_id)])


def _key(person_id: int) -> str:
    return f"jobs.open.{person_id}"
