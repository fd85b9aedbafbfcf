import socket

from django.db import IntegrityError, transaction

from core import audit
from monitoring.choices import MachineKind, OperatingSystem, TransportKind
from monitoring.models import Machine

LOCAL_INTERVAL_S = 5


def ensure_local_machine() -> Machine:
    """The row of the host that the portal runs on, made when there is none: real from the first minute, demo or not.

    Safe when several processes start at once: the database allows one such row.
    """
    machine = Machine.objects.filter(transport=TransportKind.LOCAL).first()
    if machine is not None:
        return machine
    hostname = socket.gethostname().split(".")[0][:50] or "localhost"
    name = hostname if not Machine.objects.filter(name=hostname).exists() else f"{hostname}-gerai"
    try:
        with transaction.atomic():
            machine = Machine.objects.create(
                name=name,
                purpose="Mesin tempat portal ini berjalan",
                kind=MachineKind.APPLICATION,
                operating_system=OperatingSystem.LINUX,
                transport=TransportKind.LOCAL,
                interval_s=LOCAL_INTERVAL_S,
            )
            audit.record(None, "machine.added", machine, {"name": (None, name)})
            return machine
    except IntegrityError:
        return Machine.objects.get(transport=TransportKind.LOCAL)
