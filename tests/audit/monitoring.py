"""What is audited of machines."""

from monitoring import services as monitoring
from monitoring.choices import TransportKind
from monitoring.models import LoadRun, Machine
from monitoring.tests.factories import MachineFactory
from organization.tests.factories import (
    EmployeeFactory,
)
from tests.audit.acts import Services, Writers


def request_load():
    machine, actor = MachineFactory(transport=TransportKind.LOCAL), EmployeeFactory()
    return lambda: monitoring.request_load(machine=machine, actor=actor)


def ensure_local_machine():
    return monitoring.ensure_local_machine


SERVICES: Services = {
    "monitoring.services.request_load": [request_load],
    "monitoring.services.ensure_local_machine": [ensure_local_machine],
}

WRITERS: Writers = {
    "monitoring.services.machines.ensure_local_machine": ("monitoring.services.ensure_local_machine",),
    "monitoring.services.load.request_load": ("monitoring.services.request_load",),
}

# What changes nothing that an auditor asks about.
NOT_SENSITIVE = {
    "monitoring.services.claim_load": "a worker takes what a person asked for, and that was recorded",
    "monitoring.services.end_load": "the same",
    "monitoring.services.sweep_stale_loads": "the same",
    "monitoring.services.roll_up": "sums of samples",
}

# What must be as it was when an act is refused.
ROWS = (Machine, LoadRun)
