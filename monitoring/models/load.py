from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.models.machine import Machine


class LoadRun(models.Model):
    """A minute of CPU load that a person asked for, on the host the portal runs on; one at a time."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="load_runs")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    seconds = models.PositiveSmallIntegerField(default=60)
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("load run"), _("load runs")
        constraints = [
            models.UniqueConstraint(
                fields=["machine"], condition=Q(ended_at__isnull=True), name="one_load_run_at_a_time"
            ),
            models.CheckConstraint(condition=Q(seconds__range=(1, 60)), name="load_run_at_most_a_minute"),
        ]

    def __str__(self) -> str:
        return f"{self.machine_id} {self.requested_at:%F %T}"
