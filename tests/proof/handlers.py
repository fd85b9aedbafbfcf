"""Handlers that leave traces and do harm, for the proofs' workers and for who sends to them."""

import os
import time
from datetime import timedelta

from django.db import connection

from core.outbox import Message, OutboxDead, handler

LEASE = timedelta(seconds=float(os.environ.get("PROOF_LEASE_S", "10")))
SOON = (timedelta(seconds=0.5),)


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
    """Heard by the proofs' workers alone: where a test tells of a message there is no table for it."""
    leave_trace(f"alert {event.message_id}")
