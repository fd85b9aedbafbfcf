"""Money that comes in: agents' top-ups by virtual account, our own top-ups of deposits, and the bank's word on both."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from ppob.choices import LARGEST, TopUpState
from ppob.models.agents import Agent
from ppob.models.billers import Biller


class VirtualAccount(Identified):
    """A bank account number by which an agent tops up (am_virtual_account)."""

    called_by = ("bank", "number")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="virtual_accounts", verbose_name=_("agent"))
    bank = models.CharField(_("bank"), max_length=20)
    number = models.CharField(_("number"), max_length=24, unique=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("virtual account"), _("virtual accounts")

    def __str__(self) -> str:
        return f"{self.bank} {self.number}"


class BankLine(models.Model):
    """A line of a bank statement that somebody imported; unique by what it says, so importing it again adds nothing."""

    bank = models.CharField(_("bank"), max_length=20)
    booked_on = models.DateField(_("booked"))
    amount = models.BigIntegerField(_("amount"))  # positive: money came in
    reference = models.CharField(_("reference"), max_length=60)
    description = models.CharField(_("description"), max_length=200, blank=True)
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("bank statement line"), _("bank statement lines")
        default_permissions = ("view", "add")
        indexes = [
            models.Index(fields=["booked_on", "id"], name="bank_line_day"),
            # Which lines a top-up may be.
            models.Index(fields=["amount", "booked_on"], name="bank_line_amount"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["bank", "booked_on", "reference", "amount"], name="bank_line_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.reference}"


class TopUp(Identified):
    """Money for an agent's balance or for our deposit at a biller: announced, matched with the bank, posted once."""

    called_by = ("reference",)
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="topups", verbose_name=_("agent")
    )
    biller = models.ForeignKey(
        Biller, models.PROTECT, null=True, blank=True, related_name="topups", verbose_name=_("biller")
    )
    amount = models.BigIntegerField(
        _("amount"), validators=[MinValueValidator(1), MaxValueValidator(LARGEST)]
    )
    reference = models.CharField(_("reference"), max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=TopUpState, default=TopUpState.WAITING)
    asked_at = models.DateTimeField(_("asked"))
    bank_line = models.OneToOneField(
        BankLine, models.PROTECT, null=True, blank=True, related_name="topup", verbose_name=_("bank line")
    )
    transfer_id = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("top-up"), _("top-ups")
        indexes = [
            models.Index(fields=["biller", "-asked_at", "-id"], name="topup_biller"),
            models.Index(fields=["agent", "-asked_at", "-id"], name="topup_agent"),
            models.Index(fields=["state", "-asked_at"], name="topup_open", condition=~Q(state="posted")),
            models.Index(fields=["asked_at", "id"], name="topup_asked"),
            models.Index(fields=["amount", "id"], name="topup_amount"),
            GinIndex(OpClass(Upper("reference"), name="gin_trgm_ops"), name="topup_search"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(agent__isnull=False, biller__isnull=True)
                | Q(agent__isnull=True, biller__isnull=False),
                name="topup_for_one",
                violation_error_message=_("Choose an agent or a biller, exactly one of them."),
            ),
            models.CheckConstraint(condition=Q(amount__range=(1, LARGEST)), name="topup_amount_sane"),
            models.UniqueConstraint(fields=["reference"], name="topup_reference_once"),
            # Posted is what the ledger has, no more and no less; matched is what the bank has.
            models.CheckConstraint(
                condition=Q(state=TopUpState.POSTED, transfer_id__isnull=False)
                | (~Q(state=TopUpState.POSTED) & Q(transfer_id__isnull=True)),
                name="topup_posted_has_its_transfer",
            ),
            models.CheckConstraint(
                condition=~Q(state=TopUpState.MATCHED) | Q(bank_line__isnull=False),
                name="topup_matched_has_its_line",
            ),
            models.UniqueConstraint(
                fields=["transfer_id"], condition=Q(transfer_id__isnull=False), name="topup_transfer_once"
            ),
        ]

    def __str__(self) -> str:
        return self.reference
