"""How balances, top-ups and redemptions are shown: states as colour, icon and word, amounts in their account's unit."""

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.gerai import NBSP, number, rupiah
from ppob.choices import SOURCES, RedemptionState, TopUpState
from ppob.models import Redemption, TopUp
from ppob.selectors.balances import BillerBalance

register = template.Library()

TOPUP_LOOKS = {
    TopUpState.WAITING: ("warning", "hourglass"),
    TopUpState.MATCHED: ("maintenance", "link"),
    TopUpState.POSTED: ("safe", "circle-check"),
    TopUpState.CANCELLED: ("nodata", "circle-x"),
}
REDEMPTION_LOOKS = {
    RedemptionState.ASKED: ("warning", "hourglass"),
    RedemptionState.APPROVED: ("maintenance", "thumb-up"),
    RedemptionState.REFUSED: ("nodata", "circle-x"),
    RedemptionState.HANDED_OVER: ("safe", "gift"),
}


@register.inclusion_tag("components/status_badge.html")
def topup_state(topup: TopUp) -> dict[str, Any]:
    state = TopUpState(topup.state)
    tone, icon = TOPUP_LOOKS[state]
    return {"tone": tone, "icon": icon, "label": state.label}


@register.inclusion_tag("components/status_badge.html")
def redemption_state(redemption: Redemption) -> dict[str, Any]:
    state = RedemptionState(redemption.state)
    tone, icon = REDEMPTION_LOOKS[state]
    return {"tone": tone, "icon": icon, "label": state.label}


@register.inclusion_tag("components/status_badge.html")
def balance_state(one: BillerBalance) -> dict[str, Any]:
    """The worst that there is to say of it."""
    if one.is_empty:
        return {"tone": "danger", "icon": "alert-octagon", "label": _("Empty")}
    if one.is_low:
        return {"tone": "danger", "icon": "alert-triangle", "label": _("Runs dry")}
    if one.differs_much:
        return {"tone": "warning", "icon": "scale", "label": _("Differs")}
    if one.biller.is_prefunded:
        return {"tone": "safe", "icon": "circle-check", "label": _("Enough")}
    if one.book > 0:
        return {"tone": "maintenance", "icon": "building-bank", "label": _("To be paid")}
    return {"tone": "safe", "icon": "circle-check", "label": _("Nothing owed")}


@register.filter
def money(value: int | None, unit: str) -> str:
    """Rupiah, or points as a plain number."""
    return rupiah(value) if unit == "rupiah" else number(value)


@register.filter
def signed_rupiah(value: int | None) -> str:
    """A difference, whose direction is what one wants to know: +Rp 5.000."""
    return f"+{rupiah(value)}" if value is not None and value > 0 else rupiah(value)


@register.filter
def percent(value: float | None) -> str:
    """97.25 → 97,3 %; nothing for what nobody measured."""
    if value is None:
        return "–"
    return f"{number(round(value, 1), 0 if value in (0, 100) else 1)}{NBSP}%"


@register.filter
def days_left(value: float | None) -> str:
    """How long it lasts: hours in the last two days, whole days above ten."""
    if value is None:
        return "–"
    if value < 2:
        hours = int(value * 24)
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": number(hours)}
    if value < 10:
        return _("%(n)s days") % {"n": number(round(value, 1), 1)}
    return _("%(n)s days") % {"n": number(int(min(value, 9999)))}


@register.filter
def hexadecimal(value: Any) -> str:
    return bytes(value).hex() if value is not None else ""


@register.filter
def join_names(balances: list[BillerBalance]) -> str:
    return ", ".join(one.biller.name for one in balances)


@register.filter
def source_name(code: str) -> Any:
    """Who told it, in words."""
    return SOURCES.get(code, code)
