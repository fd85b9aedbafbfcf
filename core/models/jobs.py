import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """Work in the background that a person can watch, leave, come back to, cancel and try again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=160, blank=True)
    params = models.JSONField(_("parameters"), default=dict)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", verbose_name=_("asked for by")
    )
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.QUEUED)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    cancel_requested_at = models.DateTimeField(_("cancel asked for"), null=True)
    # Asked for again is a new run of the same job; `attempts` counts the tries of this run.
    run = models.PositiveSmallIntegerField(_("run"), default=1)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("total"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    error = models.TextField(_("error"), blank=True)
    # The file stands below MEDIA_ROOT; only the job's page hands it out.
    result_path = models.CharField(max_length=200, blank=True)
    result_name = models.CharField(_("file"), max_length=160, blank=True)
    result_bytes = models.PositiveBigIntegerField(_("size"), null=True)
    result_sha256 = models.CharField(max_length=64, blank=True)
    result_rows = models.PositiveBigIntegerField(_("rows"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("job"), _("jobs")
        indexes = [
            # A person's list, newest first; how many of them are under way; the sweep of what lost its worker.
            models.Index(fields=["requested_by", "created_at", "id"], name="job_by_person"),
            models.Index(
                fields=["requested_by"], name="job_open", condition=Q(state__in=["queued", "running"])
            ),
            # Nightly: files that have been kept long enough.
            models.Index(fields=["ended_at"], name="job_with_file", condition=~Q(result_path="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], ended_at__isnull=True)
                | Q(state__in=["done", "failed", "cancelled"], ended_at__isnull=False),
                name="job_ended_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.kind

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES
