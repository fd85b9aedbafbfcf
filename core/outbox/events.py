from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class OutboxDead(Event):
    """A message was given up: three tries failed, its worker died each time, or its end is unknown."""

    message_id: int
    kind: str
