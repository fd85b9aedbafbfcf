"""What a run left behind as files: evidence of what people were told, whatever became of its differences since."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ppob.models.reconciliation import ReconciliationRun


class RunFile(models.Model):
    """One file of one run, kept under its content's digest; never changed."""

    run = models.ForeignKey(ReconciliationRun, models.PROTECT, related_name="kept_files")
    form = models.CharField(_("form"), max_length=4, choices=(("csv", "CSV"), ("pdf", "PDF")))
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.BigIntegerField(_("size"))
    rows = models.PositiveIntegerField(_("rows"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("file of a run"), _("files of runs")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["run", "form"], name="run_file_once"),
            models.CheckConstraint(condition=Q(form__in=["csv", "pdf"]), name="run_file_form"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="run_file_hash"),
            models.CheckConstraint(condition=Q(size__gt=0), name="run_file_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.form}"
