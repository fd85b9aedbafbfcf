"""Polling goes on when beat falls silent: the worker that was ticked before ticks itself."""

import logging
import threading
import time

from django.db import connections

from monitoring.polling.poller import Poller

logger = logging.getLogger(__name__)

TICK_S = 5.0
SILENT_AFTER_TICKS = 2


class Keeper:
    """A thread beside one Poller. It ends with its process, and does nothing while beat is heard."""

    def __init__(self, poller: Poller, tick_s: float = TICK_S) -> None:
        self._poller, self._tick_s = poller, tick_s
        self._heard_at = time.monotonic()
        self._is_alone = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"keeper-{poller.shard}", daemon=True)
        self._thread.start()

    def heard(self) -> None:
        """Beat is there."""
        self._heard_at = time.monotonic()
        if self._is_alone:
            self._is_alone = False
            logger.warning("Shard %s: beat is back", self._poller.shard)

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._tick_s):
            if time.monotonic() - self._heard_at < SILENT_AFTER_TICKS * self._tick_s:
                continue
            if not self._is_alone:
                self._is_alone = True
                logger.warning("Shard %s: beat is silent, polling goes on without it", self._poller.shard)
            try:
                self._poller.round()
            except Exception:
                # The database may be away for a while; the next tick tries again.
                logger.exception("Shard %s: a round without beat failed", self._poller.shard)
            finally:
                connections.close_all()


_keepers: dict[int, Keeper] = {}
_starting = threading.Lock()


def keep_polling(poller: Poller) -> None:
    """Say that beat ticked, and see to it that somebody listens for the next tick."""
    with _starting:
        if poller.shard not in _keepers:
            _keepers[poller.shard] = Keeper(poller)
    _keepers[poller.shard].heard()
