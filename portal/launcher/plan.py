"""Which processes the portal consists of."""

import os
import signal
from pathlib import Path

from portal.launcher.children import Child


def children(*, listener: int, state: Path) -> list[Child]:
    """WEB web processes that accept from one socket, two kinds of workers, and the clock."""
    web = int(os.environ.get("WEB") or 2)
    return [
        *(_web(number, listener) for number in range(1, web + 1)),
        _worker("worker", "default", "--pool=prefork", "--concurrency=2"),
        # One thread for each machine that is being read: the work is waiting.
        _worker("poller", "monitoring.0", "--pool=threads", "--concurrency=16"),
        Child("beat", ["-m", "celery", "-A", "portal", "beat", "--loglevel=WARNING", "--pidfile=",
                       f"--schedule={state / 'celerybeat-schedule'}"]),
    ]  # fmt: skip


def _web(number: int, listener: int) -> Child:
    # Pages keep their sockets open over a stop; the browser's live updates connect again by themselves.
    arguments = ["--fd", str(listener), "--verbosity", "0", "--application-close-timeout", "2", "--no-server-name"]
    return Child(f"web.{number}", ["-m", "daphne", *arguments, "portal.asgi:application"], descriptors=[listener])


def _worker(name: str, queue: str, *options: str) -> Child:
    # The root warning is about pickle, which the settings refuse. Mingling with other workers costs a second each.
    quiet = ["-W", "ignore:You're running the worker with superuser privileges"]
    base = [*quiet, "-m", "celery", "-A", "portal", "worker", "--loglevel=WARNING", "--without-gossip"]
    arguments = [*base, "--without-mingle", "--queues", queue, "--hostname", f"{name}@%h", *options]
    # SIGTERM lets running tasks end, for up to their time limit; SIGQUIT does not, and the broker delivers them again.
    return Child(name, arguments, escalate=signal.SIGQUIT)
