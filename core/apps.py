from typing import Any

from django.apps import AppConfig, apps
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.partitions import PartitionedTable


def job_title(kind: str) -> Any:
    """What people call jobs of this kind; nothing for one that is no more."""
    from core.jobs.registry import all_kinds

    known = all_kinds().get(kind)
    return known.title if known else None


def list_title(name: str) -> Any:
    """A list goes by its model's name."""
    try:
        return capfirst(apps.get_model(name)._meta.verbose_name_plural)
    except (LookupError, ValueError):
        return None


class CoreConfig(AppConfig):
    """What every app builds on. Knows nobody: people only as settings.AUTH_USER_MODEL."""

    name = "core"

    partitioned_tables = (
        # Ten years: what an auditor or a court may still ask for. Two months ahead: without a partition nothing that is
        # audited can be done, and an operator should have time to notice.
        PartitionedTable(
            "core_auditentry", "at", period="month", keep_days=3653, ahead_days=62, append_only=True
        ),
    )
    # Roles by name, as text: what a role is, organization knows, whose migration gives them these.
    role_permissions = {
        "administrator": (
            "view_outboxmessage",
            "change_outboxmessage",
            "view_auditentry",
            "export_auditentry",
        ),
        "auditor": ("view_auditentry", "export_auditentry"),
    }

    audit_acts = {
        "object.added": _("Added"),
        "object.changed": _("Changed"),
        "object.removed": _("Removed"),
        "audit.personal_shown": _("Personal data shown"),
        "audit.erased": _("Personal data erased"),
        "export.made": _("Exported"),
        "import.applied": _("Imported"),
        "outbox.requeued": _("Tried again"),
        "job.started": _("Job started"),
        "job.cancelled": _("Job cancelled"),
        "job.repeated": _("Job started again"),
    }
    audit_labels = {
        "entries": _("entries"),
        "proof": _("proof"),
        "job_kind": _("kind of job"),
        "run": _("run"),
        "list": _("list"),
        "filters": _("filters"),
        "file_format": _("format"),
        "rows": _("rows"),
        "sha256": _("SHA-256"),
        "file": _("file"),
        "added": _("new"),
        "changed": _("changed"),
        "message_kind": _("kind of message"),
        "message_key": _("key of message"),
    }
    audit_choices = {"job_kind": job_title, "list": list_title}

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules

        from core import checks  # noqa: F401  registers itself
        from core.audit import context  # noqa: F401  listens to Celery's signals
        from core.audit import jobs as audit_jobs  # noqa: F401  registers itself
        from core.exports import jobs as export_jobs  # noqa: F401  registers itself
        from core.imports import jobs as import_jobs  # noqa: F401  registers itself

        # Each app's handlers of outbox messages, and its kinds of jobs.
        autodiscover_modules("outbox", "jobs")
