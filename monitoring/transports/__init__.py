from django.utils.translation import gettext_noop

from monitoring.models import Machine
from monitoring.transports.base import Disk, Facts, Process, Reading, Transport, TransportError
from monitoring.transports.local import LocalTransport
from monitoring.transports.simulated import SimulatedTransport

__all__ = ["Disk", "Facts", "Process", "Reading", "Transport", "TransportError", "open_transport"]


def open_transport(machine: Machine) -> Transport:
    """The way this machine is read. TransportError for a kind that cannot be read yet."""
    if machine.transport == "local":
        return LocalTransport()
    if machine.transport == "simulated":
        return SimulatedTransport(machine.name, machine.kind, machine.operating_system)
    raise TransportError(gettext_noop("Polling over SSH is not available yet."))
