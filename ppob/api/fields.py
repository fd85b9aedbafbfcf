"""What a call's fields may hold: said once, for reading them and for the OpenAPI document.

Plain functions, for a batch has thousands of fields, and DRF's serializers cost more there than the ledger does.
"""

import re
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

REQUIRED: Any = object()
BACK, AHEAD = timedelta(days=92), timedelta(minutes=5)


class Unfit(Exception):
    """A field cannot be taken: which, why, and in a person's words."""

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.code, self.field = code, field

    def as_error(self) -> dict[str, str]:
        return {"code": self.code, "field": self.field, "message": str(self)}


@dataclass(frozen=True)
class Field:
    """`default` stands where the field is left out; without one it must be there."""

    _: KW_ONLY
    default: Any = REQUIRED
    note: str = ""

    def read(self, value: Any) -> Any:
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Field):
    """Printable, so that no control sign, NUL or half a character reaches the database; nothing is trimmed."""

    longest: int
    shortest: int = 0
    pattern: re.Pattern[str] | None = None

    def read(self, value: Any) -> str:
        if type(value) is not str:
            raise Unfit("not_text", _("This must be text."))
        if not self.shortest <= len(value) <= self.longest:
            raise Unfit(
                "length",
                _("This has %(least)s to %(most)s characters.")
                % {"least": self.shortest, "most": self.longest},
            )
        if not value.isprintable():
            raise Unfit("not_printable", _("This has a sign that cannot be printed."))
        if self.pattern and not self.pattern.fullmatch(value):
            raise Unfit("form", _("This does not have the form that it should have."))
        return value

    def schema(self) -> dict[str, Any]:
        form = {"pattern": f"^{self.pattern.pattern}$"} if self.pattern else {}
        return {"type": "string", "minLength": self.shortest, "maxLength": self.longest, **form}


@dataclass(frozen=True)
class Lines(Text):
    """Text of several lines; without NUL and half characters too."""

    def read(self, value: Any) -> str:
        if type(value) is not str:
            raise Unfit("not_text", _("This must be text."))
        for line in value.splitlines():
            super().read(line.replace("\t", " "))
        if len(value) > self.longest or "\x00" in value:
            raise Unfit(
                "length", _("This has %(least)s to %(most)s characters.") % {"least": 0, "most": self.longest}
            )
        return value


@dataclass(frozen=True)
class Whole(Field):
    """A whole number: no fraction, no text, no true or false."""

    least: int
    most: int

    def read(self, value: Any) -> int:
        if type(value) is not int:
            raise Unfit("not_whole", _("This must be a whole number."))
        if not self.least <= value <= self.most:
            raise Unfit(
                "range",
                _("This must be between %(least)s and %(most)s.") % {"least": self.least, "most": self.most},
            )
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "format": "int64", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class OneOf(Field):
    values: tuple[str, ...]

    def read(self, value: Any) -> str:
        if type(value) is not str or value not in self.values:
            raise Unfit(
                "unknown_value", _("This must be one of: %(values)s.") % {"values": ", ".join(self.values)}
            )
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.values)}


@dataclass(frozen=True)
class Moment(Field):
    """ISO 8601 with its zone; not too long ago, and not ahead of our clock but for a few minutes."""

    back: timedelta = BACK
    ahead: timedelta = AHEAD

    def read(self, value: Any) -> datetime:
        try:
            if type(value) is not str:
                raise ValueError
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise Unfit("not_moment", _("This must be a moment, as 2026-11-25T08:30:00+07:00.")) from None
        if moment.tzinfo is None:
            raise Unfit("no_zone", _("A moment needs its zone."))
        now = timezone.now()
        try:
            is_near = now - self.back <= moment <= now + self.ahead
        except OverflowError:
            is_near = False
        if not is_near:
            raise Unfit("too_far", _("This moment is too long ago, or ahead of our clock."))
        return moment

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


def read(fields: Mapping[str, Field], raw: Any) -> dict[str, Any]:
    """One object, complete, with its defaults. What is not known is refused: a misspelt fee must not become none.

    Raises Unfit with the field's name.
    """
    if type(raw) is not dict:
        raise Unfit("not_object", _("This must be an object."))
    found = {}
    for name, field in fields.items():
        value = raw.get(name, REQUIRED)
        if value is REQUIRED or (value is None and field.default is None):
            if field.default is REQUIRED:
                raise Unfit("missing", _("This is missing."), name)
            found[name] = field.default
            continue
        try:
            found[name] = field.read(value)
        except Unfit as error:
            error.field = name
            raise
    if unknown := raw.keys() - fields.keys():
        raise Unfit("unknown_field", _("There is no such field."), min(unknown)[:40])
    return found


def schema_of(fields: Mapping[str, Field]) -> dict[str, Any]:
    """The object in OpenAPI's words."""
    properties = {
        name: {
            **field.schema(),
            **({"description": field.note} if field.note else {}),
            **({} if field.default in (REQUIRED, None) else {"default": field.default}),
            **({"nullable": True} if field.default is None else {}),
        }
        for name, field in fields.items()
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, field in fields.items() if field.default is REQUIRED],
        "properties": properties,
    }
