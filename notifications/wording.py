"""A sentence kept as its msgid and parameters, and put into words when somebody reads it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext

from core.templatetags.gerai import short_date
from core.wording import in_readers_language

MSGID, DATE, SAID = "msgid", "date", "said"


def msgid_of(text: Any) -> str:
    """What `gettext_lazy` was called with, or the text itself."""
    with translation.override(None):
        return str(text)


def kept(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as JSON: a lazy text and a date are put into words later, by `worded`. What comes as a dict was said in
    each language already (`core.wording.in_each_language`)."""
    return {name: _kept(value) for name, value in params.items()}


def _kept(value: Any) -> Any:
    if isinstance(value, Promise):
        return {MSGID: msgid_of(value)}
    if isinstance(value, date):
        return {DATE: value.isoformat()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict) and value.keys() <= dict(settings.LANGUAGES).keys():
        return {SAID: value}
    raise TypeError(f"A notification cannot keep a {type(value).__name__}")


def worded(title: str, params: Mapping[str, Any]) -> str:
    """The sentence in the active language. A translation that asks for what is not there gives the msgid's own words."""
    values = {name: _worded(value) for name, value in params.items()}
    for text in (gettext(title), title):
        try:
            return text % values
        except (KeyError, TypeError, ValueError):
            continue
    return title


def _worded(value: Any) -> Any:
    if isinstance(value, dict):
        if MSGID in value:
            return gettext(value[MSGID]) if value[MSGID] else ""
        if SAID in value:
            return in_readers_language(value[SAID])
        return short_date(date.fromisoformat(value[DATE]))
    return value
