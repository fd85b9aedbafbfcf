import time
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar
from uuid import UUID

from core.jobs.exceptions import JobCancelled, JobTookTooLong, LeaseLost
from core.jobs.heartbeat import Heartbeat
from core.jobs.results import ResultFile
from core.models import Job

T = TypeVar("T")


class JobContext:
    """What a job's function gets: whom it works for, where it says how far it is, and where its file goes."""

    def __init__(
        self, job: Job, *, person: Any, attempt: int, heartbeat: Heartbeat, time_limit_s: float
    ) -> None:
        self.job_id: UUID = job.pk
        self.run, self.attempt = job.run, attempt
        self.actor = person
        self._heartbeat = heartbeat
        self._deadline = time.monotonic() + time_limit_s
        self.file: ResultFile | None = None

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far it is; as cheap as an assignment, so call it for every row. Keeps the last total and note.

        Raises JobCancelled, JobTookTooLong or LeaseLost: clean up and let it pass.
        """
        _done, old_total, old_note = self._heartbeat.progress
        self._heartbeat.tell(done, total if total is not None else old_total, note or old_note)
        self.check()

    def check(self) -> None:
        """Stop if it should, without saying anything."""
        if self._heartbeat.is_lost:
            raise LeaseLost
        if self._heartbeat.is_cancelled:
            raise JobCancelled
        if time.monotonic() > self._deadline:
            raise JobTookTooLong

    def counted(self, rows: Iterable[T], *, total: int | None = None, note: str = "") -> Iterator[T]:
        """The rows, one after another, with progress for each."""
        for number, row in enumerate(rows):
            self.progress(number, total, note)
            yield row

    def result_file(self, name: str) -> ResultFile:
        """Where to write the one file of this job; asked for again, the same place empty again."""
        if self.file is not None:
            self.file.discard()
        self.file = ResultFile(name, job_id=self.job_id, run=self.run, attempt=self.attempt)
        return self.file
