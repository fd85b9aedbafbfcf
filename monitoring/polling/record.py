"""A round's answers, written: samples in one INSERT, one state row a machine, and news for open pages."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.events import announce
from core.live import publish_many
from monitoring.choices import Status
from monitoring.events import MachineStatusChanged, MachineUnreachable
from monitoring.metrics import METRICS
from monitoring.models import Machine, MachineFacts, MachineState, Sample
from monitoring.notices import ask_to_tell
from monitoring.polling import lease as leases
from monitoring.polling.status import MISSES_TO_GREY, Damping, Verdict, judge
from monitoring.transports import Facts, Reading

SPARKLINE_POINTS = 40
_VALUES = (
    *(metric.name for metric in METRICS),
    *("load5", "load15", "running", "mem_used", "uptime_s", "cost_cpu_ms", "cost_bytes", "poll_ms"),
)
_STATE_FIELDS = [field.name for field in MachineState._meta.concrete_fields if field.name != "machine"]
_FACTS_FIELDS = [field.name for field in MachineFacts._meta.concrete_fields if field.name != "machine"]


@dataclass(frozen=True)
class Answer:
    """What one machine said in a round: a reading, or the text of a failure."""

    machine: Machine
    reading: Reading | None = None
    failure: str = ""
    facts: Facts | None = None


@transaction.atomic
def record(
    answers: Sequence[Answer], lease: leases.Lease, damping: dict[int, Damping]
) -> dict[int, MachineState]:
    """Write a round and tell open pages after commit. Raises LeaseLost, having written nothing.

    The lease's row is locked first: a worker that was replaced while it read cannot overwrite the newer one's rows.
    """
    leases.hold(lease)
    now = timezone.now()
    states = _states_before([answer.machine for answer in answers], now)
    for answer in answers:
        _update(states[answer.machine.pk], answer, damping.setdefault(answer.machine.pk, Damping()), now)
    read = [answer for answer in answers if answer.reading is not None]
    Sample.objects.bulk_create([_sample(answer) for answer in read], ignore_conflicts=True)
    MachineState.objects.bulk_create(
        states.values(), update_conflicts=True, unique_fields=["machine"], update_fields=_STATE_FIELDS
    )
    _record_facts(answers, now)
    messages = [
        (f"monitoring.machine.{machine_id}", live_payload(state)) for machine_id, state in states.items()
    ]
    transaction.on_commit(lambda: publish_many(messages))
    return states


def live_payload(state: MachineState) -> dict[str, Any]:
    """What a page needs to move: flat, in the units of the series."""
    return {
        "id": state.machine_id,
        "at": state.sampled_at,
        "status": state.status,
        "reasons": state.reasons,
        "failure": state.failure,
        **{name: state.values.get(name) for name in _VALUES if name != "uptime_s"},
        "uptime": state.values.get("uptime_s"),
        "disks": state.disks,
        "top_processes": state.top_processes,
    }


def _states_before(machines: Sequence[Machine], now: datetime) -> dict[int, MachineState]:
    stored = MachineState.objects.in_bulk([machine.pk for machine in machines])
    return {
        machine.pk: stored.get(machine.pk) or MachineState(machine=machine, since=now) for machine in machines
    }


def _update(state: MachineState, answer: Answer, damping: Damping, now: datetime) -> None:
    if answer.reading is None:
        state.failure, state.failures_in_a_row = answer.failure[:200], state.failures_in_a_row + 1
        if state.failures_in_a_row >= MISSES_TO_GREY or state.sampled_at is None:
            _show(state, Verdict(Status.NO_DATA, []), now)
        return
    reading, verdict = answer.reading, judge(answer.reading)
    if damping.agrees(Status(state.status), verdict.status):
        _show(state, verdict, now)
    state.failure, state.failures_in_a_row = "", 0
    state.sampled_at = reading.at
    state.values = values_of(reading)
    state.disks = [asdict(disk) for disk in reading.disks]
    if reading.top_processes is not None:
        state.top_processes = [asdict(process) for process in reading.top_processes]
    point = None if reading.cpu is None else round(reading.cpu)
    state.sparkline = [*state.sparkline, point][-SPARKLINE_POINTS:]


def tell_change(machine_id: int, *, was: str, status: str) -> None:
    """Announce another colour, and grey by its own name too."""
    announce(MachineStatusChanged(machine_id=machine_id, was=was, status=status))
    if status == Status.NO_DATA:
        announce(MachineUnreachable(machine_id=machine_id))


def _show(state: MachineState, verdict: Verdict, now: datetime) -> None:
    if state.status != verdict.status:
        state.since = now
        tell_change(state.machine_id, was=state.status, status=verdict.status)
        ask_to_tell(state.machine_id, status=verdict.status, reasons=verdict.reasons, at=now)
    state.status, state.reasons, state.severity = verdict.status, verdict.reasons, verdict.severity


def values_of(reading: Reading) -> dict[str, Any]:
    """What a state row keeps of a reading: its numbers, rounded as they are shown."""
    return {name: _rounded(getattr(reading, name)) for name in _VALUES}


def _rounded(value: float | None) -> float | None:
    return round(value, 2) if isinstance(value, float) else value


def _sample(answer: Answer) -> Sample:
    reading = answer.reading
    assert reading is not None
    return Sample(
        machine_id=answer.machine.pk, at=reading.at, **{name: getattr(reading, name) for name in _VALUES}
    )


def _record_facts(answers: Sequence[Answer], now: datetime) -> None:
    rows = [
        MachineFacts(machine_id=answer.machine.pk, read_at=now, **asdict(answer.facts))
        for answer in answers
        if answer.facts is not None
    ]
    MachineFacts.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["machine"], update_fields=_FACTS_FIELDS
    )
