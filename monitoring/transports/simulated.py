"""A machine that does not exist, read through the same door as real ones."""

import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from monitoring.choices import MachineKind, OperatingSystem
from monitoring.transports.base import Disk, Facts, Process, Reading, TransportError
from monitoring.transports.rhythm import DAY, Profile, profile_of

_GIGABYTE = 2**30
DOES_NOT_ANSWER = gettext_noop("The machine does not answer.")
_PROCESSES = {
    (MachineKind.WEB, OperatingSystem.LINUX): ("nginx", "php-fpm", "redis-server"),
    (MachineKind.WEB, OperatingSystem.WINDOWS): ("w3wp.exe", "svchost.exe", "MsMpEng.exe"),
    (MachineKind.DATABASE, OperatingSystem.LINUX): ("postgres", "pgbouncer", "wal-g"),
    (MachineKind.DATABASE, OperatingSystem.WINDOWS): ("sqlservr.exe", "SQLAGENT.EXE", "svchost.exe"),
    (MachineKind.APPLICATION, OperatingSystem.LINUX): ("java", "python3", "rabbitmq-server"),
    (MachineKind.APPLICATION, OperatingSystem.WINDOWS): ("dotnet.exe", "java.exe", "svchost.exe"),
}
_SHARES = (0.62, 0.17, 0.05)


class SimulatedTransport:
    """Answers at once from `rhythm`, and fails when its machine is out."""

    deadline_s = 2.0

    def __init__(self, name: str, kind: str, operating_system: str) -> None:
        self._name, self._kind, self._system = name, MachineKind(kind), OperatingSystem(operating_system)
        self._profile: Profile = profile_of(name, kind)

    def read(self) -> Reading:
        started = time.thread_time()
        reading = self.reading_at(timezone.now())
        cost = (time.thread_time() - started) * 1000
        return Reading(**{**vars(reading), "cost_cpu_ms": cost, "poll_ms": cost, "cost_bytes": 0})

    def reading_at(self, moment: datetime) -> Reading:
        """What a poll at that moment answers; TransportError when the machine is out then."""
        t = int(moment.timestamp())
        if self._profile.is_out(t):
            raise TransportError(DOES_NOT_ANSWER)
        values = self._profile.values(t)
        smooth = self._profile.values(t, noisy=False)
        measured: dict[str, Any] = {**values, "processes": round(values["processes"])}
        return Reading(
            at=moment,
            **measured,
            load5=smooth["load1"],
            load15=smooth["load1"],
            running=max(1, round(values["load1"])),
            mem_used=int(self._profile.memory_bytes * values["mem_pct"] / 100),
            uptime_s=self._uptime(t),
            disks=self._disks(values["disk_pct"]),
            top_processes=self._top_processes(values["cpu"], values["mem_pct"]),
        )

    def facts(self) -> Facts:
        now = timezone.now()
        uptime = self._uptime(int(now.timestamp()))
        is_windows = self._system == OperatingSystem.WINDOWS
        return Facts(
            hostname=self._name.lower(),
            system="Windows Server 2022" if is_windows else "Debian GNU/Linux 12 (bookworm)",
            kernel="10.0.20348" if is_windows else "6.1.0-40-amd64",
            processor="Intel(R) Xeon(R) Silver 4314 CPU @ 2.40GHz",
            cores=self._profile.cores,
            memory_bytes=self._profile.memory_bytes,
            swap_bytes=4 * _GIGABYTE,
            boot_id=str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{self._name} {int(now.timestamp()) - uptime}")),
            booted_at=(now - timedelta(seconds=uptime)).astimezone(UTC).replace(microsecond=0),
        )

    def close(self) -> None:
        """There is nothing to close."""

    def _uptime(self, t: int) -> int:
        """Restarted every few weeks, each machine in its own rhythm."""
        period = int(40 + self._profile.seed) * DAY
        return (t + int(self._profile.seed * 97_003)) % period

    def _disks(self, fullest: float) -> list[Disk]:
        is_windows = self._system == OperatingSystem.WINDOWS
        system, data = ("C:", "D:") if is_windows else ("/", "/srv")
        return [
            _disk(system, 80 * _GIGABYTE, fullest * 0.62, is_windows),
            _disk(data, 500 * _GIGABYTE, fullest, is_windows),
        ]

    def _top_processes(self, cpu: float, mem_pct: float) -> list[Process]:
        memory = self._profile.memory_bytes * mem_pct / 100
        names = _PROCESSES[self._kind, self._system]
        return [
            Process(
                pid=800 + 411 * number,
                name=name,
                cpu=round(cpu * share * self._profile.cores, 1),
                memory=int(memory * share),
            )
            for number, (name, share) in enumerate(zip(names, _SHARES, strict=True))
        ]


def _disk(mount: str, total: int, pct: float, is_windows: bool) -> Disk:
    return Disk(
        mount=mount,
        device="" if is_windows else "/dev/sda1" if mount == "/" else "/dev/sdb1",
        total=total,
        used=int(total * pct / 100),
        pct=pct,
        inodes_pct=None if is_windows else round(pct / 4, 1),
    )
