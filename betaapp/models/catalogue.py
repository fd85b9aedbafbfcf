from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from betaapp.numbers import LONGEST, is_version_number
from core.models import Identified
from organization.models import Division
from organization.models.places import code_validator


def check_number(text: str) -> None:
    if not is_version_number(text):
        raise ValidationError(
            _("“%(text)s” is no version number. Write it as 2.1.0 or 2.1.0-beta.1."), params={"text": text}
        )


class Application(Identified):
    """A program on the stores' computers, and the division that makes it."""

    code = models.CharField(_("code"), max_length=12, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=80)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="applications", verbose_name=_("owner")
    )
    description = models.TextField(_("description"), max_length=1000, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("application"), _("applications")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Version(Identified):
    """A version that was built. Which one is stable when, `StablePeriod` says."""

    called_by = ("application__code", "number")
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="versions", verbose_name=_("application")
    )
    number = models.CharField(_("version"), max_length=LONGEST, validators=[check_number])
    notes = models.TextField(_("notes"), max_length=4000, blank=True)
    released_on = models.DateField(_("released"))

    class Meta:
        verbose_name, verbose_name_plural = _("version"), _("versions")
        ordering = ("application", "-released_on", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"],
                name="version_once",
                violation_error_message=_("This application has a version of this number already."),
            ),
            # What the tables beside it refer to, so that no row names a version of another application.
            models.UniqueConstraint(fields=["id", "application"], name="version_of_application"),
        ]

    def __str__(self) -> str:
        return self.number


class StablePeriod(models.Model):
    """When which version of an application was the one for every store that tries nothing else."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="stable_periods")
    version = models.ForeignKey(Version, models.PROTECT, related_name="stable_periods")
    during = DateTimeRangeField(_("during"))

    class Meta:
        verbose_name, verbose_name_plural = _("stable version"), _("stable versions")
        default_permissions = ()
        constraints = [
            ExclusionConstraint(
                name="application_has_one_stable_version",
                expressions=[("application", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(during__startswith__isnull=False) & Q(during__isempty=False),
                name="stable_period_begins",
            ),
        ]
