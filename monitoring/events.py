from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class MachineStatusChanged(Event):
    """A machine shows another status, two polls in a row agreeing; `was` and `status` are words of `Status`."""

    machine_id: int
    was: str
    status: str


@dataclass(frozen=True)
class MachineUnreachable(Event):
    """A machine that was read before answers no more, or nobody polls it."""

    machine_id: int
