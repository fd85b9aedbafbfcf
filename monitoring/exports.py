"""What the list of machines exports: what it is, and how it did when it was last asked."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.exports import Column, ExportSpec
from monitoring.choices import Status
from monitoring.models import Machine
from monitoring.templatetags.machines import reasons_in_words


def machine_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("name", _("Name"), width=20),
        Column("kind", _("Machine kind"), "status", lambda machine: machine.get_kind_display()),
        Column(
            "system", _("Operating system"), "status", lambda machine: machine.get_operating_system_display()
        ),
        Column("purpose", _("Use")),
        Column("status", _("Status"), "status", _status),
        Column("why", _("Remarks"), value=_why, width=34),
        Column("cpu", _("CPU (%)"), "decimal", lambda machine: _value(machine, "cpu"), width=10),
        Column("memory", _("Memory (%)"), "decimal", lambda machine: _value(machine, "mem_pct"), width=12),
        Column("disk", _("Disk (%)"), "decimal", lambda machine: _value(machine, "disk_pct"), width=10),
        Column("sampled_at", _("Last answer"), "datetime", lambda machine: _state(machine, "sampled_at")),
    )


def _state(machine: Machine, name: str) -> Any:
    """Of a machine that was never polled there is none."""
    return getattr(getattr(machine, "state", None), name, None)


def _value(machine: Machine, name: str) -> Any:
    return (_state(machine, "values") or {}).get(name)


def _status(machine: Machine) -> Any:
    return Status(_state(machine, "status") or Status.NO_DATA).label


def _why(machine: Machine) -> str:
    return reasons_in_words(getattr(machine, "state", None)) or machine.note


MACHINES = ExportSpec(
    name="monitoring.machine",
    title=_("Machines"),
    permission="monitoring.export_machine",
    columns=machine_columns,
)
