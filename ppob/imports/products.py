from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.imports.columns import Choice, Identifier, Money, Whole, YesNo, field_of
from core.imports.columns import Column as Text
from core.imports.kinds import Changes, Line, register
from ppob.imports.plain import PpobImport
from ppob.models import Product

NUMBERS = ("counter_fee", "agent_share", "points")


def _f(name: str) -> Any:
    return field_of(Product, name)


@register
class ProductImport(PpobImport):
    """What agents sell. Where it is bought, and at what cost, stands in its form."""

    name, model, key = "ppob.product", Product, "code"
    columns = (
        Identifier(
            name="code", label=_("code"), model_field=_f("code"), required=True, example="TSEL25", width=14,
            help=_("As text, as the core sells it."),
        ),
        Text(name="name", label=_("name"), model_field=_f("name"), required=True, example="Pulsa Telkomsel 25.000", width=30),
        Choice(
            name="kind", label=_("kind"), model_field=_f("kind"), required=True, example="credit", width=12,
            help=_("credit, data, pln_token, pln_bill, water, game, insurance or other"),
        ),
        Money(
            name="price", label=_("price to customers"), model_field=_f("price"), example="26500", width=14,
            help=_("Whole Rupiah; empty for a bill, whose amount the biller says."),
        ),
        Money(
            name="counter_fee", label=_("counter's admin fee"), model_field=_f("counter_fee"), example="2500", width=14,
            help=_("Whole Rupiah; empty leaves what is there, for a new product 0."),
        ),
        Money(
            name="agent_share", label=_("agent's share"), model_field=_f("agent_share"), example="500", width=14,
            help=_("Whole Rupiah; empty leaves what is there, for a new product 0."),
        ),
        Whole(
            name="points", label=_("points"), model_field=_f("points"), example="1", width=8,
            help=_("Empty leaves what is there, for a new product 0."),
        ),
        YesNo(name="is_active", label=_("active"), model_field=_f("is_active"), example="Ya", help=_("Ya or Tidak"), width=8),
    )  # fmt: skip

    def changes(self, line: Line) -> Changes:
        for name in NUMBERS:
            if line.values.get(name, 0) is None:
                del line.values[name]
        return super().changes(line)

    def check_rules(self, line: Line) -> Iterable[tuple[str, str]]:
        if self.after(line, "price") == 0:
            yield "price", gettext("A price is one Rupiah at least; leave it empty for a bill.")
