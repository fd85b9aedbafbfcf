"""Where a value stands in a biller's file, as people write it and as a profile keeps it.

People count columns from 1, name them by the header's words, or, in a file of fixed width, say from which character to
which: `3`, `reference`, `1-8`. A profile keeps 2, "reference" and [0, 8].
"""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

MOST = 2000
_SPAN = re.compile(r"(\d{1,4})\s*[-–]\s*(\d{1,4})")
# In the order in which a form asks for them: name, words, whether a file has to have it.
VALUES: tuple[tuple[str, Any, bool], ...] = (
    ("date", _("Date"), True),
    ("time", _("Time"), False),
    ("noref", _("Reference (noref)"), True),
    ("customer_id", _("Customer id"), False),
    ("product", _("Product code"), False),
    ("amount", _("Amount"), True),
    ("commission", _("Commission"), False),
    ("status", _("Status"), True),
    ("response_code", _("Response code"), False),
    ("stan", _("STAN"), False),
    ("serial", _("Serial number or token"), False),
    ("sheets", _("Sheets"), False),
    ("part", _("Part of a sale"), False),
)
TRAILER: tuple[tuple[str, Any], ...] = (
    ("count", _("Lines, counted")),
    ("sum", _("Sum of the amounts")),
    ("closing", _("Closing balance")),
)


class NoPlace(ValueError):
    """What was typed is no place in a file of this form."""


def read_place(text: str, *, is_fixed: bool) -> Any:
    """A number from 0, a header's word, or [start, length]. Raises NoPlace."""
    text = text.strip()
    span = _SPAN.fullmatch(text)
    if is_fixed:
        if span is None or not 1 <= int(span[1]) <= int(span[2]) <= MOST:
            raise NoPlace(_("Say from which character to which, such as 1-8."))
        return [int(span[1]) - 1, int(span[2]) - int(span[1]) + 1]
    if text.isascii() and text.isdigit():
        if not 1 <= int(text) <= 64:
            raise NoPlace(_("Columns are counted from 1 to 64."))
        return int(text) - 1
    if len(text) > 60:
        raise NoPlace(_("That is too long for a column's name."))
    return text


def write_place(place: Any) -> str:
    """As somebody would type it; nothing for no place."""
    if place is None:
        return ""
    if isinstance(place, list):
        return f"{place[0] + 1}-{place[0] + place[1]}"
    return str(place + 1) if isinstance(place, int) else str(place)
