"""What every way of reading a machine answers, whatever stands behind it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class TransportError(Exception):
    """A machine could not be read; the text is shown to people beside the grey status."""


@dataclass(frozen=True)
class Disk:
    """One file system as `df` sees it: `pct` counts what root keeps for itself as neither used nor free."""

    mount: str
    device: str
    total: int
    used: int
    pct: float
    inodes_pct: float | None = None


@dataclass(frozen=True)
class Process:
    """One of the busiest: its name only, never its arguments, which may hold a password. `cpu` is percent of a core."""

    pid: int
    name: str
    cpu: float
    memory: int


@dataclass(frozen=True)
class Reading:
    """One poll. A value that the machine does not have, or a rate at the first reading, is None, never 0."""

    at: datetime
    cpu: float | None = None
    iowait: float | None = None
    load1: float | None = None
    load5: float | None = None
    load15: float | None = None
    running: int | None = None
    processes: int | None = None
    mem_pct: float | None = None
    mem_used: int | None = None
    swap_pct: float | None = None
    disk_pct: float | None = None
    net_rx: float | None = None
    net_tx: float | None = None
    disk_read: float | None = None
    disk_write: float | None = None
    uptime_s: int | None = None
    cost_cpu_ms: float | None = None
    cost_bytes: int | None = None
    poll_ms: float | None = None
    disks: list[Disk] = field(default_factory=list)
    # None: not read this time, the last list still stands.
    top_processes: list[Process] | None = None

    @property
    def has_rates(self) -> bool:
        """Rates need a reading before this one."""
        return self.cpu is not None


@dataclass(frozen=True)
class Facts:
    """What seldom changes."""

    hostname: str = ""
    system: str = ""
    kernel: str = ""
    processor: str = ""
    cores: int | None = None
    memory_bytes: int | None = None
    swap_bytes: int | None = None
    boot_id: str = ""
    booted_at: datetime | None = None


class Transport(Protocol):
    """One connection to one machine, kept by the worker that owns the machine's shard, used by one thread at a time.

    `read` and `facts` raise TransportError. `deadline_s` is how long the poller waits for either; a transport that
    talks to a network holds its own time-outs below it, for a thread cannot be ended from outside.
    """

    deadline_s: float

    def read(self) -> Reading: ...

    def facts(self) -> Facts: ...

    def close(self) -> None: ...
