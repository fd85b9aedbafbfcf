"""Who sells: agents with their phones, and the companies that some of them belong to. No PIN and no password of theirs
is kept here: the core checks those."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from ppob.choices import AgentLevel, AgentStatus, Verification

agent_id_validator = RegexValidator(r"\A\d{8,15}\Z", _("An agent id is a phone number of 8 to 15 digits."))
ktp_validator = RegexValidator(r"\A\d{16}\Z", _("A KTP number has 16 digits."))


class Corporate(Identified):
    """A company whose agents sell on one contract (the original's am_corp, am_crm, profile_corp)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("address"), max_length=200, blank=True)
    contact = models.CharField(_("contact"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("corporate"), _("corporates")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Agent(Identified):
    """A counter that sells through the mobile app. Closed and kept, never deleted: money hangs on it."""

    agent_id = models.CharField(_("agent id"), max_length=15, unique=True, validators=[agent_id_validator])
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=AgentStatus, default=AgentStatus.REGISTERED)
    level = models.PositiveSmallIntegerField(_("level"), choices=AgentLevel, default=AgentLevel.BASIC)
    reference_id = models.CharField(_("reference id"), max_length=40, blank=True)
    app_id = models.CharField(_("app id"), max_length=80, blank=True)
    verification = models.CharField(
        _("verification"), max_length=10, choices=Verification, default=Verification.NONE
    )
    # Sixteen digits, sealed with GERAI_FIELD_KEYS; shown masked, and in full only against an entry in the trail.
    ktp_sealed = models.BinaryField(_("KTP number"), null=True, blank=True, editable=False)
    ktp_picture = models.ImageField(_("picture of the KTP"), upload_to="ppob/ktp/", blank=True)
    self_picture = models.ImageField(_("picture with the KTP"), upload_to="ppob/ktp/", blank=True)
    profile_picture = models.ImageField(_("profile picture"), upload_to="ppob/agents/", blank=True)
    corporate = models.ForeignKey(
        Corporate, models.PROTECT, null=True, blank=True, related_name="agents", verbose_name=_("corporate")
    )
    registered_at = models.DateTimeField(_("registered"))
    last_login_at = models.DateTimeField(_("last login"), null=True, blank=True)
    failed_logins = models.PositiveSmallIntegerField(_("failed logins"), default=0)
    failed_pins = models.PositiveSmallIntegerField(_("failed PINs"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("agent"), _("agents")
        ordering = ("agent_id",)
        permissions = [
            ("export_agent", _("Can export agents")),
            ("show_ktp", _("Can see KTP numbers and pictures")),
        ]
        indexes = [
            # The list's sorts and filters, and its search.
            models.Index(fields=["name", "id"], name="agent_name_id"),
            models.Index(fields=["status", "agent_id"], name="agent_status"),
            models.Index(fields=["level", "agent_id"], name="agent_level"),
            models.Index(fields=["registered_at", "id"], name="agent_registered"),
            models.Index(fields=["corporate", "agent_id"], name="agent_corporate"),
            GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("agent_id"), name="gin_trgm_ops"),
                name="agent_search",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(agent_id__regex=r"^\d{8,15}$"), name="agent_id_is_digits"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.name}"


class AgentDevice(Identified):
    """A phone from which an agent sells (am_user_token): known by a digest, blocked when it is lost."""

    called_by = ("agent__agent_id",)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="devices", verbose_name=_("agent"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    model = models.CharField(_("model"), max_length=80, blank=True)
    app_version = models.CharField(_("app version"), max_length=20, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last seen"))
    blocked_at = models.DateTimeField(_("blocked"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("agent's device"), _("agents' devices")

    def __str__(self) -> str:
        return self.model or self.digest[:8]


class Blacklist(Identified):
    """A phone number, device or customer that may not sell or be sold to."""

    value = models.CharField(_("number"), max_length=80, unique=True)
    reason = models.CharField(_("reason"), max_length=200)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("blacklist entry"), _("blacklist")

    def __str__(self) -> str:
        return self.value


class AppRelease(Identified):
    """A version of the agents' app (version, version_agent): which is the newest, and from which on it must be renewed."""

    called_by = ("platform", "version")
    platform = models.CharField(_("platform"), max_length=20)
    version = models.CharField(_("version"), max_length=20)
    released_on = models.DateField(_("released"))
    is_mandatory = models.BooleanField(_("must be installed"), default=False)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("app release"), _("app releases")
        constraints = [
            models.UniqueConstraint(fields=["platform", "version"], name="app_release_once"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.version}"
