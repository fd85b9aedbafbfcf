"""A range of days as people write it: from and until, both included, until left empty while it is open."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.postgres.forms import DateRangeField
from django.db.backends.postgresql.psycopg_any import DateRange
from django.forms.widgets import MultiWidget
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from core.modeladmin import DayInput

ONE_DAY = timedelta(days=1)


class DaysWidget(MultiWidget):
    template_name = "organization/admin/days_widget.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"from": DayInput(), "until": DayInput()}, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for part, label in zip(context["widget"]["subwidgets"], (_("from"), _("until")), strict=True):
            part["label"] = label
        return context

    def decompress(self, value: DateRange | None) -> list[date | None]:
        if not value:
            return [None, None]
        return [value.lower, value.upper - ONE_DAY if value.upper else None]

    def use_required_attribute(self, initial: Any) -> bool:
        return False  # the last day may stay empty


class DaysField(DateRangeField):
    """Cleans to a range whose end is open or the day after the last one, as the database keeps it."""

    default_error_messages = {
        "no_first_day": _("Say from which day."),
        "too_far": _("This day is too far away: %(day)s."),
    }
    # Leave the last day empty for "for good": a day at the end of the calendar has none after it.
    first_day, last_day = date(1990, 1, 1), date(2100, 12, 31)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=DaysWidget, required=True, **kwargs)

    def compress(self, values: Any) -> DateRange | None:
        first, last = values or (None, None)
        if first is None and last is None:
            return None
        if first is None:
            raise forms.ValidationError(self.error_messages["no_first_day"], code="no_first_day")
        for day in (first, last):
            if day and not self.first_day <= day <= self.last_day:
                text = self.error_messages["too_far"] % {"day": day.isoformat()}
                raise forms.ValidationError(text, code="too_far")
        if last and last < first:
            raise forms.ValidationError(self.error_messages["bound_ordering"], code="bound_ordering")
        return DateRange(first, last + ONE_DAY if last else None)


def days_as_text(days: DateRange | None) -> str:
    """1 Jan 2026 – 31 Mar 2026, or with an open end: 1 Jan 2026 –."""
    if not days or days.lower is None:
        return "–"
    first = formats.date_format(days.lower, "j M Y")
    last = formats.date_format(days.upper - ONE_DAY, "j M Y") if days.upper else ""
    return f"{first} – {last}".rstrip()
