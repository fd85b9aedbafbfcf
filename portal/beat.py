"""The clock's memory of what it triggered last, so that a night that was slept through is made up for in the morning."""

from typing import Any

import structlog
from celery.beat import PersistentScheduler

log = structlog.get_logger(__name__)


class Scheduler(PersistentScheduler):
    """A file that `kill -9` cut short is begun anew, in one line: nothing is lost but the memory of one day."""

    def _destroy_open_corrupted_schedule(self, exc: Exception) -> Any:
        log.warning("beat.schedule_begun_anew", reason=str(exc))
        self._remove_db()  # type: ignore[attr-defined]  # the stubs leave out what is private
        return self._open_schedule()  # type: ignore[attr-defined]  # the same
