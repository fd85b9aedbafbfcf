import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring.metrics import METRICS
from monitoring.models import Machine
from monitoring.polling import lease as leases
from monitoring.polling.poller import Poller
from monitoring.polling.record import Answer, record
from monitoring.polling.status import judge
from monitoring.services import ensure_local_machine

_MORE = ("load5", "load15", "running", "mem_used", "uptime_s")
TICK_S = 5


class Command(BaseCommand):
    help = (
        "Poll machines as the workers do. Without --once it goes on until Ctrl-C. "
        "What is read is stored too, unless a worker that is up owns the machine's shard."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--machine", metavar="NAME", help="this machine only")
        parser.add_argument("--once", action="store_true", help="one poll, then end")
        parser.add_argument(
            "--json", action="store_true", help="one JSON object, a key for each machine; implies --once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_local_machine()
        pollers: dict[int, Poller] = {}
        try:
            while True:
                answers = self._poll(pollers, options["machine"])
                if options["json"]:
                    self.stdout.write(json.dumps(answers))
                else:
                    self._print(answers)
                if options["once"] or options["json"]:
                    return
                time.sleep(TICK_S)
        except KeyboardInterrupt:
            return
        finally:
            for poller in pollers.values():
                poller.close()

    def _poll(self, pollers: dict[int, Poller], name: str | None) -> dict[str, dict[str, Any]]:
        machines = Machine.objects.filter(**({"name": name} if name else {"is_enabled": True}))
        if not machines:
            raise CommandError(f"There is no machine named {name}." if name else "No machine is polled.")
        told: dict[str, dict[str, Any]] = {}
        for shard in sorted({machine.shard for machine in machines}):
            poller = pollers.setdefault(shard, Poller(shard))
            answers = poller.poll([machine for machine in machines if machine.shard == shard])
            is_stored = _store(poller, answers)
            told |= {answer.machine.name: _told(answer, is_stored) for answer in answers}
        return told

    def _print(self, answers: dict[str, dict[str, Any]]) -> None:
        for name, answer in sorted(answers.items()):
            metrics = answer["metrics"]
            values = "  ".join(
                f"{key} {metrics[key]:.1f}"
                for key in ("cpu", "load1", "mem_pct", "disk_pct")
                if metrics.get(key) is not None
            )
            self.stdout.write(f"{name:<24} {answer['status']:<8} {values or answer['failure']}")


def _store(poller: Poller, answers: list[Answer]) -> bool:
    """Write as a worker would, for a moment as the shard's owner; not while a worker owns it."""
    lease = leases.claim(poller.shard, poller.holder)
    if lease is None:
        return False
    try:
        record(answers, lease, {})
    finally:
        leases.release(lease)
    return True


def _told(answer: Answer, is_stored: bool) -> dict[str, Any]:
    reading = answer.reading
    if reading is None:
        return {
            "status": "nodata",
            "failure": answer.failure,
            "metrics": {},
            "cost_cpu_ms": None,
            "bytes": None,
            "ms": None,
            "stored": is_stored,
        }
    names = [*(metric.name for metric in METRICS), *_MORE]
    verdict = judge(reading)
    return {
        "status": verdict.status.value,
        "reasons": verdict.reasons,
        "metrics": {name: getattr(reading, name) for name in names},
        "disks": [vars(disk) for disk in reading.disks],
        "cost_cpu_ms": reading.cost_cpu_ms,
        "bytes": reading.cost_bytes,
        "ms": reading.poll_ms,
        "at": reading.at.isoformat(),
        "stored": is_stored,
    }
