from dataclasses import dataclass
from datetime import date

from core.events import Event


@dataclass(frozen=True)
class EmployeeFrozen(Event):
    """An account was shut for a while."""

    employee_id: int


@dataclass(frozen=True)
class EmployeeUnfrozen(Event):
    """An account was opened again."""

    employee_id: int


@dataclass(frozen=True)
class EmployeeResigned(Event):
    """The account of somebody who left was shut."""

    employee_id: int


@dataclass(frozen=True)
class PinReset(Event):
    """A person got a one-time PIN from somebody else; all their sessions have ended."""

    employee_id: int


@dataclass(frozen=True)
class LoginUnlocked(Event):
    """The wrong tries and locks of a person's login were forgotten."""

    employee_id: int


@dataclass(frozen=True)
class RoleGranted(Event):
    """A person may hold a role from a day on."""

    employee_id: int
    role: str


@dataclass(frozen=True)
class RoleEnded(Event):
    """A grant of a role ends with that day, or was taken back before it began."""

    employee_id: int
    role: str
    last_on: date


@dataclass(frozen=True)
class StoreMoved(Event):
    """Another branch serves the store from now on; a planned change is told when its day has come."""

    store_id: int
    branch_id: int
