from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core.jobs.counting import open_jobs_of
from core.models import Job


def jobs_of(person: Any) -> QuerySet[Job]:
    """A job is its asker's alone: what it made was made with that person's rights."""
    return Job.objects.filter(requested_by=person)


def open_jobs_count(request: Any) -> int:
    """For the menu."""
    return open_jobs_of(request.user.pk)


def job_topics_allowed(person: Any, ids: Collection[str]) -> set[str]:
    """Which of these jobs the person may hear about, live."""
    known = [key for key in ids if _is_uuid(key)]
    return {str(pk) for pk in jobs_of(person).filter(pk__in=known).values_list("pk", flat=True)}


def states_of(person: Any, ids: Collection[str]) -> list[Any]:
    """The same facts as the live news, for those of these jobs that are the person's."""
    known = [key for key in ids if _is_uuid(key)]
    return list(jobs_of(person).filter(pk__in=known).values("id", "state", "done", "total", "note"))


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
