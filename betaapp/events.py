from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class ProgramStarted(Event):
    """A beta programme runs from now on: its stores have versions on trial."""

    program_id: int


@dataclass(frozen=True)
class ProgramEnded(Event):
    """A beta programme is over: its stores are back on the stable versions."""

    program_id: int


@dataclass(frozen=True)
class StoresChanged(Event):
    """Stores joined or left a beta programme."""

    program_id: int
    revision: int


@dataclass(frozen=True)
class VersionPromoted(Event):
    """A version is the stable one of its application from now on."""

    version_id: int


@dataclass(frozen=True)
class VersionStopped(Event):
    """A programme tries this version no more; its stores go back to the stable one."""

    program_id: int
    version_id: int
