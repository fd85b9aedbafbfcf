from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerProof(models.Model):
    """What a nightly proof found. The newest says whether the ledger is well."""

    proved_on = models.DateField(_("proved on"))
    at = models.DateTimeField(_("time"), auto_now_add=True)
    accounts = models.BigIntegerField(_("accounts"))
    transfers = models.BigIntegerField(_("transfers"))
    violations = models.JSONField(_("violations"), default=list)
    closed = models.JSONField(_("days closed"), default=list)
    seconds = models.FloatField(_("seconds"))

    class Meta:
        verbose_name, verbose_name_plural = _("proof of the ledger"), _("proofs of the ledger")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.proved_on}"
