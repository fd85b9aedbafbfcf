from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from organization.models.people import Employee


class ApiToken(Identified):
    """A program's key to the API. It acts as its person, within their roles of today; only its digest is kept."""

    employee = models.ForeignKey(
        Employee, models.CASCADE, related_name="api_tokens", verbose_name=_("employee")
    )
    name = models.CharField(_("name"), max_length=80, help_text=_("Which program uses it."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("API token"), _("API tokens")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="api_token_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return self.name
