"""The portal as `make run` serves it: web processes that accept from one socket, and clients that knock at it."""

import http.client
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from portal.launcher.children import Child
from portal.launcher.doors import HOST
from portal.launcher.plan import children

WAIT_S, TIMEOUT_S = 120.0, 60.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Served:
    """As many web processes as the launcher starts; they die with this process."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.listener = socket.create_server((HOST, 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        # Of the plan's processes those that answer; the others wait for work.
        planned = children(listener=self.listener.fileno(), state=Path())
        self.web = [child for child in planned if child.name.startswith("web.")]
        for child in self.web:
            child.environment = environment
            child.start()
            threading.Thread(target=_read_away, args=(child,), daemon=True).start()
        self._wait()

    def answer(self, request: Request) -> int:
        """The status, over a connection of its own, as each store's computer has one."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=TIMEOUT_S)
        try:
            connection.request(request.method, request.path, request.body or None, dict(request.headers))
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    def statuses(self, requests: list[Request], *, clients: int) -> Counter[int]:
        """What became of all of them, asked by so many clients at once."""
        with ThreadPoolExecutor(clients) as pool:
            return Counter(pool.map(self.answer, requests))

    def _wait(self) -> None:
        deadline = time.monotonic() + WAIT_S
        # Twice as many as processes, at once: each of them has loaded its pages before anything is measured.
        while True:
            try:
                seen = self.statuses([Request("GET", "/api/")] * 2 * len(self.web), clients=2 * len(self.web))
            except OSError:
                seen = Counter()
            if seen and max(seen) < 500:
                return
            assert time.monotonic() < deadline, f"the portal does not answer: {seen}"
            time.sleep(0.2)


def _read_away(child: Child) -> None:
    """A full pipe would stop who writes into it."""
    while not child.at_end:
        child.lines()
        time.sleep(0.1)


def paced(
    work: Callable[[], int], *, rate: float, seconds: float, clients: int
) -> tuple[Counter[int], list[float]]:
    """Begin `rate` works a second whether or not those before have ended; their statuses, and how long each took, sorted.

    Seconds count from the moment at which a work was due, so that waiting for a free client is not left out.
    """
    begun, times = time.perf_counter(), []

    def at(due: float) -> int:
        time.sleep(max(0.0, begun + due - time.perf_counter()))
        status = work()
        times.append(time.perf_counter() - begun - due)
        return status

    with ThreadPoolExecutor(clients) as pool:
        seen = Counter(pool.map(at, [n / rate for n in range(int(rate * seconds))]))
    return seen, sorted(times)
