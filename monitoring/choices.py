from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MachineKind(TextChoices):
    WEB = "web", _("Web server")
    DATABASE = "database", _("Database server")
    APPLICATION = "application", _("Application server")


class OperatingSystem(TextChoices):
    LINUX = "linux", "Linux"
    WINDOWS = "windows", "Windows"


class TransportKind(TextChoices):
    """How a machine is read. SSH comes with the machines of the company's own network."""

    LOCAL = "local", _("This host")
    SIMULATED = "simulated", _("Simulation")
    SSH = "ssh", "SSH"


class Status(TextChoices):
    """Green, yellow, red; and two conditions beside them. No data is never green."""

    SAFE = "safe", _("Safe")
    WARNING = "warning", _("Warning")
    DANGER = "danger", _("Danger")
    NO_DATA = "nodata", _("No data")
    MAINTENANCE = "maintenance", _("Maintenance")
