"""How a simulated machine lives: every value is a pure function of the machine's name and the moment.

So history and live readings join without a seam, and the same demo looks the same on every computer. A metric is a
weighted sum of a few drivers (the day's activity, the nightly backup, the week's growth, a leak) plus noise;
`monitoring.demo.history` writes the same sum in SQL, and a test holds both together.
"""

import math
import zlib
from dataclasses import dataclass

from monitoring.choices import MachineKind
from monitoring.metrics import METRICS

DAY, WEEK = 86_400, 7 * 86_400
# Days and peaks are Jakarta's: that is where the simulated machines stand.
ZONE_OFFSET = 7 * 3600
# 1970-01-01 was a Thursday; the simulated week begins on Monday.
EPOCH_TO_MONDAY = 3 * DAY
LEAK_RESTART = int(1.5 * 3600)
LEAK_SPEED = 12.0
BACKUP_AT, BACKUP_WIDTH = 2 * 3600, 2400
OUTAGE_S, OUTAGE_SHARE = 600, 0.3
PERCENTS = frozenset(metric.name for metric in METRICS if metric.unit == "percent")

# Machines of the demo that have something to be found.
LEAKING, FULL, OVERLOADED, UNSTEADY = "leaking", "full", "overloaded", "unsteady"
SCENARIOS = {
    "APP-MEMBER-02": LEAKING,
    "DB-ARSIP-01": FULL,
    "WEB-PROMO-01": OVERLOADED,
    "WEB-CABANG-03": UNSTEADY,
}


@dataclass(frozen=True)
class Weights:
    """What one metric is made of; `noise` is the largest deviation of a single sample."""

    base: float
    activity: float = 0.0
    backup: float = 0.0
    week: float = 0.0
    leak: float = 0.0
    noise: float = 0.0


@dataclass(frozen=True)
class Peak:
    """A bell over the day; seconds since midnight."""

    at: int
    width: int
    height: float


@dataclass(frozen=True)
class Profile:
    seed: float
    peaks: tuple[Peak, ...]
    weekend: float
    weights: dict[str, Weights]
    is_unsteady: bool
    cores: int
    memory_bytes: int

    def is_out(self, t: int) -> bool:
        """Whether the machine answers nobody in these ten minutes."""
        return self.is_unsteady and fraction(t // OUTAGE_S, self.seed) < OUTAGE_SHARE

    def values(self, t: int, *, noisy: bool = True) -> dict[str, float]:
        """All metrics at `t`, seconds since the epoch."""
        drivers = self._drivers(t)
        chance = fraction(t, self.seed)
        return {
            name: self._value(name, number, drivers, chance if noisy else None)
            for number, name in enumerate(self.weights, start=1)
        }

    def _drivers(self, t: int) -> tuple[float, float, float, float]:
        second = (t + ZONE_OFFSET) % DAY
        week_second = (t + ZONE_OFFSET + EPOCH_TO_MONDAY) % WEEK
        day = sum(peak.height * bell(second, peak.at, peak.width) for peak in self.peaks)
        if week_second >= 5 * DAY:
            day *= self.weekend
        waves = 0.05 * math.sin(t / 860.0 + self.seed) + 0.03 * math.sin(t / 201.0 + 2 * self.seed)
        leak = 1 - math.exp(-LEAK_SPEED * ((second - LEAK_RESTART) % DAY) / DAY)
        return max(0.0, day + waves), bell(second, BACKUP_AT, BACKUP_WIDTH), week_second / WEEK, leak

    def _value(
        self, name: str, number: int, drivers: tuple[float, float, float, float], chance: float | None
    ) -> float:
        weights = self.weights[name]
        activity, backup, week, leak = drivers
        value = (
            weights.base
            + weights.activity * activity
            + weights.backup * backup
            + weights.week * week
            + weights.leak * leak
        )
        if chance is not None:
            value += weights.noise * (2 * (chance * noise_factor(number) % 1.0) - 1)
        return min(100.0, max(0.0, value)) if name in PERCENTS else max(0.0, value)


def bell(second: int, at: int, width: int) -> float:
    """1 at the peak, falling on both sides, around midnight too."""
    away = (second - at + DAY + DAY // 2) % DAY - DAY // 2
    return math.exp(-((away / width) ** 2))


def fraction(number: int, seed: float) -> float:
    """A repeatable number in [0, 1) that looks random; arithmetic that PostgreSQL can do as well."""
    return math.sin(number * 12.9898 + seed * 78.233) * 43758.5453 % 1.0


def noise_factor(number: int) -> float:
    """Spreads one chance a moment over the metrics, so that they do not shake in step."""
    return 1 + 7.31 * number


_PEAKS = {
    MachineKind.WEB: ((12.0, 3.0, 0.6), (19.5, 2.5, 1.0)),
    MachineKind.DATABASE: ((11.0, 3.5, 0.8), (19.0, 3.0, 0.9)),
    MachineKind.APPLICATION: ((10.0, 2.0, 1.0), (14.5, 2.5, 0.9)),
}
_WEEKEND = {MachineKind.WEB: 1.15, MachineKind.DATABASE: 1.0, MachineKind.APPLICATION: 0.35}
_MEGABYTE = 1e6


def profile_of(name: str, kind: str) -> Profile:
    """The life of the machine of this name. Machines of a kind are alike and none is the same."""
    digest = zlib.crc32(name.encode())
    chances = [(digest >> shift & 0xFF) / 255 for shift in (0, 8, 16, 24)]
    size = 0.75 + chances[0] / 2
    cores = (4, 8, 16)[digest % 3]
    is_database = kind == MachineKind.DATABASE
    weights = {
        "cpu": Weights(8, 42 * size, backup=18 * is_database, noise=5),
        "iowait": Weights(1, 4 * size, backup=16 * is_database, noise=1),
        "load1": Weights(
            0.06 * cores, 0.55 * cores * size, backup=0.2 * cores * is_database, noise=0.04 * cores
        ),
        "mem_pct": Weights(42 + 18 * chances[1], 12 * size, noise=1.2),
        "swap_pct": Weights(2 + 6 * chances[2], 3, noise=0.3),
        "disk_pct": Weights(38 + 34 * chances[3], week=2.5, noise=0.02),
        "net_rx": Weights(0.08 * _MEGABYTE, 5 * _MEGABYTE * size, noise=0.07 * _MEGABYTE),
        "net_tx": Weights(0.1 * _MEGABYTE, 14 * _MEGABYTE * size, noise=0.09 * _MEGABYTE),
        "disk_read": Weights(
            0.05 * _MEGABYTE,
            3 * _MEGABYTE * size,
            backup=90 * _MEGABYTE * is_database,
            noise=0.05 * _MEGABYTE,
        ),
        "disk_write": Weights(0.2 * _MEGABYTE, 6 * _MEGABYTE * size, noise=0.15 * _MEGABYTE),
        "processes": Weights(110 + 90 * chances[1], 60 * size, noise=4),
    }
    scenario = SCENARIOS.get(name)
    if scenario == LEAKING:
        # Restarted every night at half past one and full again before people come to work.
        weights["mem_pct"] = Weights(52, 1, leak=44.5, noise=0.6)
        weights["swap_pct"] = Weights(4, leak=58, noise=0.5)
    elif scenario == FULL:
        weights["disk_pct"] = Weights(92.6, week=0.8, noise=0.02)
    elif scenario == OVERLOADED:
        weights["cpu"] = Weights(14, 86, noise=4)
        weights["load1"] = Weights(0.1 * cores, 2.6 * cores, noise=0.1 * cores)
        weights["iowait"] = Weights(2, 12, noise=2)
    return Profile(
        seed=round(chances[2] * 50 + chances[3] * 7, 4),
        peaks=tuple(
            Peak(at=int(hour * 3600), width=int(width * 3600), height=height)
            for hour, width, height in _PEAKS[MachineKind(kind)]
        ),
        weekend=_WEEKEND[MachineKind(kind)],
        weights=weights,
        is_unsteady=scenario == UNSTEADY,
        cores=cores,
        memory_bytes=(8, 16, 32, 64)[digest % 4] * 2**30,
    )
