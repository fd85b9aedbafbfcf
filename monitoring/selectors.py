"""Reads of machines and their series. Every page, socket and export of this app starts from `machines_visible_to`."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from monitoring.metrics import METRIC
from monitoring.models import Machine
from organization.choices import EmployeeStatus, Role, ScopeKind
from organization.models import Employee, RoleGrant

VIEW = "monitoring.view_machine"
# Whose scope is a list of machines and not a division or the country.
OWN_MACHINES = {Role.MACHINE_PIC.value}
RAW_KEPT = timedelta(days=14)
# A longer range is drawn from the five-minute rows.
RAW_AT_MOST = timedelta(hours=6)
ROLL_UP_S = 300
# Widths of a drawn interval: a graph's grid should be a time that people count in.
STEPS_S = (10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)


def machines_visible_to(user: Any) -> QuerySet[Machine]:
    """The machines this person may see: by the scope of their roles, and those they are PIC of.

    A national grant of a role that sees machines sees all of them, a division's those of the division; no branch has
    machines. Being a PIC counts while the role of machine PIC is held.
    """
    if not user.is_authenticated or not user.has_perm(VIEW):
        return Machine.objects.none()
    seeing = {group for group, names in user.permissions_by_group.items() if VIEW in names}
    grants = [grant for grant in user.grants if grant.group_id in seeing]
    wide = [grant for grant in grants if grant.group.name not in OWN_MACHINES]
    if any(grant.scope == ScopeKind.NATIONAL for grant in wide):
        return Machine.objects.all()
    seen = Q(pk__in=())
    divisions = {grant.division_id for grant in wide if grant.division_id}
    if divisions:
        seen |= Q(pk__in=Machine.divisions.through.objects.filter(division__in=divisions).values("machine"))
    if len(wide) < len(grants):
        seen |= Q(pk__in=Machine.pics.through.objects.filter(employee=user).values("machine"))
    return Machine.objects.filter(seen)


def people_who_may_be_pic() -> QuerySet[Employee]:
    """Who holds the role of machine PIC today; being named at a machine without it shows nothing."""
    today = timezone.localdate()
    return Employee.objects.filter(
        status=EmployeeStatus.ACTIVE,
        pk__in=RoleGrant.objects.filter(group__name=Role.MACHINE_PIC, days__contains=today).values(
            "employee"
        ),
    ).order_by("name")


def machine_topics_allowed(user: Any, ids: Collection[str]) -> set[str]:
    """Which of these machines' live news the person may hear; one query."""
    wanted = [int(key) for key in ids if key.isascii() and key.isdigit() and len(key) < 19]
    return {str(pk) for pk in machines_visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True)}


def series_of(
    machine: Machine,
    *,
    length: timedelta,
    end: datetime | None = None,
    metrics: Sequence[str] | None = None,
    points: int = 400,
) -> dict[str, Any]:
    """The numbers of a machine's graphs over `length` up to `end`; at most about `points` moments.

    `start`, `end` and `at` are milliseconds since the epoch, `step` the seconds between neighbours: a distance well
    above it is a gap. `kind` is "sample" for single polls and means of a few of them, "rollup" for five minutes and
    more. `values` has each metric, and `_min` and `_max` beside it where a moment stands for several polls.

    Rows read: 6 h of polls or six weeks of roll-ups of one machine, by the key (machine, at).
    """
    end = end or timezone.now()
    start = end - length
    # What is no metric never reaches the SQL below.
    names = [name for name in metrics or METRIC if name in METRIC] or list(METRIC)
    if length <= RAW_AT_MOST and start >= timezone.now() - RAW_KEPT:
        kind, (step, rows) = "sample", _samples(machine, start, end, names, points)
    else:
        kind, (step, rows) = "rollup", _roll_ups(machine, start, end, names, points)
    columns = list(zip(*rows, strict=True)) or [()] * (1 + 3 * len(names))
    values = {}
    for place, name in enumerate(names):
        mean, low, high = columns[1 + 3 * place : 4 + 3 * place]
        values[name] = [_short(value) for value in mean]
        if step > machine.interval_s:
            values[f"{name}_min"], values[f"{name}_max"] = [*map(_short, low)], [*map(_short, high)]
    return {
        "start": _milliseconds(start),
        "end": _milliseconds(end),
        "kind": kind,
        "step": step,
        "at": [_milliseconds(at) for at in columns[0]],
        "values": values,
    }


def _samples(
    machine: Machine, start: datetime, end: datetime, names: list[str], points: int
) -> tuple[int, list[tuple[Any, ...]]]:
    seconds = (end - start).total_seconds()
    if seconds / machine.interval_s <= points:
        columns = ", ".join(f"{name}, {name}, {name}" for name in names)
        return machine.interval_s, _fetch(
            f"SELECT at, {columns} FROM monitoring_sample"  # noqa: S608  names of our own list
            " WHERE machine_id = %(machine)s AND at > %(start)s AND at <= %(end)s ORDER BY at",
            machine, start, end,
        )  # fmt: skip
    step = _step(max(seconds / points, 2 * machine.interval_s))
    columns = ", ".join(f"avg({name}), min({name}), max({name})" for name in names)
    return step, _grouped("monitoring_sample", columns, step, machine, start, end)


def _roll_ups(
    machine: Machine, start: datetime, end: datetime, names: list[str], points: int
) -> tuple[int, list[tuple[Any, ...]]]:
    step = _step(max((end - start).total_seconds() / points, ROLL_UP_S))
    # The mean of means counts polls, for a window in which the machine answered twice says less than a full one.
    columns = ", ".join(
        f"sum({name}_mean * samples) / nullif(sum(samples) FILTER (WHERE {name}_mean IS NOT NULL), 0),"
        f" min({name}_min), max({name}_max)"
        for name in names
    )
    return step, _grouped("monitoring_rollup", columns, step, machine, start, end)


def _grouped(
    table: str, columns: str, step: int, machine: Machine, start: datetime, end: datetime
) -> list[tuple[Any, ...]]:
    """Means of `step` seconds, each at the middle of its interval."""
    return _fetch(
        f"SELECT date_bin('{step} s', at, 'epoch') + interval '{step} s' / 2 AS middle, {columns}"  # noqa: S608  the same
        f" FROM {table}"
        " WHERE machine_id = %(machine)s AND at > %(start)s AND at <= %(end)s GROUP BY 1 ORDER BY 1",
        machine, start, end,
    )  # fmt: skip


def _fetch(sql: str, machine: Machine, start: datetime, end: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"machine": machine.pk, "start": start, "end": end})
        return cursor.fetchall()


def _step(seconds: float) -> int:
    return next((step for step in STEPS_S if step >= seconds), STEPS_S[-1])


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _short(value: float | None) -> float | None:
    """Two digits behind the point: more would only make the answer longer."""
    return None if value is None else round(value, 2)
