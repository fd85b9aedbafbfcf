"""Which processes the portal consists of."""

import os
import signal
from pathlib import Path

from portal.launcher.children import Child
from portal.launcher.lan import Lan

LATER, MUCH_LATER = 3.0, 12.0
CELERY = ("-m", "celery", "-A", "portal", "--quiet")


def children(*, listener: int, state: Path, lan: Lan | None = None, demo: bool = False) -> list[Child]:
    """WEB web processes that accept from one socket, three kinds of workers, and the clock; in the demo also agents who sell.

    A page needs one web process, readiness one worker. The others wait a little: six at once on two cores, each loading
    Django, would make everybody wait for the slowest.
    """
    web = int(os.environ.get("WEB", "2"))
    clock = ["beat", "--loglevel=WARNING", "--pidfile=", f"--schedule={state / 'celerybeat-schedule'}"]
    first = [_web(1, listener), _worker("worker", "default", "--pool=prefork", "--concurrency=2")]
    later = [
        # One thread for each machine that is being read: the work is waiting.
        _worker("poller", "monitoring.0", "--pool=threads", "--concurrency=16"),
        # Work that a person waits for with a progress bar: minutes of it must not keep short work waiting.
        _worker("jobs", "jobs", "--pool=prefork", "--concurrency=2"),
        Child("beat", [*CELERY, *clock]),
        *(_web(number, listener) for number in range(2, web + 1)),
    ]
    if lan:
        first.append(_lan_web(lan))
    for child in later:
        child.delay = LATER
    if demo:
        later.append(_agents())
    return [*first, *later]


def _agents() -> Child:
    """Sales through the public API, a few a second, when all else is up: what is live shall move."""
    rate = os.environ.get("GERAI_DEMO_SALES") or "2"
    return Child(
        "agents", ["manage.py", "ppob_simulate", "--live", "--rate", rate, "--seconds", "0"], delay=MUCH_LATER
    )


def _web(number: int, listener: int) -> Child:
    return Child(f"web.{number}", [*_daphne("--fd", str(listener))], descriptors=[listener])


def _lan_web(lan: Lan) -> Child:
    """One for the phones of a demo or a trial: it ends TLS itself, so that each request shows its own address."""
    files = f"privateKey={_escaped(lan.key)}:certKey={_escaped(lan.certificate)}"
    # No proxy stands before it: what a phone claims in X-Forwarded-For is not to be believed.
    otherwise = {"GERAI_ONLY_HTTPS": "1", "TRUSTED_PROXIES": "0"}
    return Child("lan", _daphne("-e", f"ssl:{lan.port}:interface=0.0.0.0:{files}"), environment=otherwise)


def _daphne(*where: str) -> tuple[str, ...]:
    # Pages keep their sockets open over a stop; the browser's live updates connect again by themselves.
    quiet = ("--verbosity", "0", "--application-close-timeout", "2", "--no-server-name")
    return ("-m", "daphne", *where, *quiet, "portal.asgi:application")


def _escaped(path: Path) -> str:
    """A colon parts the words of an endpoint."""
    return str(path).replace("\\", "\\\\").replace(":", "\\:")


def _worker(name: str, queue: str, *options: str) -> Child:
    # The root warning is about pickle, which the settings refuse. Mingling with other workers costs a second each.
    quiet = ["-W", "ignore:You're running the worker with superuser privileges"]
    base = [*quiet, *CELERY, "worker", "--loglevel=WARNING", "--without-gossip"]
    arguments = [*base, "--without-mingle", "--queues", queue, "--hostname", f"{name}@%h", *options]
    # SIGTERM lets running tasks end, for up to their time limit; SIGQUIT does not, and the broker delivers them again.
    return Child(name, arguments, escalate=signal.SIGQUIT)
