from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from core.partitions import partitions_for, tables_of
from monitoring.choices import TransportKind
from monitoring.demo.fleet import FLEET, HYPERVISORS, INFRASTRUCTURE
from monitoring.demo.history import RAW_STEP_S, ROLL_UP_S, write_roll_ups, write_samples
from monitoring.demo.states import write_states
from monitoring.models import Machine
from monitoring.services import ensure_local_machine
from monitoring.transports.rhythm import SCENARIOS
from organization.choices import Role
from organization.demo.cast import ROLE_CARDS
from organization.models import Division, RoleGrant

RAW_HISTORY = timedelta(hours=24)


def load(days: int, seed: int, progress: Callable[[float, str], None]) -> dict[str, int]:
    """The simulated fleet with `days` of five-minute roll-ups and a day of polls until now, and this host.

    The machines' lives hang on their names and the clock alone; `seed` changes nothing here. Runs inside the caller's
    transaction; only the partitions of the past are made beside it, as the tables' owner.
    """
    progress(0, "monitoring: machines")
    now = timezone.now()
    machines = _machines()
    _assign([*machines, ensure_local_machine()])
    _make_partitions(now - timedelta(days=days), now)
    counts = {"monitoring.machine": len(machines) + 1, "monitoring.rollup": 0, "monitoring.sample": 0}
    raw_from, raw_until = _floor(now - RAW_HISTORY, RAW_STEP_S), _floor(now, RAW_STEP_S)
    for done, machine in enumerate(machines):
        progress(0.05 + 0.9 * done / len(machines), f"monitoring: {days} days of {machine.name}")
        # What is newer than the last closed window is rolled up by the workers, from the polls.
        counts["monitoring.rollup"] += write_roll_ups(
            machine, _floor(now - timedelta(days=days), ROLL_UP_S), _floor(now, ROLL_UP_S)
        )
        counts["monitoring.sample"] += write_samples(machine, raw_from, raw_until)
    progress(0.95, "monitoring: states")
    write_states(machines, now)
    progress(1, "monitoring: done")
    return counts


def _machines() -> list[Machine]:
    return Machine.objects.bulk_create(
        Machine(
            name=server.name,
            purpose=server.purpose,
            note=server.note,
            kind=server.kind,
            operating_system=server.system,
            transport=TransportKind.SIMULATED,
            hypervisor=HYPERVISORS[number % len(HYPERVISORS)],
        )
        for number, server in enumerate(FLEET)
    )


def _assign(machines: list[Machine]) -> None:
    """Divisions from the fleet's list, two PICs each. What exists already stays as somebody made it."""
    divisions = {division.code: division.pk for division in Division.objects.all()}
    codes = {server.name: server.divisions for server in FLEET}
    Machine.divisions.through.objects.bulk_create(
        (
            Machine.divisions.through(machine_id=machine.pk, division_id=divisions[code])
            for machine in machines
            for code in codes.get(machine.name, {INFRASTRUCTURE})
            if code in divisions
        ),
        ignore_conflicts=True,
    )
    Machine.pics.through.objects.bulk_create(
        (
            Machine.pics.through(machine_id=machine_id, employee_id=employee_id)
            for machine_id, employee_id in _pics_of(machines)
        ),
        ignore_conflicts=True,
    )


def _pics_of(machines: list[Machine]) -> Iterator[tuple[int, int]]:
    """(machine, employee). Whoever has the PIC's card on the login page gets this host, what is ill, and a third of the rest."""
    grants = RoleGrant.objects.filter(group__name=Role.MACHINE_PIC, days__contains=timezone.now().date())
    people = dict(grants.order_by("employee__nik").values_list("employee__nik", "employee_id"))
    on_card = people.pop(ROLE_CARDS[Role.MACHINE_PIC], None)
    others = list(people.values())
    for number, machine in enumerate(machines):
        if on_card and (not machine.is_simulated or machine.name in SCENARIOS or number % 3 == 0):
            yield machine.pk, on_card
        if others:
            yield machine.pk, others[number % len(others)]


def _make_partitions(start: datetime, end: datetime) -> None:
    for table in tables_of("monitoring"):
        partitions_for(table, max(start, end - timedelta(days=table.keep_days)), end)


def _floor(moment: datetime, seconds: int) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() // seconds * seconds, moment.tzinfo)
