from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from ppob.choices import RedemptionState
from ppob.models.agents import Agent


class Reward(Identified):
    """What points buy (redeem_itemlist, scan_itemlist)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    points = models.PositiveIntegerField(_("points"), validators=[MinValueValidator(1)])
    stock = models.PositiveIntegerField(_("stock"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("reward"), _("rewards")

    def __str__(self) -> str:
        return self.name


class Redemption(Identified):
    """An agent gives points for a reward (redeem_approval): asked for, approved by somebody, handed over."""

    called_by = ("agent__agent_id", "reward__name")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="redemptions", verbose_name=_("agent"))
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="redemptions", verbose_name=_("reward"))
    points = models.PositiveIntegerField(_("points"))
    state = models.CharField(
        _("state"), max_length=12, choices=RedemptionState, default=RedemptionState.ASKED
    )
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    transfer_id = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("redemption"), _("redemptions")
        permissions = [("decide_redemption", _("Can approve redemptions"))]
        indexes = [
            models.Index(fields=["asked_at", "id"], name="redemption_asked"),
            models.Index(fields=["state", "asked_at", "id"], name="redemption_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(asked_by=F("decided_by")),
                name="redemption_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.reward_id}"


class Achievement(Identified):
    """A target that an agent reached (transaction_achievement)."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="achievements", verbose_name=_("agent"))
    name = models.CharField(_("achievement"), max_length=80)
    reached_on = models.DateField(_("reached"))
    transactions = models.PositiveIntegerField(_("transactions"), default=0)
    points = models.PositiveIntegerField(_("points"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("achievement"), _("achievements")
        constraints = [
            models.UniqueConstraint(fields=["agent", "name", "reached_on"], name="achievement_once"),
        ]

    def __str__(self) -> str:
        return self.name
