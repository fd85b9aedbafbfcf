"""Linux's /proc as numbers. Pure functions: text in, values out, whoever read the text.

Units as the kernel gives them: clock ticks, 512-byte sectors, kilobytes (proc(5)). A file that a container hides is
an empty text and becomes None; counters that ran backwards (a reset, a device that went) give no rate.
"""

import re
from dataclasses import dataclass

SECTOR = 512
_VIRTUAL_DISK = re.compile(r"^(loop|ram|zram|fd|sr|dm-|md|nbd\d+$)")
# Traffic of these is counted a second time at the real interface, or never leaves the machine.
_VIRTUAL_NIC = re.compile(r"^(lo|veth|docker|br-|virbr|cni|flannel|cali|vnet|ifb|dummy|tunl|sit)")
# File systems that hold data of this machine; a network's may hang and is somebody else's.
_REAL_FILE_SYSTEMS = frozenset(
    {
        *("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "jfs", "reiserfs"),
        *("vfat", "ntfs", "ntfs3", "fuseblk", "overlay"),
    }
)


@dataclass(frozen=True)
class CpuTimes:
    """Ticks since boot; guests are inside `user` already."""

    busy: int
    iowait: int
    total: int


@dataclass(frozen=True)
class Stat:
    cpu: CpuTimes
    cores: int
    running: int | None
    boot_time: int | None


def parse_stat(text: str) -> Stat | None:
    """/proc/stat."""
    lines = dict(line.split(maxsplit=1) for line in text.splitlines() if " " in line)
    if "cpu" not in lines:
        return None
    ticks = [int(tick) for tick in lines["cpu"].split()[:8]]
    idle, iowait = ticks[3], ticks[4] if len(ticks) > 4 else 0
    times = CpuTimes(busy=sum(ticks) - idle - iowait, iowait=iowait, total=sum(ticks))
    cores = sum(name[3:].isdigit() for name in lines if name.startswith("cpu"))
    return Stat(
        cpu=times,
        cores=cores,
        running=int(lines["procs_running"]) if "procs_running" in lines else None,
        boot_time=int(lines["btime"]) if "btime" in lines else None,
    )


def cpu_percent(before: CpuTimes, after: CpuTimes) -> tuple[float, float] | None:
    """(busy, I/O wait) in percent of all cores between two readings; None when no tick has passed."""
    total = after.total - before.total
    if total <= 0:
        return None
    return _percent(after.busy - before.busy, total), _percent(after.iowait - before.iowait, total)


def parse_loadavg(text: str) -> tuple[float, float, float] | None:
    """/proc/loadavg: 1, 5 and 15 minutes."""
    words = text.split()
    return (float(words[0]), float(words[1]), float(words[2])) if len(words) >= 3 else None


@dataclass(frozen=True)
class Memory:
    """Bytes. Used is what cannot be had back: total less MemAvailable."""

    total: int
    used: int
    swap_total: int
    swap_used: int

    @property
    def pct(self) -> float:
        return _percent(self.used, self.total)

    @property
    def swap_pct(self) -> float:
        """0 without any swap: nothing of it is used."""
        return _percent(self.swap_used, self.swap_total) if self.swap_total else 0.0


def parse_meminfo(text: str) -> Memory | None:
    """/proc/meminfo. Kernels before 3.14 have no MemAvailable: free, buffers and cache stand in for it."""
    kilobytes = {
        name.rstrip(":"): int(words[0])
        for name, *words in (line.split() for line in text.splitlines())
        if words and words[0].isdigit()
    }
    if "MemTotal" not in kilobytes:
        return None
    spare = sum(kilobytes.get(name, 0) for name in ("MemFree", "Buffers", "Cached"))
    available = kilobytes.get("MemAvailable", spare)
    swap_total = kilobytes.get("SwapTotal", 0)
    return Memory(
        total=kilobytes["MemTotal"] * 1024,
        used=max(0, kilobytes["MemTotal"] - available) * 1024,
        swap_total=swap_total * 1024,
        swap_used=max(0, swap_total - kilobytes.get("SwapFree", 0)) * 1024,
    )


def parse_diskstats(text: str) -> tuple[int, int] | None:
    """(bytes read, bytes written) since boot of all whole disks, each counted once; None without any.

    A partition is a name that begins with another's (`sda1`, `nvme0n1p2`); mapped and RAID devices repeat their disks.
    """
    counters = {
        words[2]: (int(words[5]) * SECTOR, int(words[9]) * SECTOR)
        for words in (line.split() for line in text.splitlines())
        if len(words) >= 10
    }
    whole = [name for name in counters if not _VIRTUAL_DISK.match(name)]
    whole = [name for name in whole if not any(_is_partition(name, disk) for disk in whole)]
    # Inside some virtual machines the mapped devices are all there is.
    whole = whole or [name for name in counters if name.startswith("dm-")]
    if not whole:
        return None
    return sum(counters[name][0] for name in whole), sum(counters[name][1] for name in whole)


def _is_partition(name: str, disk: str) -> bool:
    return name != disk and re.fullmatch(rf"{re.escape(disk)}p?\d+", name) is not None


def parse_net_dev(text: str) -> tuple[int, int] | None:
    """(bytes in, bytes out) since boot of all real interfaces."""
    totals = None
    for line in text.splitlines():
        name, colon, numbers = line.partition(":")
        words = numbers.split()
        if colon and len(words) >= 16 and not _VIRTUAL_NIC.match(name.strip()):
            received, sent = totals or (0, 0)
            totals = received + int(words[0]), sent + int(words[8])
    return totals


def rate(before: int, after: int, seconds: float) -> float | None:
    """Per second; None when the counter began again."""
    return (after - before) / seconds if seconds > 0 and after >= before else None


def parse_uptime(text: str) -> int | None:
    """/proc/uptime in whole seconds."""
    words = text.split()
    return int(float(words[0])) if words else None


@dataclass(frozen=True)
class Mount:
    device: str
    path: str


def parse_mounts(text: str) -> list[Mount]:
    """File systems worth a bar on the page: real ones, each device once, at its shortest path.

    Containers mount single files of a device many times (`/etc/hosts`); images mounted read-only are always full.
    """
    found: dict[str, Mount] = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) < 4 or words[2] not in _REAL_FILE_SYSTEMS or "ro" in words[3].split(","):
            continue
        if words[2] == "overlay" and words[1] != "/":
            continue  # a layer of somebody else's container
        mount = Mount(device=_unescape(words[0]), path=_unescape(words[1]))
        key = mount.device if mount.device.startswith("/") else f"{mount.device} {mount.path}"
        if key not in found or len(mount.path) < len(found[key].path):
            found[key] = mount
    return sorted(found.values(), key=lambda mount: mount.path)


def _unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def parse_processor(cpuinfo: str) -> str:
    """The processor's name on x86, and what ARM and others write instead."""
    for wanted in ("model name", "Model", "Hardware", "cpu model", "Processor"):
        for line in cpuinfo.splitlines():
            name, _, value = line.partition(":")
            if name.strip() == wanted and value.strip():
                return " ".join(value.split())
    return ""


def parse_os_release(text: str) -> str:
    """`PRETTY_NAME` of /etc/os-release."""
    match = re.search(r'^PRETTY_NAME="?([^"\n]*)"?', text, re.MULTILINE)
    return match[1] if match else ""


def parse_process_stat(text: str) -> tuple[str, int, int] | None:
    """/proc/<pid>/stat: (name, CPU ticks, resident pages). The name stands in brackets and may hold any sign."""
    head, bracket, tail = text.rpartition(")")
    fields = tail.split()
    if not bracket or len(fields) < 22:
        return None
    return head.partition("(")[2], int(fields[11]) + int(fields[12]), int(fields[21])


def _percent(part: float, whole: float) -> float:
    return min(100.0, max(0.0, 100.0 * part / whole)) if whole else 0.0
