"""The trail in people's words: acts, kinds, fields and values, with personal ones masked until somebody asks."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.audit.kinds import audited_models, personal_fields
from core.audit.names import Names
from core.templatetags.gerai import exact_time, short_date

MASK = "•••"


@dataclass(frozen=True)
class Change:
    """One field's line: its label, what it was, what it became."""

    label: str
    old: str
    new: str
    is_personal: bool = False


def act_words(act: str) -> str:
    """What the apps call their acts in `AppConfig.audit_acts`; an unknown one speaks for itself."""
    return str(acts().get(act, act))


def acts() -> dict[str, str | Promise]:
    """Every act that an app has declared, by its name."""
    return {
        act: words
        for config in apps.get_app_configs()
        for act, words in getattr(config, "audit_acts", {}).items()
    }


def changes_in_words(
    kind: str, changes: dict[str, Any] | None, names: Names, *, reveal: bool
) -> list[Change]:
    """The lines of one entry. `reveal` shows what is personal."""
    lines = []
    for name, pair in (changes or {}).items():
        old, new = pair
        personal = name in personal_fields(kind)
        was, became = (
            _value(kind, name, value, names, masked=personal and not reveal) for value in (old, new)
        )
        lines.append(Change(_label(kind, name), was, became, is_personal=personal))
    return lines


def _label(kind: str, name: str) -> str:
    declared = _declared_labels().get(name)
    if declared is not None:
        return str(declared)
    model, _dot, field = name.rpartition(".")
    app_label = kind.partition(".")[0]
    found = _field(f"{app_label}.{model}" if model else kind, field)
    return str(found.verbose_name) if found is not None and hasattr(found, "verbose_name") else name


def _declared_labels() -> dict[str, Any]:
    """Facts of an act that are no field of the object: `AppConfig.audit_labels`."""
    return {
        name: words
        for config in apps.get_app_configs()
        for name, words in getattr(config, "audit_labels", {}).items()
    }


def _field(kind: str, name: str) -> Any:
    model = audited_models().get(kind)
    if model is None:
        return None
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _value(kind: str, name: str, value: Any, names: Names, *, masked: bool) -> str:
    if value in (None, "", [], {}):
        return "–"
    if masked:
        return MASK
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(_value(kind, name, one, names, masked=False) for one in value)
    if isinstance(value, dict):
        return _thing(kind, name, value, names)
    return _choice(kind, name, value) or _moment(value) or str(value)


def _thing(kind: str, name: str, value: dict[str, Any], names: Names) -> str:
    if "uuid" in value:
        return names.of(value["kind"], value["uuid"]) or value.get("text") or str(value["uuid"])
    if "from" in value:
        until = _day_before(value.get("until"))
        return f"{_moment(value['from']) or '…'} – {until}"
    return ", ".join(f"{_choice(kind, name, key) or key}: {one}" for key, one in value.items())


def _day_before(until: Any) -> str:
    """A range's upper end is the day after its last one."""
    day = parse_date(until) if isinstance(until, str) and len(until) == 10 else None
    return str(short_date(day - timedelta(days=1))) if day else "…"


def _choice(kind: str, name: str, value: Any) -> str:
    choices = dict(_field(kind, name).flatchoices) if getattr(_field(kind, name), "choices", None) else {}
    found = choices.get(value) or _declared_word(name, value)
    return str(found) if found else ""


def _declared_word(name: str, value: Any) -> Any:
    """For a value of `audit_labels`: `AppConfig.audit_choices = {"role": Role.choices}`, or a function of the value."""
    for config in apps.get_app_configs():
        declared = getattr(config, "audit_choices", {}).get(name)
        if declared is not None:
            return declared(value) if callable(declared) else dict(declared).get(value)
    return None


def _moment(value: Any) -> str:
    """Dates and times as people here read them; anything else is none."""
    if not isinstance(value, str) or not value[:4].isdigit() or value[4:5] != "-":
        return ""
    try:
        if len(value) == 10:
            day = parse_date(value)
            return str(short_date(day)) if day else ""
        moment = parse_datetime(value)
        return exact_time(moment) if moment and moment.tzinfo else ""
    except ValueError:
        return ""
