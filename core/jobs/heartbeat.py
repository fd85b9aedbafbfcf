"""A running job's sign of life, given by a thread of its own, so that the job's own code need not think of it."""

import threading
import time

import structlog
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from core import live, outbox
from core.jobs.ending import LONGEST_NOTE, TOPIC
from core.models import Job
from core.models.jobs import JobState
from core.outbox import Message

log = structlog.get_logger(__name__)

BEAT_S = 0.7
# The worker is thought dead after so long a silence, and the job taken up by another.
LEASE_S = 30.0
HOLD_EACH_S = 5.0


class Heartbeat(threading.Thread):
    """Writes progress, keeps the lease, reads the wish to cancel, tells the pages. On a connection of its own.

    A database that does not answer for a while is no reason to stop: whoever would take over needs it too.
    """

    def __init__(self, job: Job, message: Message) -> None:
        super().__init__(name=f"job-{job.pk}", daemon=True)
        self._job_id, self._run, self._message = job.pk, job.run, message
        self._ended = threading.Event()
        self._held_at = 0.0
        self._written: tuple[int, int | None, str] = (0, None, "")
        # Plain attributes: the job's own thread sets these, this one reads them, and the other way round.
        self.progress: tuple[int, int | None, str] = self._written
        self.is_cancelled = False
        self.is_lost = False

    def stop(self) -> None:
        """No beat after this returns."""
        self._ended.set()
        if self.is_alive():
            self.join()

    def run(self) -> None:
        try:
            while not self._ended.wait(BEAT_S) and not self.is_lost:
                try:
                    self.beat()
                except DatabaseError:
                    log.warning("job.heartbeat_failed", job=str(self._job_id), exc_info=True)
        finally:
            connection.close()

    def beat(self) -> None:
        now, progress = time.monotonic(), self.progress
        mine = Job.objects.filter(
            pk=self._job_id, run=self._run, attempts=self._message.attempt, state=JobState.RUNNING
        )
        if now - self._held_at >= HOLD_EACH_S:
            if not outbox.hold(self._message, LEASE_S):
                self.is_lost = True
                return
            self._held_at = now
            mine.update(heartbeat_at=Now())
        if progress != self._written:
            done, total, note = progress
            self.is_lost = not mine.update(done=done, total=total, note=note, heartbeat_at=Now())
            self._written = progress
            news = {"id": self._job_id, "state": "running", "done": done, "total": total, "note": note}
            live.publish(f"{TOPIC}.{self._job_id}", news)
        wish = mine.values_list("cancel_requested_at", flat=True).first()
        self.is_cancelled = self.is_cancelled or wish is not None

    def tell(self, done: int, total: int | None, note: str) -> None:
        self.progress = (done, total, note[:LONGEST_NOTE].replace("\0", ""))
