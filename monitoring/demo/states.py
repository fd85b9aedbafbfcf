"""What home and lists show of the simulated machines before the first poll: the last minutes of their history."""

from dataclasses import asdict
from datetime import datetime, timedelta

from monitoring.choices import Status
from monitoring.models import Machine, MachineFacts, MachineState
from monitoring.polling.record import SPARKLINE_POINTS, values_of
from monitoring.polling.status import Verdict, judge
from monitoring.transports import Reading, TransportError
from monitoring.transports.simulated import DOES_NOT_ANSWER, SimulatedTransport


def write_states(machines: list[Machine], now: datetime) -> None:
    """State and facts of every machine as of `now`."""
    transports = {
        machine.pk: SimulatedTransport(machine.name, machine.kind, machine.operating_system)
        for machine in machines
    }
    MachineFacts.objects.bulk_create(
        MachineFacts(machine_id=pk, read_at=now, **asdict(transport.facts()))
        for pk, transport in transports.items()
    )
    MachineState.objects.bulk_create(_state(machine, transports[machine.pk], now) for machine in machines)


def _state(machine: Machine, transport: SimulatedTransport, now: datetime) -> MachineState:
    moments = [now - timedelta(seconds=machine.interval_s * back) for back in range(SPARKLINE_POINTS, -1, -1)]
    readings = [_reading(transport, moment) for moment in moments]
    latest = readings[-1]
    verdict = judge(latest) if latest else Verdict(Status.NO_DATA, [])
    return MachineState(
        machine=machine,
        status=verdict.status,
        severity=verdict.severity,
        reasons=verdict.reasons,
        since=now,
        sampled_at=latest.at if latest else None,
        values=values_of(latest) if latest else {},
        disks=[asdict(disk) for disk in latest.disks] if latest else [],
        top_processes=[asdict(process) for process in (latest and latest.top_processes) or []],
        sparkline=[None if each is None or each.cpu is None else round(each.cpu) for each in readings][1:],
        failure="" if latest else DOES_NOT_ANSWER,
    )


def _reading(transport: SimulatedTransport, moment: datetime) -> Reading | None:
    try:
        return transport.reading_at(moment)
    except TransportError:
        return None
