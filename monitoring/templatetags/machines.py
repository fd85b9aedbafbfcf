"""How a machine's numbers are written on a page, and marked so that `static/js/machines.js` can keep them alive."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from monitoring import sparkline as geometry
from monitoring.choices import Status
from monitoring.metrics import METRIC
from monitoring.models import MachineState
from monitoring.units import measure, unit_of

register = template.Library()

ICONS = {
    Status.SAFE: "circle-check",
    Status.WARNING: "alert-triangle",
    Status.DANGER: "alert-octagon",
    Status.NO_DATA: "plug-connected-x",
    Status.MAINTENANCE: "tool",
}
# The live payload's names of what the state calls otherwise.
STORED_AS = {"uptime": "uptime_s"}

register.filter(measure)


@register.simple_tag
def reading(state: MachineState | None, name: str) -> SafeString:
    """One live value of a machine."""
    unit = unit_of(name)
    value = state.values.get(STORED_AS.get(name, name)) if state else None
    return format_html('<span data-value="{}" data-unit="{}">{}</span>', name, unit, measure(value, unit))


@register.inclusion_tag("components/status_badge.html")
def machine_badge(status: str) -> dict[str, Any]:
    """Colour, icon and word of a status."""
    found = Status(status)
    return {"tone": found.value, "icon": ICONS[found], "label": found.label}


@register.inclusion_tag("monitoring/_sparkline.html")
def sparkline(state: MachineState | None, css: str = "") -> dict[str, Any]:
    """The last polls' CPU as a small graph; its words are for those who do not see it."""
    values = list(state.sparkline)[-geometry.POINTS :] if state else []
    known = [value for value in values if value is not None]
    return {
        "css": css,
        "line": geometry.line_path(values),
        "area": geometry.area_path(values),
        "values": ",".join("" if value is None else str(value) for value in values),
        "words": _("CPU now %(value)s") % {"value": measure(known[-1], "percent")}
        if known
        else _("CPU: no data"),
        "width": geometry.WIDTH,
        "height": geometry.HEIGHT,
    }


@register.filter
def reasons_in_words(state: MachineState | None) -> str:
    """Why a machine is yellow or red: "CPU 97 %, limit 95 %"; why it is grey: what the connection said."""
    if not state:  # a template renders a relation that is not there as ""
        return ""
    if state.status == Status.NO_DATA:
        return _(state.failure) if state.failure else ""
    return " · ".join(
        _("%(metric)s %(value)s, limit %(limit)s")
        % {
            "metric": METRIC[reason["metric"]].label,
            "value": measure(reason["value"], METRIC[reason["metric"]].unit),
            "limit": measure(reason["limit"], METRIC[reason["metric"]].unit),
        }
        for reason in state.reasons
        if reason.get("metric") in METRIC
    )


@register.filter
def bar_tone(value: float | None, name: str) -> str:
    """The colour of a bar by the metric's limits: nothing below them, for a full page of green says nothing."""
    metric = METRIC[name]
    if value is None or metric.warning is None or value < metric.warning:
        return ""
    return "bar-danger" if metric.danger is not None and value >= metric.danger else "bar-warning"
