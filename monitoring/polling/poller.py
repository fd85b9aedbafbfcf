"""Rounds over the machines of a shard. One Poller a process and shard; it keeps the connections between rounds."""

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_noop

from monitoring.models import Machine, MachineState
from monitoring.polling import lease as leases
from monitoring.polling.record import Answer, record
from monitoring.polling.status import Damping
from monitoring.transports import Reading, Transport, TransportError, open_transport

logger = logging.getLogger(__name__)

FACTS_EVERY_S = 3600
# Rates need two readings; who asks once waits this long between them.
WARM_UP_S = 1.0
MOST_AT_ONCE = 32
NO_ANSWER_IN_TIME = gettext_noop("No answer within the time allowed.")


@dataclass
class _Line:
    """What the worker keeps for one machine."""

    transport: Transport
    signature: tuple[str, ...]
    facts_read_at: float | None = None
    slot: int | None = None
    pending: Future[Answer] | None = None


@dataclass
class Poller:
    shard: int
    holder: str = field(default_factory=leases.name_of_this_process)
    _lines: dict[int, _Line] = field(default_factory=dict)
    _damping: dict[int, Damping] = field(default_factory=dict)
    _round: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor | None = None

    def round(self) -> dict[int, MachineState]:
        """Poll the machines that are due and write what they said; the new states by machine.

        Nothing when another worker holds the shard, or while this one's last round still runs: late is dropped.
        """
        if not self._round.acquire(blocking=False):
            return {}
        try:
            lease = leases.claim(self.shard, self.holder)
            if lease is None:
                self._close_all()
                return {}
            machines = list(Machine.objects.filter(shard=self.shard, is_enabled=True))
            self._forget_others(machines)
            due = [machine for machine in machines if self._is_due(machine, time.time())]
            return record(self._ask(due), lease, self._damping) if due else {}
        except leases.LeaseLost:
            logger.warning("Shard %s went to another worker during a round", self.shard)
            return {}
        finally:
            self._round.release()

    def poll(self, machines: Sequence[Machine]) -> list[Answer]:
        """Ask these machines now, twice where the first answer has no rates; nothing is written."""
        answers = {answer.machine.pk: answer for answer in self._ask(machines)}
        cold = [
            answer.machine
            for answer in answers.values()
            if answer.reading is not None and not answer.reading.has_rates
        ]
        if cold:
            time.sleep(WARM_UP_S)
            for answer in self._ask(cold):
                first = answers[answer.machine.pk]
                answers[answer.machine.pk] = replace(answer, facts=first.facts, reading=_both(first, answer))
        return list(answers.values())

    def close(self) -> None:
        """End all connections; the pool's threads end when their last read does."""
        self._close_all()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _is_due(self, machine: Machine, now: float) -> bool:
        """Once in each slot of the machine's interval; slots begin at different seconds, so that load is spread."""
        slot = int((now + machine.pk * 5) // machine.interval_s)
        line = self._lines.get(machine.pk)
        if line is None:
            return True
        due, line.slot = line.slot != slot, slot
        return due

    def _ask(self, machines: Sequence[Machine]) -> list[Answer]:
        """One answer of each machine within its deadline; who still owes an earlier one is not asked again."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix=f"poll-{self.shard}")
        answers, asked = [], {}
        for machine in machines:
            try:
                line = self._line(machine)
            except TransportError as error:
                answers.append(Answer(machine, failure=str(error)))
                continue
            if line.pending is not None and not line.pending.done():
                answers.append(Answer(machine, failure=NO_ANSWER_IN_TIME))
                continue
            line.pending = self._pool.submit(_read, machine, line)
            asked[line.pending] = machine
        deadline = max(
            (self._lines[machine.pk].transport.deadline_s for machine in asked.values()), default=0
        )
        done, late = wait(asked, timeout=deadline)
        answers += [future.result() for future in done]
        answers += [Answer(asked[future], failure=NO_ANSWER_IN_TIME) for future in late]
        return answers

    def _line(self, machine: Machine) -> _Line:
        """The machine's connection, opened anew when its address or kind was changed."""
        signature = (
            machine.name,
            machine.transport,
            machine.kind,
            machine.operating_system,
            machine.address,
            str(machine.port),
        )
        line = self._lines.get(machine.pk)
        if line is None or line.signature != signature:
            self._close(machine.pk)
            line = self._lines[machine.pk] = _Line(self._open(machine), signature)
        return line

    def _open(self, machine: Machine) -> Transport:
        return open_transport(machine)

    def _forget_others(self, machines: Sequence[Machine]) -> None:
        for machine_id in self._lines.keys() - {machine.pk for machine in machines}:
            self._close(machine_id)

    def _close(self, machine_id: int) -> None:
        line = self._lines.pop(machine_id, None)
        if line is not None:
            line.transport.close()

    def _close_all(self) -> None:
        for machine_id in list(self._lines):
            self._close(machine_id)


def _read(machine: Machine, line: _Line) -> Answer:
    """Runs in the pool: touches the transport and nothing of the database."""
    try:
        facts = None
        if line.facts_read_at is None or time.monotonic() - line.facts_read_at > FACTS_EVERY_S:
            facts, line.facts_read_at = line.transport.facts(), time.monotonic()
        return Answer(machine, reading=line.transport.read(), facts=facts)
    except TransportError as error:
        line.facts_read_at = None
        return Answer(machine, failure=str(error))
    except Exception as error:
        logger.exception("Reading %s failed", machine.name)
        return Answer(machine, failure=f"{type(error).__name__}: {error}")


def _both(first: Answer, second: Answer) -> Reading | None:
    """The second reading with what only the first one carried."""
    if second.reading is None or first.reading is None:
        return second.reading
    return replace(second.reading, top_processes=second.reading.top_processes or first.reading.top_processes)


_pollers: dict[int, Poller] = {}


def poller_of(shard: int) -> Poller:
    """The one Poller of this process for the shard, whichever of its threads asks first."""
    return _pollers.setdefault(shard, Poller(shard))
