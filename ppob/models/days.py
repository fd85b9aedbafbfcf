"""Days that are closed. The ledger's day closes after its nightly proof, a biller's day when it is signed; triggers
refuse what comes after, so late news posts into today."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from ppob.models.billers import Biller


class LedgerDay(models.Model):
    """A proved and closed ledger day (Asia/Jakarta), bound to the one before by its hash."""

    day = models.DateField(_("ledger day"), primary_key=True)
    transfers = models.BigIntegerField(_("transfers"))
    entries = models.BigIntegerField(_("entries"))
    moved = models.BigIntegerField(_("debits"))
    digest = models.BinaryField()
    closed_at = models.DateTimeField(_("closed"))

    class Meta:
        managed = False
        db_table = "ppob_ledger_day"
        default_permissions = ("view",)
        verbose_name, verbose_name_plural = _("ledger day"), _("ledger days")


class BillerDay(Identified):
    """One business day of a biller. Signed, it is locked: no transaction and no transfer of it may change."""

    called_by = ("biller__code", "business_on")
    biller = models.ForeignKey(Biller, models.PROTECT, related_name="days", verbose_name=_("biller"))
    business_on = models.DateField(_("business day"))
    # Two sign: one prepares, another checks. A new run takes the first signature back.
    prepared_at = models.DateTimeField(_("prepared"), null=True, blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("prepared by"),
    )  # fmt: skip
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("signed by"),
    )  # fmt: skip

    class Meta:
        verbose_name, verbose_name_plural = _("biller's day"), _("billers' days")
        default_permissions = ("view",)
        permissions = [("sign_billerday", _("Can sign billers' days"))]
        constraints = [
            models.UniqueConstraint(fields=["biller", "business_on"], name="biller_day_once"),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True)
                | (Q(prepared_by__isnull=False, signed_at__isnull=False) & ~Q(signed_by=F("prepared_by"))),
                name="biller_day_signed_by_two",
            ),
            models.CheckConstraint(
                condition=Q(prepared_by__isnull=True, prepared_at__isnull=True)
                | Q(prepared_by__isnull=False, prepared_at__isnull=False),
                name="biller_day_prepared_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.biller_id} {self.business_on}"
