from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from core.models import Job
from core.models.jobs import OPEN_STATES


def jobs_of(person: Any) -> QuerySet[Job]:
    """A job is its asker's alone: what it made was made with that person's rights."""
    return Job.objects.filter(requested_by=person)


def open_jobs_count(request: HttpRequest) -> int:
    """For the menu, one query a page."""
    return jobs_of(request.user).filter(state__in=OPEN_STATES).count()


def job_topics_allowed(person: Any, ids: Collection[str]) -> set[str]:
    """Which of these jobs the person may hear about, live."""
    known = [key for key in ids if _is_uuid(key)]
    return {str(pk) for pk in jobs_of(person).filter(pk__in=known).values_list("pk", flat=True)}


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
