"""What agents sold. Written by `ppob_report` (migration 0002) alone; a person changes nothing here but exceptions."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from ppob.choices import ExceptionReason, TransactionState
from ppob.models.agents import Agent
from ppob.models.billers import Biller
from ppob.models.products import Product

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Transaction(models.Model):
    """One sale, its money in its parts, in whole Rupiah. Monthly partitions by `occurred_at` (UTC).

    total = bill + fine + biller_fee + counter_fee is what the customer pays; net = bill + fine + biller_fee − commission
    leaves our deposit at the biller; total − agent_share leaves the agent's balance; what remains is income.
    """

    id = models.BigAutoField(primary_key=True)  # with occurred_at and agent the key, as partitions want it
    occurred_at = models.DateTimeField(_("transaction time"))
    business_on = models.DateField(_("business day"))
    posted_on = models.DateField(_("ledger day"))
    received_at = models.DateTimeField(_("received"))
    changed_at = models.DateTimeField(_("changed"))
    agent = models.ForeignKey(
        Agent,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("agent"),
    )
    biller = models.ForeignKey(
        Biller,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("biller"),
    )
    product = models.ForeignKey(
        Product,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("product"),
    )
    noref = models.CharField(_("noref"), max_length=20)
    customer_id = models.CharField(_("customer id"), max_length=30)
    source_account = models.CharField(_("source account"), max_length=30)
    state = models.CharField(_("status"), max_length=8, choices=TransactionState)
    response_code = models.CharField(_("response code"), max_length=8)
    stan = models.CharField("STAN", max_length=12)
    serial = models.CharField(_("serial number or token"), max_length=60)
    milliseconds = models.IntegerField(_("milliseconds"), null=True)
    bill = models.BigIntegerField(_("bill"))
    fine = models.BigIntegerField(_("fine"))
    biller_fee = models.BigIntegerField(_("biller's admin fee"))
    counter_fee = models.BigIntegerField(_("counter's admin fee"))
    sheets = models.SmallIntegerField(_("sheets"))
    commission = models.BigIntegerField(_("biller's commission"))
    agent_share = models.BigIntegerField(_("agent's share"))
    total = models.BigIntegerField(_("total"))
    net = models.BigIntegerField(_("net to the deposit"))
    points = models.IntegerField(_("points"))
    hold_id = models.BigIntegerField(null=True)
    transfer_id = models.BigIntegerField(null=True)
    reversal_id = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "ppob_transaction"
        default_permissions = ("view", "export")
        verbose_name, verbose_name_plural = _("transaction"), _("transactions")

    def __str__(self) -> str:
        return self.noref

    @property
    def charged(self) -> int:
        """What left the agent's balance, or would."""
        return self.total - self.agent_share

    @property
    def moment(self) -> int:
        """Microseconds since 1970: with the id the key, and so part of the address."""
        return (self.occurred_at - _EPOCH) // timedelta(microseconds=1)

    @property
    def source_masked(self) -> str:
        """The last four digits of the customer's account, if it is known."""
        return (
            f"••••{self.source_account[-4:]}"
            if len(self.source_account) > 4
            else "••••" * bool(self.source_account)
        )

    @property
    def income(self) -> int:
        return self.counter_fee + self.commission - self.agent_share


class TransactionKey(models.Model):
    """A noref is one sale of a biller's business day: unpartitioned, so that the database can say so."""

    pk = models.CompositePrimaryKey("biller_id", "noref", "business_on")
    biller_id = models.BigIntegerField()
    noref = models.CharField(max_length=20)
    business_on = models.DateField()
    transaction_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    agent_id = models.BigIntegerField()
    payload_hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "ppob_transaction_key"
        default_permissions = ()


class TransactionEvent(models.Model):
    """A state that moved, and by whom: the sale's history, append-only."""

    id = models.BigAutoField(primary_key=True)
    transaction_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    before = models.CharField(_("before"), max_length=8, choices=TransactionState)
    after = models.CharField(_("after"), max_length=8, choices=TransactionState)
    response_code = models.CharField(_("response code"), max_length=8)
    source = models.CharField(_("source"), max_length=20)
    at = models.DateTimeField(_("time"))

    class Meta:
        managed = False
        db_table = "ppob_transaction_event"
        default_permissions = ()


class PostingException(models.Model):
    """A sale that the core had made and that the agent's balance could not carry: for a person to settle."""

    id = models.BigAutoField(primary_key=True)
    transaction_id = models.BigIntegerField()
    occurred_at = models.DateTimeField(_("transaction time"))
    agent = models.ForeignKey(
        Agent,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("agent"),
    )
    reason = models.CharField(_("reason"), max_length=8, choices=ExceptionReason)
    amount = models.BigIntegerField(_("amount"))
    created_at = models.DateTimeField(_("found"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, db_index=False,
        related_name="+",
    )  # fmt: skip
    note = models.CharField(_("note"), max_length=200)

    class Meta:
        managed = False
        db_table = "ppob_posting_exception"
        default_permissions = ("view", "change")
        verbose_name, verbose_name_plural = _("exception"), _("exceptions")


class AdviceRequest(Identified):
    """ "Minta advice": the core is asked what became of a suspect sale. It fetches these by the API and reports."""

    called_by = ("noref",)
    transaction_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    noref = models.CharField(_("noref"), max_length=20)
    biller = models.ForeignKey(Biller, models.PROTECT, related_name="+", verbose_name=_("biller"))
    business_on = models.DateField()
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    fetched_at = models.DateTimeField(_("fetched by the core"), null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("request for advice"), _("requests for advice")
        default_permissions = ("view", "add")
        indexes = [
            models.Index(fields=["transaction_id", "-asked_at"], name="advice_of_transaction"),
            models.Index(fields=["id"], name="advice_open", condition=Q(fetched_at__isnull=True)),
        ]
        constraints = [
            # One question at a time.
            models.UniqueConstraint(
                fields=["transaction_id"], condition=Q(answered_at__isnull=True), name="advice_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.noref
