from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.partitions import PartitionedTable


class CoreConfig(AppConfig):
    """What every app builds on. Knows nobody: people only as settings.AUTH_USER_MODEL."""

    name = "core"

    partitioned_tables = (
        # Ten years: what an auditor or a court may still ask for.
        PartitionedTable("core_auditentry", "at", period="month", keep_days=3653, append_only=True),
    )
    # Roles by name, as text: what a role is, organization knows, whose migration gives them these.
    role_permissions = {
        "administrator": ("view_auditentry",),
        "auditor": ("view_auditentry",),
    }

    audit_acts = {
        "object.added": _("Added"),
        "object.changed": _("Changed"),
        "object.removed": _("Removed"),
        "audit.personal_shown": _("Personal data shown"),
        "audit.erased": _("Personal data erased"),
    }
    audit_labels = {"entries": _("entries"), "proof": _("proof")}

    def ready(self) -> None:
        from core import checks  # noqa: F401  registers itself
        from core.audit import context  # noqa: F401  listens to Celery's signals
        from django.utils.module_loading import autodiscover_modules

        # Each app's handlers of outbox messages.
        autodiscover_modules("outbox")
