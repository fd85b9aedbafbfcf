"""Kinds of jobs for tests, and a worker of one turn."""

from typing import Any

from django.db import transaction

from core import outbox
from core.jobs import registry
from core.jobs.services import start_job
from core.models import Job


def make_kind(run: Any, kind: str = "test.job", **options: Any) -> str:
    registry.job(kind, **{"title": "A test", **options})(run)
    return kind


def ask(person: Any, kind: str = "test.job", title: str | None = None, **params: Any) -> Job:
    with transaction.atomic():
        return start_job(kind, actor=person, params=params, title=title)


def work() -> int:
    """What is due on the queue of jobs, done in this process."""
    return outbox.drain("jobs", seconds=20)


def work_until_the_end() -> None:
    """Also the tries that wait for their pause."""
    from django.db.models.functions import Now

    from core.models import OutboxMessage

    for _turn in range(4):
        OutboxMessage.objects.filter(done_at=None, dead_at=None).update(due_at=Now())
        work()
