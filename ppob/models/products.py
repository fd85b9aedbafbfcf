from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from ppob.choices import LARGEST, AgentLevel, ProductKind
from ppob.models.agents import Agent
from ppob.models.billers import Biller

money = [MinValueValidator(0)]


class Product(Identified):
    """What agents sell (trancode). Its price to an agent is `AgentPrice`, its cost to us `BillerProduct`."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=ProductKind)
    # Nothing for a bill, whose amount the biller says.
    price = models.BigIntegerField(_("price to customers"), null=True, blank=True, validators=money)
    counter_fee = models.BigIntegerField(_("counter's admin fee"), default=0, validators=money)
    agent_share = models.BigIntegerField(_("agent's share"), default=0, validators=money)
    points = models.PositiveIntegerField(_("points"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("product"), _("products")
        ordering = ("code",)
        permissions = [("export_product", _("Can export products"))]
        indexes = [
            models.Index(fields=["name", "id"], name="product_name_id"),
            models.Index(fields=["kind", "code"], name="product_kind"),
            GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("code"), name="gin_trgm_ops"),
                name="product_search",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__range=(1, LARGEST)), name="product_price_sane"
            ),
            models.CheckConstraint(
                condition=Q(counter_fee__range=(0, LARGEST), agent_share__range=(0, LARGEST)),
                name="product_fees_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class BillerProduct(Identified):
    """At which biller a product is bought, under which code and at what cost; the lowest `route` is tried first."""

    called_by = ("biller__code", "product__code")
    biller = models.ForeignKey(Biller, models.PROTECT, related_name="products", verbose_name=_("biller"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="routes", verbose_name=_("product"))
    biller_code = models.CharField(_("biller's code"), max_length=30)
    cost = models.BigIntegerField(_("cost"), null=True, blank=True, validators=money)
    admin_fee = models.BigIntegerField(_("biller's admin fee"), default=0, validators=money)
    commission = models.BigIntegerField(_("biller's commission"), default=0, validators=money)
    route = models.PositiveSmallIntegerField(_("route"), default=1)
    is_available = models.BooleanField(_("available"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("product at biller"), _("products at billers")
        ordering = ("product", "route")
        constraints = [
            models.UniqueConstraint(fields=["biller", "product"], name="biller_product_once"),
            models.UniqueConstraint(fields=["biller", "biller_code"], name="biller_product_code_once"),
            models.UniqueConstraint(fields=["product", "route"], name="biller_product_route_once"),
        ]

    def __str__(self) -> str:
        return f"{self.biller_id} {self.biller_code}"


class AgentPrice(Identified):
    """What a product costs agents of a level, or one agent; the more special one wins. Dated by its first day."""

    called_by = ("product__code", "from_on")
    product = models.ForeignKey(Product, models.PROTECT, related_name="prices", verbose_name=_("product"))
    level = models.PositiveSmallIntegerField(_("level"), choices=AgentLevel, null=True, blank=True)
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="prices", verbose_name=_("agent")
    )
    price = models.BigIntegerField(_("price"), validators=[MinValueValidator(1)])
    from_on = models.DateField(_("from"))

    class Meta:
        verbose_name, verbose_name_plural = _("agent price"), _("agent prices")
        constraints = [
            models.CheckConstraint(
                condition=Q(level__isnull=False, agent__isnull=True)
                | Q(level__isnull=True, agent__isnull=False),
                name="agent_price_for_one",
                violation_error_message=_("Choose a level or an agent, exactly one of them."),
            ),
            models.CheckConstraint(condition=Q(price__range=(1, LARGEST)), name="agent_price_sane"),
            models.UniqueConstraint(
                fields=["product", "level", "from_on"],
                condition=Q(level__isnull=False),
                name="agent_price_level_once",
            ),
            models.UniqueConstraint(
                fields=["product", "agent", "from_on"],
                condition=Q(agent__isnull=False),
                name="agent_price_agent_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.price}"


class Bill(Identified):
    """A bill that was asked for and not paid yet (mm_bills): what the biller said, and until when it holds."""

    biller = models.ForeignKey(Biller, models.PROTECT, related_name="bills", verbose_name=_("biller"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="bills", verbose_name=_("product"))
    customer_id = models.CharField(_("customer id"), max_length=30)
    customer_name = models.CharField(_("customer"), max_length=80, blank=True)
    period = models.CharField(_("period"), max_length=40, blank=True)
    sheets = models.PositiveSmallIntegerField(_("sheets"), default=1)
    amount = models.BigIntegerField(_("bill"), validators=money)
    fine = models.BigIntegerField(_("fine"), default=0, validators=money)
    asked_at = models.DateTimeField(_("asked"))
    holds_until = models.DateTimeField(_("holds until"))

    class Meta:
        verbose_name, verbose_name_plural = _("bill"), _("bills")
        indexes = [models.Index(fields=["customer_id", "-asked_at"], name="bill_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.period}"
