"""The one audit trail and its seals. Rows are written by `core.audit` in SQL; these models read them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Via(models.TextChoices):
    """The door that an act came through."""

    PAGE = "page", _("Page")
    ADMIN = "admin", _("Administration")
    API = "api", _("API")
    COMMAND = "command", _("Command")
    TASK = "task", _("Background task")
    SOCKET = "socket", _("Live connection")


class AuditEntry(models.Model):
    """Who did what to which object, when and from where. Append-only: the database refuses every other change.

    Monthly partitions by `at`. What can be personal (`changes`, `reason`, `address`) counts in `mac` and in the seals
    only through `changes_digest`, which `salt` makes unguessable: erasing the four leaves all digests whole.
    """

    id = models.BigAutoField(primary_key=True)  # unique with `at` in the database, as partitions want it
    at = models.DateTimeField(_("time"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("person"),
    )
    actor_uuid = models.UUIDField(null=True)
    act = models.CharField(_("act"), max_length=60)
    object_kind = models.CharField(_("kind of object"), max_length=60)
    object_uuid = models.UUIDField(_("object"))
    via = models.CharField(_("through"), max_length=10, choices=Via)
    request_id = models.CharField(_("request"), max_length=64)
    address = models.GenericIPAddressField(_("address"), null=True)
    reason = models.TextField(_("reason"))
    changes = models.JSONField(_("changes"), null=True)
    salt = models.BinaryField(null=True)
    changes_digest = models.BinaryField()
    mac = models.BinaryField()

    class Meta:
        managed = False
        db_table = "core_auditentry"
        default_permissions = ("view", "export")
        verbose_name, verbose_name_plural = _("audit entry"), _("audit trail")

    def __str__(self) -> str:
        return f"{self.act} {self.object_kind} {self.object_uuid}"

    @property
    def is_erased(self) -> bool:
        return self.changes is None


class AuditSeal(models.Model):
    """One link of the chain: what an entry said when it was sealed, bound to every link before it."""

    seal_no = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField()
    entry_at = models.DateTimeField()
    entry_digest = models.BinaryField()
    digest = models.BinaryField()
    mac = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "core_auditseal"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.seal_no}"
