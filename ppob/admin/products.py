from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from core.imports.modeladmin import ImportingAdmin
from core.modeladmin import ConstraintForm
from core.templatetags.gerai import rupiah
from ppob.admin.plain import NationalAdmin, ReadOnlyAdmin, SwitchableAdmin
from ppob.imports import ProductImport
from ppob.models import AgentPrice, Bill, BillerProduct, Product


class RowForm(ConstraintForm):
    """In a table of rows the heads are no labels: each field says its name itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            widget: Any = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", str(field.label))


class BillerProductInline(TabularInline):
    """Where it is bought; a route that is not used any more is marked as not available."""

    model = BillerProduct
    form = RowForm
    fields = ("biller", "biller_code", "cost", "admin_fee", "commission", "route", "is_available")
    autocomplete_fields = ("biller",)
    extra = 0
    can_delete = False


class ProductForm(ConstraintForm):
    constraint_fields = {"product_price_sane": "price", "product_fees_sane": "counter_fee"}


@admin.register(Product)
class ProductAdmin(SwitchableAdmin, ImportingAdmin):
    import_kind = ProductImport
    form = ProductForm
    list_display = (
        "code",
        "name",
        "kind_label",
        "price_label",
        "fee_label",
        "share_label",
        "points",
        "is_active",
    )
    list_display_links = ("code", "name")
    list_filter = ("kind", "is_active")
    search_fields = ("code", "name")
    search_help_text = _("Code or name")
    sortable_by = ("code", "name")
    ordering = ("code",)
    inlines = (BillerProductInline,)
    fieldsets = (
        (None, {"fields": (("code", "name"), ("kind", "is_active"))}),
        (
            _("Money"),
            {
                "fields": (("price", "counter_fee"), ("agent_share", "points")),
                "description": _("Whole Rupiah. The price stays empty for a bill, whose amount the biller says."),
            },
        ),
    )  # fmt: skip

    @display(description=_("kind"))
    def kind_label(self, product: Product) -> str:
        return product.get_kind_display()

    @display(description=_("price"))
    def price_label(self, product: Product) -> str:
        return rupiah(product.price)

    @display(description=_("admin fee"))
    def fee_label(self, product: Product) -> str:
        return rupiah(product.counter_fee)

    @display(description=_("agent's share"))
    def share_label(self, product: Product) -> str:
        return rupiah(product.agent_share)

    def view_on_site(self, obj: Product) -> str:
        return reverse("ppob:product-detail", args=[obj.pk])

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> tuple[str, ...]:
        """The core sells by the code; it is given once."""
        return ("code",) if obj else ()


class AgentPriceForm(ConstraintForm):
    constraint_fields = {
        "agent_price_for_one": "level",
        "agent_price_sane": "price",
        "agent_price_level_once": "from_on",
        "agent_price_agent_once": "from_on",
    }


@admin.register(AgentPrice)
class AgentPriceAdmin(NationalAdmin):
    """A price that has begun stays as it was; another one is added from its own day on."""

    form = AgentPriceForm
    list_display = ("product", "for_whom", "price_label", "from_on")
    list_select_related = ("product", "agent")
    search_fields = ("product__code__exact", "agent__agent_id__exact")
    search_help_text = _("Product code or agent id, in full")
    sortable_by = ()
    ordering = ("-id",)
    autocomplete_fields = ("product", "agent")
    fieldsets = (
        (None, {"fields": ("product", ("level", "agent"), ("price", "from_on"))}),
    )  # fmt: skip

    @display(description=_("for"))
    def for_whom(self, price: AgentPrice) -> str:
        return str(price.agent) if price.agent else price.get_level_display()

    @display(description=_("price"))
    def price_label(self, price: AgentPrice) -> str:
        return rupiah(price.price)

    def get_readonly_fields(self, request: HttpRequest, obj: AgentPrice | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        given = ("product", "level", "agent")
        return given if obj.from_on > timezone.localdate() else (*given, "price", "from_on")


@admin.register(Bill)
class BillAdmin(ReadOnlyAdmin):
    """What a biller answered to an inquiry; nobody edits it."""

    list_display = ("customer_id", "customer_name", "product", "period", "amount_label", "holds_until")
    list_select_related = ("product",)
    search_fields = ("customer_id__exact",)
    search_help_text = _("Customer id, in full")
    sortable_by = ()
    ordering = ("-id",)
    fields = (
        *("customer_id", "customer_name", "biller", "product", "period", "sheets"),
        *("amount_label", "fine_label", "asked_at", "holds_until"),
    )

    @display(description=_("bill"))
    def amount_label(self, bill: Bill) -> str:
        return rupiah(bill.amount)

    @display(description=_("fine"))
    def fine_label(self, bill: Bill) -> str:
        return rupiah(bill.fine)
