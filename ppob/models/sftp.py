"""Where billers put their settlement files down for us: an SFTP server with its pinned host key, and what was taken."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from paramiko.hostkeys import HostKeyEntry, InvalidHostKey

from core.models import Identified
from core.sealed import open_sealed, seal
from core.wording import in_readers_language
from ppob.models.billers import Biller

# What a server may show; DSA and certificates are not among them.
KEY_TYPES = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")


def host_key_validator(value: str) -> None:
    """A line of `ssh-keyscan` without its host, type and base64. Raises ValidationError."""
    try:
        entry = (
            HostKeyEntry.from_line(f"host {value}") if value.split(" ", maxsplit=1)[0] in KEY_TYPES else None
        )
    except (InvalidHostKey, ValueError, IndexError):
        entry = None
    if entry is None:
        raise ValidationError(
            _(
                "Type and key as ssh-keyscan prints them, such as “ssh-ed25519 AAAA…”, without the host's name."
            ),
            code="host_key",
        )


class SftpSource(Identified):
    """One biller's server. Its host key is pinned: another one is refused, and so is a server that nobody has pinned."""

    called_by = ("biller__code", "host")

    class LoginBy(models.TextChoices):
        KEY = "key", _("Private key")
        PASSWORD = "password", _("Password")

    biller = models.OneToOneField(
        Biller, models.PROTECT, related_name="sftp_source", verbose_name=_("biller")
    )
    host = models.CharField(_("host"), max_length=120)
    port = models.PositiveIntegerField(
        _("port"), default=22, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    user = models.CharField(_("user"), max_length=60)
    login_by = models.CharField(_("logs in by"), max_length=8, choices=LoginBy, default=LoginBy.KEY)
    secret_sealed = models.BinaryField(editable=False)
    host_key = models.TextField(_("host key"), max_length=2000, validators=[host_key_validator])
    folder = models.CharField(_("folder"), max_length=200, default=".")
    pattern = models.CharField(
        _("names"), max_length=80, default="*", help_text=_("Which files are taken, such as REKON_*.csv.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    checked_at = models.DateTimeField(_("last looked"), null=True, editable=False)
    error = models.JSONField(_("last fault"), default=dict, blank=True, editable=False)  # in each language

    class Meta:
        verbose_name, verbose_name_plural = _("SFTP source"), _("SFTP sources")
        ordering = ("biller__code",)
        constraints = [
            models.CheckConstraint(condition=Q(port__range=(1, 65535)), name="sftp_port_valid"),
            models.CheckConstraint(condition=Q(login_by__in=["key", "password"]), name="sftp_login_known"),
            models.CheckConstraint(condition=~Q(host_key=""), name="sftp_host_key_pinned"),
            models.CheckConstraint(condition=~Q(secret_sealed=b""), name="sftp_has_its_secret"),
        ]

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}"

    @property
    def fault(self) -> str:
        """The last fault, in the reader's language."""
        return in_readers_language(self.error)

    @property
    def secret(self) -> str:
        """Raises NotOpened."""
        return open_sealed(self.secret_sealed)

    @secret.setter
    def secret(self, text: str) -> None:
        self.secret_sealed = seal(text)


class SftpFile(models.Model):
    """A file that was looked at there, by name, size and time: it is not fetched a second time. Never changed."""

    source = models.ForeignKey(SftpSource, models.PROTECT, related_name="files")
    name = models.CharField(_("name"), max_length=255)
    size = models.BigIntegerField(_("size"))
    modified_at = models.DateTimeField(_("changed there"))
    taken_at = models.DateTimeField(_("taken"), auto_now_add=True)
    refusal = models.JSONField(_("why it was refused"), default=dict, blank=True)  # in each language

    class Meta:
        verbose_name, verbose_name_plural = _("file on SFTP"), _("files on SFTP")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["source", "name", "size", "modified_at"], name="sftp_file_once")
        ]

    def __str__(self) -> str:
        return self.name
