"""One double-entry ledger. Only the database functions of migration 0002 write it; these models read it.

An amount is signed in the accountant's way, debits positive: what belongs to one transfer, entries and deltas together,
sums to zero for each asset. An account's balance counts in its own normal direction (`sign`), so that "how much is
there" is positive for an agent's balance (which we owe) as for our deposit at a biller (which we own).
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from ppob.choices import LARGEST, AccountKind, AgentLevel, Asset, HoldState, LimitKind, TransferKind
from ppob.models.agents import Agent
from ppob.models.billers import Biller


class Account(Identified):
    """`balance - held` never falls below `min_balance`, unless everybody touches the account: there the floor warns.

    Each posting opens all its indexes and reads all its CHECKs: no index that another one serves, and what one column
    may hold is its domain's (0002_tables.sql).
    """

    code = models.CharField(_("code"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=AccountKind)
    asset = models.CharField(_("asset"), max_length=3, choices=Asset)
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, db_index=False, related_name="accounts", verbose_name=_("agent")
    )
    biller = models.ForeignKey(
        Biller, models.PROTECT, null=True, db_index=False, related_name="accounts", verbose_name=_("biller")
    )
    sign = models.SmallIntegerField()  # 1: debits raise it; -1: credits do
    is_shared = models.BooleanField(default=False)
    balance = models.BigIntegerField(_("balance"), default=0)
    held = models.BigIntegerField(_("held"), default=0)
    min_balance = models.BigIntegerField(_("floor"), default=0)
    version = models.BigIntegerField(default=0)
    folded_through = models.BigIntegerField(default=0)  # the last delta that the balance counts
    # What the limits that apply to this agent come to today; None is no limit.
    item_cap = models.BigIntegerField(null=True)
    day_cap = models.BigIntegerField(null=True)
    month_cap = models.BigIntegerField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("account"), _("accounts")
        default_permissions = ("view",)
        permissions = [
            ("export_account", _("Can export account statements")),
            ("topup_account", _("Can top up balances")),
        ]
        # The list's search; a code never changes, so balances still find room for HOT updates.
        indexes = [GinIndex(OpClass(Upper("code"), name="gin_trgm_ops"), name="account_search")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_shared=True) | Q(balance__gte=models.F("min_balance") + models.F("held")),
                name="account_floor",
            ),
            models.UniqueConstraint(fields=["code"], name="account_code_once"),
            models.UniqueConstraint(
                fields=["agent", "kind"], condition=Q(agent__isnull=False), name="account_agent_kind_once"
            ),
            models.UniqueConstraint(
                fields=["biller", "kind"], condition=Q(biller__isnull=False), name="account_biller_kind_once"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def available(self) -> int:
        return self.balance - self.held


class Transfer(models.Model):
    """One posting of n entries. Append-only; a correction is a transfer that names the one it reverses, once."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(_("key"), max_length=120, unique=True)
    payload_hash = models.BinaryField()
    kind = models.CharField(_("kind"), max_length=14, choices=TransferKind)
    amount = models.BigIntegerField(_("amount"))
    posted_on = models.DateField(_("ledger day"))
    biller_id = models.BigIntegerField(null=True)
    business_on = models.DateField(_("business day"), null=True)
    transaction_id = models.BigIntegerField(null=True)
    reverses = models.OneToOneField(
        "self", models.DO_NOTHING, null=True, related_name="reversed_by", db_constraint=False
    )
    hold_id = models.BigIntegerField(null=True, unique=True)
    # Whose limits counted it, in which day and month; NULL where there was no cap.
    limit_account_id = models.BigIntegerField(null=True)
    limit_day = models.DateField(null=True)
    limit_month = models.DateField(null=True)
    memo = models.CharField(_("memo"), max_length=200)
    actor_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(_("posted"))

    class Meta:
        managed = False
        db_table = "ppob_transfer"
        default_permissions = ("view",)
        verbose_name, verbose_name_plural = _("transfer"), _("transfers")

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """What a transfer, or a fold of deltas, did to one account. Versions of an account have no gaps and no forks."""

    pk = models.CompositePrimaryKey("account", "version")
    account = models.ForeignKey(
        Account, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="entries"
    )
    version = models.BigIntegerField()
    transfer = models.ForeignKey(
        Transfer, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="entries"
    )
    fold_id = models.BigIntegerField(null=True)
    amount = models.BigIntegerField(_("amount"))
    balance_after = models.BigIntegerField(_("balance"))
    posted_on = models.DateField(_("ledger day"))

    class Meta:
        managed = False
        db_table = "ppob_entry"
        default_permissions = ("view",)
        verbose_name, verbose_name_plural = _("entry"), _("entries")


class Delta(models.Model):
    """An entry of an account that everybody touches: added without its lock, folded later, never deleted."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        Account, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="deltas"
    )
    transfer = models.ForeignKey(
        Transfer, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="deltas"
    )
    amount = models.BigIntegerField(_("amount"))
    posted_on = models.DateField(_("ledger day"))

    class Meta:
        managed = False
        db_table = "ppob_delta"
        default_permissions = ()


class Fold(models.Model):
    """Which deltas one entry of a shared account stands for: all of the account's from the first to the last."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        Account, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="folds"
    )
    first_delta = models.BigIntegerField()
    last_delta = models.BigIntegerField()
    deltas = models.IntegerField()
    amount = models.BigIntegerField()
    version = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "ppob_fold"
        default_permissions = ()


class Hold(models.Model):
    """Money of an agent that a sale under way may take: captured or released, at most once, or expired."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(_("key"), max_length=120, unique=True)
    payload_hash = models.BinaryField()
    account = models.ForeignKey(
        Account,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="holds",
        verbose_name=_("account"),
    )
    amount = models.BigIntegerField(_("amount"))
    state = models.CharField(_("state"), max_length=8, choices=HoldState)
    transaction_id = models.BigIntegerField(null=True)  # the sale under way that has taken it
    limit_day = models.DateField(null=True)
    limit_month = models.DateField(null=True)
    expires_at = models.DateTimeField(_("expires"), null=True)
    created_at = models.DateTimeField(_("held"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        managed = False
        db_table = "ppob_hold"
        default_permissions = ("view",)
        verbose_name, verbose_name_plural = _("hold"), _("holds")


class Limit(Identified):
    """How much agents of a level, or one agent, may sell: in one sale, a day, a month. The more special one wins."""

    level = models.PositiveSmallIntegerField(_("level"), choices=AgentLevel, null=True, blank=True)
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="limits", verbose_name=_("agent")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=LimitKind)
    cap = models.BigIntegerField(_("at most"), validators=[MinValueValidator(1), MaxValueValidator(LARGEST)])

    class Meta:
        verbose_name, verbose_name_plural = _("limit"), _("limits")
        constraints = [
            models.CheckConstraint(
                condition=Q(level__isnull=False, agent__isnull=True)
                | Q(level__isnull=True, agent__isnull=False),
                name="limit_for_one",
                violation_error_message=_("Choose a level or an agent, exactly one of them."),
            ),
            models.CheckConstraint(condition=Q(cap__range=(1, LARGEST)), name="limit_cap_sane"),
            models.UniqueConstraint(
                fields=["level", "kind"], condition=Q(level__isnull=False), name="limit_level_once"
            ),
            models.UniqueConstraint(
                fields=["agent", "kind"], condition=Q(agent__isnull=False), name="limit_agent_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.cap}"


class LimitUsage(models.Model):
    """How much of a day's or month's limit is used; the database keeps `used` between nothing and the cap."""

    pk = models.CompositePrimaryKey("account", "kind", "period")
    account = models.ForeignKey(
        Account, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="usages"
    )
    kind = models.CharField(max_length=5, choices=LimitKind)
    period = models.DateField()
    used = models.BigIntegerField()
    cap = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "ppob_limit_usage"
        default_permissions = ("view",)
