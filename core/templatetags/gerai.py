"""What every template may say without `{% load %}`: icons, numbers, Rupiah, sizes and times as people here read them."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.template.defaultfilters import date as format_date
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from core.icons import outline

register = template.Library()

NBSP, MINUS = "\u00a0", "\u2212"
ZONES = {timedelta(hours=7): "WIB", timedelta(hours=8): "WITA", timedelta(hours=9): "WIT"}
UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


@register.simple_tag
def icon(name: str, size: int = 20, css: str = "") -> SafeString:
    """An outline icon as inline SVG, hidden from screen readers: a word beside it, or a label, says what it means."""
    svg = outline(str(name), int(size), str(css))
    return mark_safe(svg)  # noqa: S308  drawn by the icon package, named by our templates


@register.filter
def number(value: Any, decimals: int = 0) -> str:
    """1250000 → 1.250.000 (1,250,000 in English); nothing for None, for no number is not zero."""
    if value is None or value == "":
        return "–"
    return formats.number_format(value, decimal_pos=int(decimals), use_l10n=True, force_grouping=True)


@register.filter
def rupiah(value: int | None) -> str:
    """Whole Rupiah, written the Indonesian way in every language: Rp 1.250.000."""
    if value is None:
        return "–"
    sign = MINUS if value < 0 else ""
    return f"{sign}Rp{NBSP}{abs(int(value)):,}".replace(",", ".")


@register.filter(name="bytes")
def bytes_(value: float | None) -> str:
    """1536 → 1,5 KB. Steps of 1,024, as operating systems count."""
    if value is None:
        return "–"
    amount, step = float(value), 0
    while abs(amount) >= 1024 and step < len(UNITS) - 1:
        amount, step = amount / 1024, step + 1
    decimals = 0 if step == 0 or abs(amount) >= 100 else 1
    return f"{number(round(amount, decimals), decimals)}{NBSP}{UNITS[step]}"


@register.filter
def rate(value: float | None) -> str:
    """Bytes a second: 1536 → 1,5 KB/s."""
    return "–" if value is None else f"{bytes_(value)}/s"


@register.filter
def exact_time(value: datetime | None) -> str:
    """29 Agu 2026 08.45 WIB, in the zone of the person's branch, always with its name."""
    if not value:
        return "–"
    local = timezone.localtime(value)
    clock = "H.i" if (get_language() or "id").startswith("id") else "H:i"
    return f"{format_date(local, f'j M Y {clock}')} {zone_name(local)}"


def zone_name(local: datetime) -> str:
    """WIB, WITA or WIT; elsewhere what the zone calls itself."""
    return ZONES.get(local.utcoffset() or timedelta(), local.tzname() or "")


@register.simple_tag
def zone_now() -> str:
    """The name of the zone that the page's times are in: WIB, WITA, WIT."""
    return zone_name(timezone.localtime())


@register.simple_tag
def zone_offset() -> int:
    """Seconds that the page's zone is ahead of UTC, so that a graph's ticks stand at its full hours and midnights."""
    offset = timezone.localtime().utcoffset()
    return int(offset.total_seconds()) if offset else 0


@register.filter
def short_date(value: Any) -> str:
    """29 Agu 2026."""
    return format_date(value, "j M Y") if value else "–"


@register.filter
def ago(value: datetime | None) -> str:
    """How long ago, with the exact time on hover and for machines; `gerai.js` keeps it fresh."""
    if not value:
        return "–"
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        value.isoformat(),
        exact_time(value),
        _ago_words(value),
    )


def _ago_words(value: datetime) -> str:
    seconds = (timezone.now() - value).total_seconds()
    if seconds < 60:
        return gettext("just now")
    for size, words in (
        (3600, lambda n: ngettext("%(n)d minute ago", "%(n)d minutes ago", n)),
        (86400, lambda n: ngettext("%(n)d hour ago", "%(n)d hours ago", n)),
        (30 * 86400, lambda n: ngettext("%(n)d day ago", "%(n)d days ago", n)),
    ):
        if seconds < size:
            unit = {3600: 60, 86400: 3600}.get(size, 86400)
            n = int(seconds // unit)
            return words(n) % {"n": n}
    return short_date(timezone.localtime(value))


@register.filter
def initials(name: str) -> str:
    """Two letters for a person's avatar: Budi Santoso → BS."""
    words = [word for word in str(name).split() if word[:1].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()[:2]


@register.filter
def avatar_tone(key: Any) -> int:
    """One of six avatar colours, the same for the same person every time."""
    return sum(ord(letter) for letter in str(key)) % 6


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """mapping[key] for a key that a loop holds."""
    return mapping.get(key) if mapping else None


@register.simple_tag
def field_errors(form: Any) -> list[tuple[Any, str]]:
    """(field, error) for the summary on top of a form: what concerns all of it first, with no field, then field by field."""
    if not form.is_bound:
        return []
    whole = [(None, error) for error in form.non_field_errors()]
    return whole + [(field, error) for field in form for error in field.errors]


@register.inclusion_tag("core/_sort_th.html", takes_context=True)
def sort_th(context: dict[str, Any], key: str, css: str = "") -> dict[str, Any]:
    """A column head that sorts: `{% sort_th "name" %}` inside a list's rows template."""
    state = context["list"]
    sort = next(sort for sort in state.view.sorts if sort.key == key)
    holds = state.order.sort.key == key
    return {
        "sort": sort,
        "url": state.sort_url(key),
        "holds": holds,
        "descending": state.order.descending,
        "css": css,
    }


@register.simple_tag
def filter_field(field: Any) -> SafeString:
    """A filter's input with the look of its kind; its label is the template's."""
    css = "form-select" if getattr(field.field, "choices", None) is not None else "form-control"
    return field.as_widget(attrs={"class": css, "aria-label": field.label})


@register.filter
def masked_phone(value: str) -> str:
    """0812 •••• 678: enough to recognise a number, not enough to pass it on."""
    digits = "".join(letter for letter in value if letter.isdigit())
    return f"{digits[:4]} •••• {digits[-3:]}" if len(digits) > 7 else "••••"


@register.filter
def unlocalize_number(value: Any) -> str:
    """A coordinate as maps take it: a point, never a comma."""
    return str(value)
