"""What the proofs' workers and beats run: the portal's application, with handlers that leave traces and do harm."""

import os
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection  # noqa: E402  after the setup

from core.events import listen  # noqa: E402
from core.outbox import Message, OutboxDead, handler  # noqa: E402
from portal.celery import app  # noqa: E402

LEASE = timedelta(seconds=float(os.environ.get("PROOF_LEASE_S", "10")))
SOON = (timedelta(seconds=0.5),)
app.conf.beat_schedule = {
    name: entry for name, entry in app.conf.beat_schedule.items() if "outbox" in name and "prune" not in name
}
if "PROOF_SWEEP_S" in os.environ:
    for entry in app.conf.beat_schedule.values():
        entry["schedule"] = float(os.environ["PROOF_SWEEP_S"])


def leave_trace(key: str) -> None:
    """A row without any constraint: an effect that happens twice is there twice."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO proof_effect (key, pid) VALUES (%s, %s)", [key, os.getpid()])


@handler("proof.effect", lease=LEASE)
def effect(message: Message) -> None:
    """Slow enough to be killed before, between and after."""
    time.sleep(message.payload["ms"] / 2000)
    leave_trace(message.key)
    time.sleep(message.payload["ms"] / 2000)


@handler("proof.raises", lease=LEASE, backoff=SOON)
def raises(message: Message) -> None:
    leave_trace(message.key)
    raise ValueError("as always")


@handler("proof.exits", lease=LEASE, backoff=SOON)
def exits(message: Message) -> None:
    """As the kernel ends a process that took too much memory: nothing is caught, nothing is said."""
    leave_trace(message.key)
    os._exit(9)


def alert(event: OutboxDead) -> None:
    leave_trace(f"alert {event.message_id}")


listen(OutboxDead, alert)

__all__ = ["app"]
