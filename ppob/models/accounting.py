"""What our ledger is called in the company's books, and by which rates a month's commissions are taxed."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from ppob.choices import AccountKind
from ppob.models.billers import Biller

# Points are no money and stand in no journal.
MONEY_KINDS = tuple(
    kind for kind in AccountKind if kind not in (AccountKind.AGENT_POINTS, AccountKind.POINTS_ISSUED)
)
PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class AccountCode(Identified):
    """The code of one kind of account in the general ledger outside, for one biller or for all others."""

    kind = models.CharField(
        _("kind"), max_length=12, choices=[(kind.value, kind.label) for kind in MONEY_KINDS]
    )
    biller = models.ForeignKey(
        Biller,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="account_codes",
        verbose_name=_("biller"),
        help_text=_("Empty: for every biller without a code of its own."),
    )
    code = models.CharField(
        _("code"),
        max_length=20,
        validators=[
            RegexValidator(r"\A[0-9A-Za-z][0-9A-Za-z.\-]*\Z", _("Letters, digits, dots and dashes."))
        ],
    )
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name, verbose_name_plural = _("account code"), _("account codes")
        ordering = ("kind", "biller", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(biller__isnull=True), name="account_code_of_kind_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "biller"],
                condition=Q(biller__isnull=False),
                name="account_code_of_biller_once",
            ),
            models.CheckConstraint(
                condition=Q(biller__isnull=True) | Q(kind__in=[AccountKind.BILLER_DEPOSIT, AccountKind.BILLER_PAYABLE]),
                name="account_code_of_a_billers_account",
                violation_error_message=_("Only deposits and payables belong to a biller."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TaxRate(Identified):
    """From a day on, for sales of that business day and after: percent of PPN and PPh, and how much of the commission
    is their base (DPP): 11/12 of it, say, where the law takes another value."""

    called_by = ("from_on",)
    from_on = models.DateField(_("from"), unique=True)
    base_numerator = models.PositiveSmallIntegerField(
        _("tax base (parts)"), default=1, validators=[MinValueValidator(1)]
    )
    base_denominator = models.PositiveSmallIntegerField(
        _("tax base (of)"), default=1, validators=[MinValueValidator(1)]
    )
    ppn = models.DecimalField(_("PPN (%)"), max_digits=5, decimal_places=2, validators=PERCENT)
    pph = models.DecimalField(_("PPh (%)"), max_digits=5, decimal_places=2, validators=PERCENT)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("tax rate"), _("tax rates")
        ordering = ("-from_on",)
        constraints = [
            models.CheckConstraint(
                condition=Q(ppn__gte=0, ppn__lte=100, pph__gte=0, pph__lte=100), name="tax_rate_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(base_numerator__gte=1, base_denominator__gte=F("base_numerator")),
                name="tax_base_is_a_part",
                violation_error_message=_("The base is a part of the commission: at most all of it."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.from_on}: PPN {self.ppn}%, PPh {self.pph}%"
