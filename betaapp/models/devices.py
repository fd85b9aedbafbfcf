from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betaapp.choices import DeviceKind
from betaapp.models.catalogue import Application, Version
from betaapp.models.programs import BetaProgram
from core.models import Identified
from organization.models import Employee, Store

# As the database has it: digits and letters of ASCII alone.
device_name = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,29}\Z", _("Letters, digits, dot, dash; at most 30.")
)


class StoreToken(Identified):
    """A store's key to the API: it reads and writes that store and nothing else. Only its digest is kept."""

    called_by = ("store__code",)
    store = models.ForeignKey(Store, models.CASCADE, related_name="beta_tokens", verbose_name=_("store"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("store's API key"), _("stores' API keys")
        default_permissions = ("view", "add", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["store"], name="store_has_one_token", condition=Q(revoked_at=None)
            )
        ]

    def __str__(self) -> str:
        return str(self.store)


class Device(models.Model):
    """A computer of a store, as it calls itself, and when it was last heard of."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="devices", verbose_name=_("store"))
    name = models.CharField(_("computer"), max_length=30, validators=[device_name])
    kind = models.CharField(_("kind"), max_length=8, choices=DeviceKind, default=DeviceKind.TILL)
    first_heard_at = models.DateTimeField(_("first heard of"))
    last_heard_at = models.DateTimeField(_("last heard of"))

    class Meta:
        verbose_name, verbose_name_plural = _("store's computer"), _("stores' computers")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="device_once"),
            models.CheckConstraint(
                condition=Q(last_heard_at__gte=F("first_heard_at")), name="device_heard_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class InstalledVersion(models.Model):
    """From when until when a computer said that it runs a version. A row only where something changed."""

    store = models.ForeignKey(
        Store, models.CASCADE, related_name="installed_versions", verbose_name=_("store")
    )
    device = models.ForeignKey(
        Device, models.CASCADE, related_name="installed_versions", verbose_name=_("computer")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="+", verbose_name=_("application")
    )
    version = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name=_("version"))
    during = DateTimeRangeField(_("during"))

    class Meta:
        verbose_name, verbose_name_plural = _("installed version"), _("installed versions")
        default_permissions = ("view",)
        permissions = [
            ("confirm_installedversion", _("Can confirm a store's version on the spot")),
            ("export_installedversion", _("Can export the versions of stores")),
        ]
        indexes = [
            # What runs now at a store, and everywhere.
            models.Index("store", "application", name="installed_now", condition=Q(during__upper_inf=True)),
        ]
        constraints = [
            ExclusionConstraint(
                name="device_runs_one_version",
                expressions=[
                    ("device", RangeOperators.EQUAL),
                    ("application", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(during__startswith__isnull=False) & Q(during__isempty=False),
                name="installed_version_begins",
            ),
        ]


class ConfirmedVersion(Identified):
    """What somebody saw on the spot, of one computer or of the whole store."""

    called_by = ("store__code", "application__code", "version__number")
    store = models.ForeignKey(
        Store, models.CASCADE, related_name="confirmed_versions", verbose_name=_("store")
    )
    device = models.ForeignKey(
        Device, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("computer")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="+", verbose_name=_("application")
    )
    version = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name=_("version"))
    confirmed_at = models.DateTimeField(_("confirmed"), default=timezone.now)
    confirmed_by = models.ForeignKey(
        Employee, models.PROTECT, related_name="+", verbose_name=_("confirmed by")
    )

    class Meta:
        verbose_name, verbose_name_plural = (
            _("version confirmed on the spot"),
            _("versions confirmed on the spot"),
        )
        default_permissions = ()
        indexes = [models.Index(fields=["store", "application", "-confirmed_at"], name="confirmed_latest")]


class Drift(models.Model):
    """A computer that says it runs another version than its store should today: a view of the database."""

    id = models.BigIntegerField(primary_key=True)  # the interval's
    store = models.ForeignKey(Store, models.DO_NOTHING, related_name="+", verbose_name=_("store"))
    device = models.ForeignKey(Device, models.DO_NOTHING, related_name="+", verbose_name=_("computer"))
    application = models.ForeignKey(
        Application, models.DO_NOTHING, related_name="+", verbose_name=_("application")
    )
    reported = models.ForeignKey(Version, models.DO_NOTHING, related_name="+", verbose_name=_("reported"))
    expected = models.ForeignKey(Version, models.DO_NOTHING, related_name="+", verbose_name=_("expected"))
    program = models.ForeignKey(
        BetaProgram, models.DO_NOTHING, null=True, related_name="+", verbose_name=_("beta programme")
    )
    since = models.DateTimeField(_("since"))

    class Meta:
        managed = False
        db_table = "betaapp_drift"
        verbose_name, verbose_name_plural = _("version that differs"), _("versions that differ")
        default_permissions = ()
