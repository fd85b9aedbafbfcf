"""Sentences that are put into words when somebody reads them, in the reader's language and not in a worker's."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext, override


class Late:
    """A msgid and what stands in it: `_("%(n)d lines") % {"n": 3}`, said anew by each `str()`.

    Django's lazy text forgets to be lazy at the `%`.
    """

    def __init__(self, msgid: str, facts: Mapping[str, Any] | None = None) -> None:
        self.msgid, self.facts = msgid, facts

    def __mod__(self, facts: Mapping[str, Any]) -> "Late":
        return Late(self.msgid, facts)

    def __str__(self) -> str:
        text = gettext(self.msgid)
        return text if self.facts is None else text % self.facts

    def __repr__(self) -> str:
        return f"{self.msgid!r} % {self.facts!r}"


def in_each_language(text: Any) -> dict[str, str]:
    """{"id": …, "en": …}: for a record that people of several languages will read."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            said[code] = str(text)
    return said


def in_readers_language(said: Mapping[str, str]) -> str:
    """Of what `in_each_language` kept, what the active language says; else the portal's own."""
    language = (get_language() or "").partition("-")[0]
    return said.get(language) or said.get(settings.LANGUAGE_CODE) or next(iter(said.values()), "")
