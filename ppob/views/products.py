from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.exports import ExportableListView
from core.lists import ListColumn, Sort
from ppob import services
from ppob.access import PpobView
from ppob.exports import PRODUCTS
from ppob.filters import ProductFilter
from ppob.forms import ProductForm
from ppob.models import Product
from ppob.selectors.products import prices_of, products_visible_to, routes_of
from ppob.views.master import MasterAddView, MasterChangeView, MasterDeleteView, MasterDetailView, Noun


class ProductNoun(Noun):
    noun, nouns = "product", _("Products")
    permission = "ppob.change_product"

    def get_queryset(self) -> QuerySet[Product]:
        return products_visible_to(self.request.user)


class ProductListView(PpobView, ExportableListView):
    permission = "ppob.view_product"
    export = PRODUCTS
    filterset_class = ProductFilter
    template_name = "ppob/product_list.html"
    rows_template = "ppob/_product_rows.html"
    sorts = (
        Sort(key="code", label=_("Code"), field="code"),
        Sort(key="name", label=_("Product"), field="name"),
    )
    optional_columns = (
        ListColumn(key="kind", label=_("Kind")),
        ListColumn(key="price", label=_("Price to customers")),
        ListColumn(key="counter_fee", label=_("Counter's admin fee")),
        ListColumn(key="agent_share", label=_("Agent's share")),
        ListColumn(key="sold", label=_("On sale")),
    )

    def get_queryset(self) -> QuerySet[Product]:
        return products_visible_to(self.request.user)


class ProductDetailView(ProductNoun, MasterDetailView):
    permission = "ppob.view_product"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        product: Product = self.object
        today = timezone.localdate()  # prices change with the ledger's day
        context = {"routes": routes_of(product), "prices": prices_of(product, today), "today": today}
        return super().get_context_data(**kwargs) | context


class ProductAddView(ProductNoun, MasterAddView):
    permission = "ppob.add_product"
    form_class = ProductForm
    title = _("Add a product")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Product()}

    def add(self, form: ProductForm) -> Product:
        return services.add_product(product=form.instance, actor=self.request.user)


class ProductChangeView(ProductNoun, MasterChangeView):
    form_class = ProductForm

    def change(self, form: ProductForm) -> bool:
        return services.change_product(product=self.thing, new=form.new, actor=self.request.user)


class ProductDeleteView(ProductNoun, MasterDeleteView):
    question = _("Delete product %(name)s?")
    consequence = _(
        "It is sold no more from this moment on. What was sold of it stays in every report; whoever may change products can put it on sale again."
    )
    done = _("%(name)s is off sale; its history stays.")

    def retire(self) -> None:
        services.withdraw_product(product=self.thing, actor=self.request.user)
