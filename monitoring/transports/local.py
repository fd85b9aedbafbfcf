"""The host that the portal runs on, read from its own /proc: no process is started, nothing is written."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from monitoring.transports import proc
from monitoring.transports.base import Disk, Facts, Process, Reading, TransportError

# Going through all processes opens a file for each: worth it now and then only.
SECONDS_BETWEEN_PROCESS_LISTS = 30
BUSIEST = 8
NO_PROC = gettext_noop("This host has no readable /proc.")


@dataclass(frozen=True)
class _Counters:
    """What the next reading takes its rates from."""

    clock: float
    stat: proc.Stat
    disk: tuple[int, int] | None
    net: tuple[int, int] | None


class LocalTransport:
    """Keeps the counters of the reading before, for rates; the first reading has none."""

    deadline_s = 2.0

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._before: _Counters | None = None
        self._ticks_before: dict[int, int] = {}
        self._listed_at = 0.0
        self._bytes = 0

    def read(self) -> Reading:
        """One poll with its own cost: the CPU time of this thread, the bytes it read, the time it took."""
        started, cpu_started = time.perf_counter(), time.thread_time()
        self._bytes = 0
        values = self._measure()
        return Reading(
            at=timezone.now(),
            **values,
            cost_bytes=self._bytes,
            cost_cpu_ms=(time.thread_time() - cpu_started) * 1000,
            poll_ms=(time.perf_counter() - started) * 1000,
        )

    def facts(self) -> Facts:
        stat = proc.parse_stat(self._text("proc/stat"))
        memory = proc.parse_meminfo(self._text("proc/meminfo"))
        if stat is None or memory is None:
            raise TransportError(NO_PROC)
        return Facts(
            hostname=self._text("proc/sys/kernel/hostname").strip(),
            system=proc.parse_os_release(self._text("etc/os-release")),
            kernel=self._text("proc/sys/kernel/osrelease").strip(),
            processor=proc.parse_processor(self._text("proc/cpuinfo")),
            cores=stat.cores,
            memory_bytes=memory.total,
            swap_bytes=memory.swap_total,
            boot_id=self._text("proc/sys/kernel/random/boot_id").strip(),
            booted_at=datetime.fromtimestamp(stat.boot_time, UTC) if stat.boot_time else None,
        )

    def close(self) -> None:
        """Nothing is held open between readings."""

    def _measure(self) -> dict[str, Any]:
        stat = proc.parse_stat(self._text("proc/stat"))
        if stat is None:
            raise TransportError(NO_PROC)
        now = _Counters(
            clock=time.monotonic(),
            stat=stat,
            disk=proc.parse_diskstats(self._text("proc/diskstats")),
            net=proc.parse_net_dev(self._text("proc/net/dev")),
        )
        before, self._before = self._before, now
        pids = self._pids()
        disks = self._disks()
        return {
            **_rates(before, now),
            **self._gauges(),
            "running": stat.running,
            "processes": len(pids),
            "disks": disks,
            "disk_pct": max((disk.pct for disk in disks), default=None),
            "top_processes": self._busiest(pids, now.clock),
        }

    def _gauges(self) -> dict[str, Any]:
        load = proc.parse_loadavg(self._text("proc/loadavg")) or (None, None, None)
        memory = proc.parse_meminfo(self._text("proc/meminfo"))
        return {
            **dict(zip(("load1", "load5", "load15"), load, strict=True)),
            "mem_pct": memory.pct if memory else None,
            "mem_used": memory.used if memory else None,
            "swap_pct": memory.swap_pct if memory else None,
            "uptime_s": proc.parse_uptime(self._text("proc/uptime")),
        }

    def _text(self, path: str) -> str:
        """A file's text, counted; empty when a container hides it."""
        try:
            content = (self._root / path).read_bytes()
        except OSError:
            return ""
        self._bytes += len(content)
        return content.decode(errors="replace")

    def _pids(self) -> list[int]:
        return [int(name) for name in os.listdir(self._root / "proc") if name.isdigit()]  # noqa: PTH208  a Path for each of thousands of names costs more than the poll

    def _disks(self) -> list[Disk]:
        found = (self._disk(mount) for mount in proc.parse_mounts(self._text("proc/self/mounts")))
        return [disk for disk in found if disk is not None]

    def _disk(self, mount: proc.Mount) -> Disk | None:
        try:
            space = os.statvfs(mount.path)
        except OSError:
            return None
        used = (space.f_blocks - space.f_bfree) * space.f_frsize
        reachable = used + space.f_bavail * space.f_frsize
        if not reachable:
            return None
        return Disk(
            mount=mount.path,
            device=mount.device,
            total=space.f_blocks * space.f_frsize,
            used=used,
            pct=100 * used / reachable,
            inodes_pct=100 * (1 - space.f_ffree / space.f_files) if space.f_files else None,
        )

    def _busiest(self, pids: list[int], clock: float) -> list[Process] | None:
        seconds = clock - self._listed_at
        if seconds < SECONDS_BETWEEN_PROCESS_LISTS:
            return None
        ticks_a_second, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
        before, self._ticks_before, self._listed_at = self._ticks_before, {}, clock
        listed = []
        for pid in pids:
            parsed = proc.parse_process_stat(self._text(f"proc/{pid}/stat"))
            if parsed is None:
                continue  # it ended while we looked
            name, ticks, pages = parsed
            self._ticks_before[pid] = ticks
            cpu = 100 * max(0, ticks - before.get(pid, ticks)) / ticks_a_second / seconds
            listed.append(Process(pid=pid, name=name, cpu=round(cpu, 1), memory=pages * page))
        return sorted(listed, key=lambda process: (-process.cpu, -process.memory))[:BUSIEST]


def _rates(before: _Counters | None, now: _Counters) -> dict[str, float | None]:
    """CPU in percent and bytes a second since the reading before; all None at the first."""
    if before is None:
        return {}
    seconds = now.clock - before.clock

    busy, iowait = proc.cpu_percent(before.stat.cpu, now.stat.cpu) or (None, None)
    rates = {"cpu": busy, "iowait": iowait}
    if before.disk and now.disk:
        rates["disk_read"], rates["disk_write"] = _per_second(before.disk, now.disk, seconds)
    if before.net and now.net:
        rates["net_rx"], rates["net_tx"] = _per_second(before.net, now.net, seconds)
    return rates


def _per_second(before: tuple[int, int], now: tuple[int, int], seconds: float) -> list[float | None]:
    return [proc.rate(old, new, seconds) for old, new in zip(before, now, strict=True)]
