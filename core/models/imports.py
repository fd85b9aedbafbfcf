import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    READING = "reading", _("Being read")
    REFUSED = "refused", _("Refused")
    PREVIEWED = "previewed", _("Previewed")
    APPLYING = "applying", _("Being saved")
    APPLIED = "applied", _("Saved")


class ImportRun(models.Model):
    """One uploaded file on its way into master data: read, previewed, and applied whole or not at all.

    What is applied has the hash of what was previewed: another file cannot slip in between the two.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    resource = models.CharField(max_length=60)
    file_name = models.CharField(_("file"), max_length=160)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.READING)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+")
    counts = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    preview = models.JSONField(default=list)
    preview_digest = models.CharField(max_length=64, blank=True)
    applied_at = models.DateTimeField(_("saved"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("import"), _("imports")
        indexes = [models.Index(F("uploaded_by"), F("uploaded_at").desc(), name="import_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False)
                | (~Q(state="applied") & Q(applied_at__isnull=True)),
                name="import_applied_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.file_name
