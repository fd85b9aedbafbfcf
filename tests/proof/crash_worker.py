"""A worker that is killed at one point after another: `python -m tests.proof.crash_worker WHAT PERSON MEDIA`.

A point is the moment before a statement, after it, before a commit, after it. For each the work is asked for anew, a
child takes it and is killed there by SIGKILL, and another does what is left. The children are forked without a
connection, so that a point costs no start of Django. The database is DATABASE_URL's.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
KILLED_BY_ITSELF = -signal.SIGKILL
MOST_POINTS = 400
ROWS = 501  # more than a request would save by itself


def main(what: str, person_id: int, media: str) -> None:
    import django
    from django.conf import settings

    settings.MEDIA_ROOT = media
    django.setup()
    from django.db import connections
    from django.urls import get_resolver

    from core.outbox import hints
    from organization.models import Employee
    from tests.proof import handlers  # noqa: F401  registers the handlers

    hints.hint = lambda queue: True
    get_resolver().url_patterns  # noqa: B018  loads every app's pages once, and not in each child
    person = Employee.objects.get(pk=person_id)
    queue, ask, faults_of = SCENES[what]
    points, faults = 0, []
    while points < MOST_POINTS:
        asked = ask(person, points)
        connections.close_all()
        if _child(queue, dies_at=points) != KILLED_BY_ITSELF:
            faults += faults_of(asked, points)
            break
        points += 1
        _lease_is_over()
        connections.close_all()
        answer = _child(queue, dies_at=None)
        faults += [f"the next worker ended with {answer}"] if answer else []
        faults += faults_of(asked, points)
    print(json.dumps({"points": points, "faults": faults}))  # noqa: T201  read by the test


def _child(queue: str, *, dies_at: int | None) -> int:
    """Do what is due in a process of its own; its exit code, or minus the signal that ended it."""
    pid = os.fork()
    if pid == 0:
        try:
            from core import outbox

            with _killed_at(dies_at):
                while outbox.drain(queue, seconds=20):
                    pass
            os._exit(0)
        except BaseException:  # noqa: BLE001  the child ends here, whatever it was
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@contextmanager
def _killed_at(point: int | None) -> Any:
    """Counts the points of this thread's connection: others (a heartbeat's) come at any time."""
    from django.db import DEFAULT_DB_ALIAS, connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    wrapper: Any = DatabaseWrapper  # the stubs leave out what is private
    passed = -1

    def step() -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(execute: Callable[..., Any], *call: Any) -> Any:
        step()
        answer = execute(*call)
        step()
        return answer

    commit, ours = wrapper._commit, connections[DEFAULT_DB_ALIAS]

    def committing(self: Any) -> None:
        if self is not ours:
            commit(self)
            return
        step()
        commit(self)
        step()

    wrapper._commit = committing  # in a child of a test, which lives for one piece of work
    with ours.execute_wrapper(around):
        yield


def _lease_is_over() -> None:
    from django.utils import timezone

    from core.models import OutboxMessage

    OutboxMessage.objects.filter(done_at=None, claimed_until__isnull=False).update(
        claimed_until=timezone.now() - timedelta(seconds=1)
    )


def _ask_message(person: Any, number: int) -> str:
    from tests.proof.conftest import ask

    ask(1, prefix=f"p{number}-", ms=0)
    return f"p{number}-0"


def _faults_of_message(key: str, point: int) -> list[str]:
    from core.models import OutboxMessage
    from tests.proof.conftest import effects

    times, row = effects().get(key, 0), OutboxMessage.objects.get(kind="proof.effect", key=key)
    return (
        [] if (times, bool(row.done_at)) == (1, True) else [f"{point}: {times} effects, done {row.done_at}"]
    )


def _ask_export(person: Any, number: int) -> Any:
    from core.tests.jobs import ask

    return ask(person, "core.export", path="/directory/stores/", query="", form="csv").pk


def _faults_of_export(pk: Any, point: int) -> list[str]:
    """One file, whole; said once in the person's inbox."""
    from core.jobs.results import folder_of, path_of
    from core.models import Job
    from notifications.models import Notification

    job, names = Job.objects.get(pk=pk), sorted(path.suffix for path in folder_of(pk).iterdir())
    news = Notification.objects.filter(person=job.requested_by_id).count()
    Notification.objects.all().delete()
    path = path_of(job)
    lines = path.read_bytes().count(b"\r\n") if path else 0
    whole = lines == (job.result_rows or 0) + 1
    seen = (job.state, names, whole, news)
    return [] if seen == ("done", [".result"], True, 1) else [f"{point}: {seen} {job.error}"]


def _ask_import(person: Any, number: int) -> Any:
    from core.imports.services import begin_import, confirm_import
    from core.tests.jobs import work
    from organization.imports import DivisionImport
    from organization.tests.tables import text

    lines = "".join(f"P{number:03}{row:04};Divisi {row}\n" for row in range(ROWS))
    run = begin_import(kind=DivisionImport, file=text(f"code;name\n{lines}"), actor=person)
    work()
    run.refresh_from_db()
    confirm_import(run=run, digest=run.preview_digest, actor=person)
    return run.pk


def _faults_of_import(pk: Any, point: int) -> list[str]:
    """All rows once, each with its entry, and one entry of the whole."""
    from core.models import AuditEntry, ImportRun
    from organization.models import Division

    run = ImportRun.objects.get(pk=pk)
    rows = list(Division.objects.filter(code__startswith="P").values_list("uuid", flat=True))
    told = AuditEntry.objects.filter(act="object.added", object_uuid__in=rows).count()
    whole = AuditEntry.objects.filter(act="import.applied", object_uuid=pk).count()
    Division.objects.filter(uuid__in=rows).delete()
    seen = (run.state, len(rows), told, whole)
    return [] if seen == ("applied", ROWS, ROWS, 1) else [f"{point}: {seen}"]


SCENES: dict[str, tuple[str, Callable[[Any, int], Any], Callable[[Any, int], list[str]]]] = {
    "message": ("default", _ask_message, _faults_of_message),
    "export": ("jobs", _ask_export, _faults_of_export),
    "import": ("jobs", _ask_import, _faults_of_import),
}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
