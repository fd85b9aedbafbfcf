from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from ppob.choices import Frequency, ReportFormat, TransactionState
from ppob.models.billers import Biller
from ppob.models.products import Product


class SalesDay(models.Model):
    """What one product sold at one biller on one business day, by state: summed up every minute from what changed."""

    biller = models.ForeignKey(Biller, models.PROTECT, related_name="+", verbose_name=_("biller"))
    business_on = models.DateField(_("business day"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    state = models.CharField(_("status"), max_length=8, choices=TransactionState)
    transactions = models.BigIntegerField(_("transactions"))
    sheets = models.BigIntegerField(_("sheets"))
    total = models.BigIntegerField(_("total"))
    net = models.BigIntegerField(_("net to the deposit"))
    income = models.BigIntegerField(_("income"))
    commission = models.BigIntegerField(_("biller's commission"), default=0, db_default=0)
    milliseconds = models.BigIntegerField(_("milliseconds"))  # of those that said how long they took
    timed = models.BigIntegerField()
    p95_ms = models.IntegerField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("day's sales"), _("days' sales")
        default_permissions = ("view", "export")
        indexes = [models.Index(fields=["business_on", "biller", "product"], name="sales_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["biller", "business_on", "product", "state"], name="sales_day_once"
            ),
        ]


class PerformanceDay(models.Model):
    """The same by day, biller and product, its states beside each other: a view, read by the reports of each day.

    Money is that of what was successful; response times are those of all that said how long they took, and
    the 95th percentile that of successes.
    """

    id = models.BigIntegerField(primary_key=True)
    business_on = models.DateField(_("business day"))
    biller = models.ForeignKey(
        Biller, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name=_("biller")
    )
    product = models.ForeignKey(
        Product, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name=_("product")
    )
    transactions = models.BigIntegerField(_("transactions"))
    succeeded = models.BigIntegerField()
    failed = models.BigIntegerField()
    undecided = models.BigIntegerField()  # suspect and pending
    reversed = models.BigIntegerField()
    sheets = models.BigIntegerField(_("sheets"))
    total = models.BigIntegerField(_("total"))
    net = models.BigIntegerField(_("net to the deposit"))
    income = models.BigIntegerField(_("income"))
    milliseconds = models.BigIntegerField()
    timed = models.BigIntegerField()
    p95_ms = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "ppob_performance_day"
        default_permissions = ()
        verbose_name, verbose_name_plural = _("day's performance"), _("days' performance")

    @property
    def success_rate(self) -> float | None:
        """Per cent of those that have ended."""
        ended = self.succeeded + self.failed + self.reversed
        return 100 * self.succeeded / ended if ended else None

    @property
    def mean_ms(self) -> int | None:
        return round(self.milliseconds / self.timed) if self.timed else None


class SavedReport(Identified):
    """A report under a name: its filter, its columns, and when it is made and for whom."""

    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_reports", verbose_name=_("owner")
    )
    query = models.CharField(max_length=1000, blank=True)  # the list's own address parameters
    columns = models.JSONField(_("columns"), default=list)
    file_format = models.CharField(_("format"), max_length=4, choices=ReportFormat, default=ReportFormat.XLSX)
    frequency = models.CharField(_("made"), max_length=7, choices=Frequency, default=Frequency.NEVER)
    hour = models.PositiveSmallIntegerField(_("at (hour, WIB)"), default=6)
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="reports_received", verbose_name=_("recipients")
    )
    is_active = models.BooleanField(_("active"), default=True)
    made_for = models.DateField(null=True, editable=False)  # the last day for which it was made
    created_at = models.DateTimeField(_("saved"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("saved report"), _("saved reports")
        ordering = ("name", "id")
        indexes = [models.Index(fields=["owner", "name", "id"], name="saved_report_owner")]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_report_name_once"),
            models.CheckConstraint(condition=models.Q(hour__lt=24), name="saved_report_hour_valid"),
        ]

    def __str__(self) -> str:
        return self.name
