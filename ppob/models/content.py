"""What the agents' app shows, kept here as master data."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from ppob.choices import ContentKind
from ppob.models.agents import Agent


class Merchant(Identified):
    """A shop that takes payments by QR (merchant, warungqr_list)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="merchants", verbose_name=_("agent")
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    has_qr = models.BooleanField(_("takes QR"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("merchant"), _("merchants")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Content(Identified):
    """A banner (ads_list) or a verse (random_ayat), shown from a day to a day."""

    called_by = ("title",)
    kind = models.CharField(_("kind"), max_length=8, choices=ContentKind)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), blank=True)
    picture = models.ImageField(_("picture"), upload_to="ppob/content/", blank=True)
    shown_from = models.DateField(_("shown from"))
    shown_until = models.DateField(_("shown until"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("content"), _("contents")
        constraints = [
            models.CheckConstraint(
                condition=Q(shown_until__isnull=True) | Q(shown_until__gte=F("shown_from")),
                name="content_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PushMessage(Identified):
    """What agents were told (push_notif)."""

    called_by = ("title",)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name=_("agent")
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("message to agents"), _("messages to agents")

    def __str__(self) -> str:
        return self.title


class Setting(Identified):
    """A value that the agents' app reads (configapp)."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    value = models.TextField(_("value"), blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("app setting"), _("app settings")

    def __str__(self) -> str:
        return self.name
