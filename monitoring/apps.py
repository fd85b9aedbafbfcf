from django.apps import AppConfig

from organization.choices import Role


class MonitoringConfig(AppConfig):
    """Machines, read over one connection each; nothing is installed on them."""

    name = "monitoring"

    role_permissions = {
        Role.MONITORING_ADMIN: ("view_machine", "add_machine", "change_machine", "load_machine"),
        Role.MACHINE_PIC: ("view_machine",),
        Role.SUPERVISOR: ("view_machine",),
        Role.MANAGER: ("view_machine",),
        Role.AUDITOR: ("view_machine",),
        Role.ADMINISTRATOR: ("view_machine",),
    }
