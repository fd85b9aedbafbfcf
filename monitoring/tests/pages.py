"""Machines as pages meet them: polled, with facts."""

from typing import Any

import factory
from django.utils import timezone

from monitoring.choices import Status
from monitoring.models import MachineFacts
from monitoring.polling.status import RANK
from monitoring.tests.factories import MachineFactory, MachineStateFactory

GIGABYTE = 1024**3
VALUES = {"cpu": 12.5, "mem_pct": 48.0, "load1": 0.4, "disk_pct": 25.0, "uptime_s": 90_000}
DISK = {
    "mount": "/",
    "device": "sda1",
    "total": 9 * GIGABYTE,
    "used": GIGABYTE,
    "pct": 11.5,
    "inodes_pct": None,
}


class PolledMachineFactory(MachineFactory):
    """`PolledMachineFactory(status=Status.DANGER, status__failure="…")`: what follows `status__` is the state's."""

    purpose = "Layanan pembayaran"

    @factory.post_generation
    def status(self, create: bool, extracted: Status | None, **kwargs: Any) -> None:
        status = extracted or Status.SAFE
        state = {
            "severity": RANK[status] * 100,
            "sampled_at": timezone.now(),
            "values": VALUES,
            "disks": [DISK],
            "sparkline": [10, 20, None, 12],
        }
        MachineStateFactory(machine=self, status=status, **(state | kwargs))
        MachineFacts.objects.create(
            machine=self,
            hostname="srv",
            processor="Intel Xeon",
            cores=4,
            memory_bytes=8 * GIGABYTE,
            read_at=timezone.now(),
        )
