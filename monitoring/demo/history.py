"""Weeks of a simulated machine's life in one statement: `monitoring.transports.rhythm`, said in SQL.

PostgreSQL makes, computes and stores the rows without one of them passing through Python. `OFFSET 0` keeps the planner
from pulling the drivers up into each of 55 columns, which would compute every sine 55 times.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection

from monitoring.metrics import METRICS
from monitoring.models import Machine
from monitoring.transports.rhythm import (
    BACKUP_AT,
    BACKUP_WIDTH,
    DAY,
    EPOCH_TO_MONDAY,
    LEAK_RESTART,
    LEAK_SPEED,
    OUTAGE_S,
    OUTAGE_SHARE,
    PERCENTS,
    WEEK,
    ZONE_OFFSET,
    Profile,
    Weights,
    noise_factor,
    profile_of,
)

RAW_STEP_S, ROLL_UP_S = 15, 300
NAMES = [metric.name for metric in METRICS]


def write_samples(machine: Machine, start: datetime, end: datetime) -> int:
    """A poll every 15 seconds from `start` to `end`, as the simulated transport would have answered."""
    profile = profile_of(machine.name, machine.kind)
    noisy = [
        _clamped(name, f"smooth_{name} + {profile.weights[name].noise!r} * (2 * {_chance(number)} - 1)")
        for number, name in enumerate(NAMES, start=1)
    ]
    columns = ", ".join(f"{value} AS {name}" for name, value in zip(NAMES, noisy, strict=True))
    return _run(
        f"""
        INSERT INTO monitoring_sample (machine_id, at, load5, load15, running, mem_used, uptime_s, {", ".join(NAMES)})
        SELECT %(machine)s, at, smooth_load1, smooth_load1, greatest(1, round(load1)),
               {profile.memory_bytes} * (mem_pct / 100),
               (t + {int(profile.seed * 97_003)}) %% {int(40 + profile.seed) * DAY},
               {", ".join("round(processes)" if name == "processes" else name for name in NAMES)}
          FROM (SELECT t, at, smooth_load1, {columns} FROM ({_smooth(profile, RAW_STEP_S, 0)}) AS smooth OFFSET 0) AS life
        """,  # noqa: S608  numbers and names of our own lists
        machine, start, end,
    )  # fmt: skip


def write_roll_ups(machine: Machine, start: datetime, end: datetime) -> int:
    """The five-minute rows of that time: the smooth value of each window's middle with the noise around it."""
    profile = profile_of(machine.name, machine.kind)
    aggregates = ", ".join(
        value
        for number, name in enumerate(NAMES, start=1)
        for value in _aggregates(name, number, profile.weights[name].noise)
    )
    columns = ", ".join(f"{name}_{each}" for name in NAMES for each in ("min", "max", "mean", "p50", "p95"))
    return _run(
        f"""
        INSERT INTO monitoring_rollup (machine_id, at, samples, {columns})
        SELECT %(machine)s, at, {ROLL_UP_S // RAW_STEP_S}, {aggregates}
          FROM ({_smooth(profile, ROLL_UP_S, ROLL_UP_S // 2)}) AS smooth
        """,  # noqa: S608  numbers and names of our own lists
        machine, start, end,
    )  # fmt: skip


def _run(sql: str, machine: Machine, start: datetime, end: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"machine": machine.pk, "start": start, "end": end})
        return cursor.rowcount


def _aggregates(name: str, number: int, noise: float) -> Iterator[str]:
    """Minimum, maximum, mean, median and 95th percentile of twenty polls whose noise is uniform."""
    mean = f"smooth_{name} + {0.1 * noise!r} * ({_chance(number)} - 0.5)"
    yield _clamped(name, f"smooth_{name} - {noise!r} * (0.85 + 0.15 * {_chance(number)})")
    yield _clamped(name, f"smooth_{name} + {noise!r} * (0.85 + 0.15 * {_chance(number + 50)})")
    yield _clamped(name, mean)
    yield _clamped(name, mean)
    yield _clamped(name, f"smooth_{name} + {0.88 * noise!r}")


def _smooth(profile: Profile, step: int, middle: int) -> str:
    """A row for every `step` seconds with `at`, `t`, `chance` and `smooth_<metric>` at t = at + middle."""
    day = " + ".join(f"{peak.height!r} * {_bell('second', peak.at, peak.width)}" for peak in profile.peaks)
    waves = f"0.05 * sin(t / 860.0::float8 + {profile.seed!r}) + 0.03 * sin(t / 201.0::float8 + {2 * profile.seed!r})"
    outage = (
        f"WHERE {_fraction(f't / {OUTAGE_S}', profile.seed)} >= {OUTAGE_SHARE}" if profile.is_unsteady else ""
    )
    values = ", ".join(f"{_weighted(profile.weights[name])} AS smooth_{name}" for name in NAMES)
    return f"""
        SELECT at, t, chance, {values} FROM (
            SELECT at, t, {_fraction("t", profile.seed)} AS chance, week,
                   greatest(0, ({day}) * CASE WHEN week >= 5.0 / 7 THEN {profile.weekend!r} ELSE 1 END + {waves}) AS activity,
                   {_bell("second", BACKUP_AT, BACKUP_WIDTH)} AS backup,
                   1 - exp({-LEAK_SPEED!r} * ((second - {LEAK_RESTART} + {DAY}) %% {DAY}) / {DAY}.0::float8) AS leak
              FROM (SELECT at, t, (t + {ZONE_OFFSET}) %% {DAY} AS second,
                           ((t + {ZONE_OFFSET + EPOCH_TO_MONDAY}) %% {WEEK}) / {WEEK}.0::float8 AS week
                      FROM (SELECT at, extract(epoch FROM at)::bigint + {middle} AS t
                              FROM generate_series(%(start)s, %(end)s - interval '{step} s', interval '{step} s') AS at
                            OFFSET 0) AS moments OFFSET 0) AS clock
             {outage} OFFSET 0) AS drivers OFFSET 0"""  # noqa: S608  numbers of our own


def _weighted(weights: Weights) -> str:
    parts = [f"{weights.base!r}::float8"]
    for driver in ("activity", "backup", "week", "leak"):
        weight = getattr(weights, driver)
        if weight:
            parts.append(f"{weight!r} * {driver}")
    return " + ".join(parts)


def _bell(second: str, at: int, width: int) -> str:
    away = f"((({second} - {at} + {DAY + DAY // 2}) %% {DAY} - {DAY // 2}) / {width}.0::float8)"
    return f"exp(-{away} * {away})"


def _fraction(number: str, seed: float) -> str:
    return _part(f"sin(({number}) * 12.9898::float8 + {seed * 78.233!r}) * 43758.5453::float8")


def _chance(number: int) -> str:
    """The row's one chance, spread over the metrics as `noise_factor` does."""
    return _part(f"chance * {noise_factor(number)!r}")


def _part(value: str) -> str:
    return f"({value} - floor({value}))"


def _clamped(name: str, value: str) -> str:
    return f"least(100, greatest(0, {value}))" if name in PERCENTS else f"greatest(0, {value})"
