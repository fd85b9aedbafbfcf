"""Sentences that accountants write again and again, offered by the kind of difference; each may be changed before it is saved."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from ppob.choices import DifferenceKind

FOR_ALL = (
    _("Checked with the biller; the biller corrects it in its next file."),
    _("Checked with the agent; our own book is right."),
)
BY_KIND: dict[str, tuple[Any, ...]] = {
    DifferenceKind.AMOUNT: (
        _("The biller changed its admin fee; the new fee holds from this day."),
        _("The biller rounds the amount; the difference is borne by us."),
    ),
    DifferenceKind.STATUS: (
        _("The biller failed the sale after its answer; the agent is given the money back."),
        _("Our answer timed out; the customer did get the product."),
    ),
    DifferenceKind.MISSING_AT_BILLER: (
        _("The biller has not booked it yet and brings it in its next file."),
        _("The sale did not reach the biller; it is reversed on our side."),
    ),
    DifferenceKind.MISSING_HERE: (
        _("The same sale stands in our book under another reference."),
        _("Sold through another channel of this biller; not ours to pay."),
    ),
    DifferenceKind.DUPLICATE_AT_BILLER: (_("The biller booked the sale twice and takes one back."),),
    DifferenceKind.DUPLICATE_HERE: (
        _("The agent tapped twice; the second sale is reversed."),
        _("The customer bought twice on purpose."),
    ),
    DifferenceKind.CARRIED_OVER: (_("It is near the cut-off and stands in the next day's file."),),
    DifferenceKind.BAD_LINE: (
        _("The biller sends the file again without this line."),
        _("The line is a remark of the biller and no sale."),
    ),
}


def explanations_for(kind: str) -> list[str]:
    """What fits the kind first, then what fits each."""
    return [str(text) for text in (*BY_KIND.get(kind, ()), *FOR_ALL)]
