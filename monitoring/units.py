"""Numbers of a machine with their units, as `static/js/units.js` writes them too."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.gerai import NBSP, bytes_, number, rate
from monitoring.metrics import METRIC

# What the live payload carries besides the metrics.
OTHER_UNITS = {
    "running": "count",
    "uptime": "duration",
    "mem_used": "bytes",
    "cost_cpu_ms": "ms",
    "cost_bytes": "bytes",
    "poll_ms": "ms",
    "load5": "load",
    "load15": "load",
}


def unit_of(name: str) -> str:
    return METRIC[name].unit if name in METRIC else OTHER_UNITS[name]


def measure(value: float | None, unit: str) -> str:
    """12 %, 0,35, 1,5 MB/s, 3 days 4 h, 88 days. No number is a dash, for it is not zero."""
    return "–" if value is None else _WRITERS[unit](value)


def _percent(value: float) -> str:
    return f"{number(round(value, 1), 1 if 0 < value < 10 else 0)}{NBSP}%"


def _milliseconds(value: float) -> str:
    return f"{number(round(value, 2), 2 if value < 10 else 0)}{NBSP}ms"


def _duration(seconds: float) -> str:
    days, rest = divmod(int(seconds), 86400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days >= 10:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": number(days)}
    if days:
        return ngettext("%(n)s day %(h)s h", "%(n)s days %(h)s h", days) % {"n": number(days), "h": hours}
    if hours:
        return _("%(h)s h %(m)s min") % {"h": hours, "m": minutes}
    return _("%(m)s min") % {"m": minutes}


_WRITERS = {
    "percent": _percent,
    "load": lambda value: number(round(value, 2), 2),
    "count": lambda value: number(round(value)),
    "bytes": bytes_,
    "bytes_per_s": rate,
    "ms": _milliseconds,
    "duration": _duration,
}
