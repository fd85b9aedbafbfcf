from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models.people import Employee


class LoginCounter(models.Model):
    """Attempts reserved before a PIN is hashed; one row a key, counted up by `INSERT … ON CONFLICT`.

    Keys: NIK + address, NIK + known device, NIK over all addresses, look-ups of one address. The key is a keyed
    digest, so that this table is no list of who logs in from where.
    """

    key = models.CharField(max_length=64, primary_key=True)
    attempts = models.PositiveIntegerField(default=0)
    window_started_at = models.DateTimeField()
    lockouts = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    employee = models.ForeignKey(Employee, models.CASCADE, null=True, related_name="login_counters")

    class Meta:
        verbose_name, verbose_name_plural = _("login counter"), _("login counters")
        indexes = [models.Index("window_started_at", name="login_counter_age")]

    def __str__(self) -> str:
        return self.key[:12]


class KnownDevice(models.Model):
    """A browser on which the person has logged in: a stranger's wrong PINs do not lock it out."""

    employee = models.ForeignKey(
        Employee, models.CASCADE, related_name="known_devices", verbose_name=_("employee")
    )
    token_digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(_("device"), max_length=120, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    last_seen_at = models.DateTimeField(_("last seen"), auto_now=True)

    class Meta:
        verbose_name, verbose_name_plural = _("known device"), _("known devices")

    def __str__(self) -> str:
        return self.label


class UsedPin(models.Model):
    """A PIN that somebody chose before, as its hash: they do not come back to it. Only the last few are kept."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="used_pins")
    encoded = models.CharField(max_length=128)
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("used PIN"), _("used PINs")


class FirstAdminLink(models.Model):
    """The one-time link by which the first administrator sets a PIN; used once, then dead."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # At most one open link: making another one ends the first.
            models.UniqueConstraint(
                models.Value(1), name="one_open_first_admin_link", condition=Q(used_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.expires_at:%F %T}"
