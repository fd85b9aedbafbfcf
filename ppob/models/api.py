"""Who reports sales to us: the core server, by a signed API."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Identified


class ApiClient(Identified):
    """A program that signs its batches with a secret of its own (HMAC-SHA256); the secret is sealed at rest."""

    key_id = models.CharField(_("key id"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80, help_text=_("Which program uses it."))
    secret_sealed = models.BinaryField(editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    last_seen_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("PPOB API key"), _("PPOB API keys")

    def __str__(self) -> str:
        return self.name


class ApiNonce(models.Model):
    """A nonce is good once; a signature older than five minutes is refused, so nonces are kept for an hour."""

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["client", "nonce"], name="api_nonce_once")]
        indexes = [models.Index(fields=["at"], name="api_nonce_at")]
