from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.partitions import PartitionedTable
from organization.choices import Role


class MonitoringConfig(AppConfig):
    """Machines, read over one connection each; nothing is installed on them."""

    name = "monitoring"

    partitioned_tables = (
        PartitionedTable("monitoring_sample", "at", period="day", keep_days=14),
        PartitionedTable("monitoring_rollup", "at", period="month", keep_days=396),
    )

    audit_acts = {
        "machine.load_requested": _("Minute of load asked for"),
        "machine.added": _("Machine added"),
    }
    audit_labels = {"seconds": _("seconds")}
    role_permissions = {
        Role.MONITORING_ADMIN: (
            "view_machine",
            "add_machine",
            "change_machine",
            "load_machine",
            "export_machine",
        ),
        Role.MACHINE_PIC: ("view_machine",),
        Role.SUPERVISOR: ("view_machine", "export_machine"),
        Role.MANAGER: ("view_machine", "export_machine"),
        Role.AUDITOR: ("view_machine", "export_machine"),
        Role.ADMINISTRATOR: ("view_machine", "export_machine"),
    }
