"""How billers' days and their differences are shown: states as colour, icon and word."""

from datetime import date
from typing import Any

from django import template
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.gerai import number
from ppob.choices import DayState, DifferenceKind, DifferenceState
from ppob.reconciliation.reasons import said
from ppob.selectors.differences import AGES
from ppob.selectors.reconciliation import BoardLine

register = template.Library()

DAY_LOOKS = {
    DayState.NO_FILE: ("danger", "file-alert"),
    DayState.NOT_COMPARED: ("warning", "hourglass"),
    DayState.DIFFERENT: ("warning", "arrows-diff"),
    DayState.UNEXPLAINED: ("danger", "scale"),
    DayState.CLEAN: ("brand", "signature"),
    DayState.PREPARED: ("maintenance", "signature"),
    DayState.SIGNED: ("safe", "lock"),
    DayState.QUIET: ("nodata", "moon"),
}
KIND_LOOKS = {
    DifferenceKind.AMOUNT: ("warning", "coins"),
    DifferenceKind.STATUS: ("warning", "arrows-diff"),
    DifferenceKind.MISSING_AT_BILLER: ("danger", "building-off"),
    DifferenceKind.MISSING_HERE: ("danger", "database-off"),
    DifferenceKind.DUPLICATE_AT_BILLER: ("danger", "copy"),
    DifferenceKind.DUPLICATE_HERE: ("danger", "copy"),
    DifferenceKind.CARRIED_OVER: ("maintenance", "calendar-plus"),
    DifferenceKind.BAD_LINE: ("warning", "file-x"),
}
STATE_LOOKS = {
    DifferenceState.OPEN: ("warning", "circle-dashed"),
    DifferenceState.CARRIED: ("maintenance", "calendar-plus"),
    DifferenceState.EXPLAINED: ("safe", "message-check"),
    DifferenceState.ADJUSTED: ("safe", "checks"),
    DifferenceState.DISPUTED: ("danger", "gavel"),
    DifferenceState.CLOSED: ("nodata", "circle-check"),
}


@register.inclusion_tag("components/status_badge.html")
def day_state(line: BoardLine) -> dict[str, Any]:
    tone, icon = DAY_LOOKS[line.state]
    return {"tone": tone, "icon": icon, "label": line.state.label}


@register.inclusion_tag("components/status_badge.html")
def difference_state(difference: Any) -> dict[str, Any]:
    """A proposal that waits is said before the state that it leaves open."""
    if difference.proposed_by_id and difference.state != DifferenceState.ADJUSTED:
        return {"tone": "maintenance", "icon": "user-check", "label": _("Waits for approval")}
    tone, icon = STATE_LOOKS[DifferenceState(difference.state)]
    return {"tone": tone, "icon": icon, "label": difference.get_state_display()}


@register.filter
def kind_icon(kind: str) -> str:
    return KIND_LOOKS[DifferenceKind(kind)][1]


@register.filter
def kind_tone(kind: str) -> str:
    return KIND_LOOKS[DifferenceKind(kind)][0]


@register.filter
def kind_name(kind: str) -> Any:
    return DifferenceKind(kind).label


@register.filter
def cut_off(biller: Any) -> str:
    """When a biller's day ends: 24.00 WIB is the end of the calendar day."""
    hours, minutes = divmod(biller.cut_off_minute or 1440, 60)
    return f"{hours:02}.{minutes:02} {biller.get_time_zone_display()}"


@register.filter
def negated(amount: int | None) -> int | None:
    """What is taken away."""
    return None if amount is None else -amount


@register.filter
def signed_plain(amount: int) -> str:
    """An amount as one types it: -26500."""
    return str(amount)


@register.filter
def weekday(day: date) -> str:
    """Jumat, 27 Nov 2026."""
    return format_date(day, "l, j M Y")


@register.filter
def weekday_names(days: list[date]) -> str:
    """Jumat, Sabtu, Minggu."""
    return ", ".join(format_date(day, "l") for day in days)


@register.filter
def age_band(key: str) -> Any:
    """A band of ages in words."""
    return next((words for band, words, *_days in AGES if band == key), key)


@register.filter
def age_of(day: date) -> str:
    """How old a business day is: 3 days."""
    days = max(0, (timezone.localdate() - day).days)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": number(days)}


@register.inclusion_tag("ppob/_side.html")
def side(difference: Any, which: str) -> dict[str, Any]:
    """One side of a difference in a list: status and amount, the rest smaller, and marked what the other side says otherwise."""
    told = [
        {
            "label": part.label,
            "value": getattr(part, which),
            "is_money": part.is_money,
            "differs": part.differs,
        }
        for part in difference.parts
    ]
    return {
        "difference": difference,
        "is_ours": which == "ours",
        "is_known": any(one["value"] is not None for one in told),
        "first": told[:2],
        # The net follows from the rest: it is told where nothing else differs.
        "rest": [one for one in told[2:-1] if one["differs"]]
        or [one for one in told[-1:] if one["differs"] and not any(other["differs"] for other in told[:-1])],
    }


@register.filter
def reason_said(kept: str) -> str:
    return said(kept)
