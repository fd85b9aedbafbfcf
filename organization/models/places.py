from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from organization.choices import BranchKind, TimeZone

# Codes are text: leading zeros and `1E05` are codes, not numbers.
code_validator = RegexValidator(
    r"\A[A-Z0-9][A-Z0-9.\-]{0,11}\Z", _("Capital letters and digits only, at most 12.")
)
latitude = [MinValueValidator(-11.5), MaxValueValidator(6.5)]
longitude = [MinValueValidator(94.5), MaxValueValidator(141.5)]


class Branch(Identified):
    """A distribution centre with its office; head office is a branch of its own kind."""

    code = models.CharField(_("code"), max_length=12, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(
        _("kind"), max_length=12, choices=BranchKind, default=BranchKind.DISTRIBUTION_CENTRE
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80)
    province = models.CharField(_("province"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=20, choices=TimeZone, default=TimeZone.WIB)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=6, validators=latitude)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, validators=longitude)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("branch"), _("branches")
        ordering = ("code",)
        permissions = [("import_branch", _("Can import branches"))]
        constraints = [
            models.CheckConstraint(condition=Q(time_zone__in=TimeZone.values), name="branch_time_zone_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Store(Identified):
    """A shop. Which branch serves it is dated (`StoreBranch`); `branch` is today's, kept by the service."""

    code = models.CharField(_("code"), max_length=12, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=80)
    company = models.CharField(_("company"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="stores", verbose_name=_("branch"))
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=6, validators=latitude)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, validators=longitude)
    is_position_verified = models.BooleanField(_("position verified"), default=False)
    geofence_m = models.PositiveSmallIntegerField(
        _("geofence radius (m)"), default=100, validators=[MinValueValidator(20), MaxValueValidator(2000)]
    )
    visits_a_month = models.PositiveSmallIntegerField(
        _("visits a month"), default=1, validators=[MaxValueValidator(31)]
    )
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    paused_from = models.DateField(_("temporarily closed from"), null=True, blank=True)
    paused_until = models.DateField(_("temporarily closed until"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("store"), _("stores")
        ordering = ("code",)
        permissions = [
            ("export_store", _("Can export stores")),
            ("import_store", _("Can import stores")),
        ]
        indexes = [
            # The directory's sorts, one branch or all of them, and its search.
            models.Index("branch", "code", name="store_branch_code"),
            models.Index("name", "id", name="store_name_id"),
            models.Index("branch", "name", "id", name="store_branch_name_id"),
            models.Index("city", "id", name="store_city_id"),
            models.Index("opened_on", "id", name="store_opened_id"),
            models.Index("paused_from", "id", name="store_paused_id", condition=Q(paused_from__isnull=False)),
            GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("code"), name="gin_trgm_ops"),
                OpClass(Upper("city"), name="gin_trgm_ops"),
                name="store_search",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="store_closes_after_opening",
            ),
            models.CheckConstraint(
                condition=Q(paused_from__isnull=True, paused_until__isnull=True)
                | Q(paused_from__isnull=False, paused_until__isnull=True)
                | Q(paused_from__isnull=False, paused_until__gte=F("paused_from")),
                name="store_pause_has_a_start",
            ),
            models.CheckConstraint(condition=Q(geofence_m__range=(20, 2000)), name="store_geofence_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def is_paused_on(self, day: date) -> bool:
        """Temporarily closed ("tutup sementara") on that day; an open end counts."""
        return bool(
            self.paused_from
            and self.paused_from <= day
            and (not self.paused_until or day <= self.paused_until)
        )


class StoreBranch(models.Model):
    """The days on which a branch served a store: last month's recap stays as it was when a new DC takes over."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="branch_history", verbose_name=_("store"))
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="store_history", verbose_name=_("branch"))
    days = DateRangeField(_("days"))

    class Meta:
        verbose_name, verbose_name_plural = _("branch of a store"), _("branches of stores")
        constraints = [
            ExclusionConstraint(
                name="store_has_one_branch_a_day",
                expressions=[("store", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
                violation_error_message=_("On some of these days the store already belongs to a branch."),
            ),
            models.CheckConstraint(
                condition=Q(days__startswith__isnull=False) & Q(days__isempty=False),
                name="store_branch_has_a_first_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store_id} → {self.branch_id} {self.days}"
