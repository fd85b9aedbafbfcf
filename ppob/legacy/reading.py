"""Cells of an old dump as values of our fields: liberal in form, strict in meaning. No amount is rounded."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateparse import parse_datetime

from ppob.legacy.exceptions import RowRefused

# The original ran in Jakarta and kept times without a zone.
HOME = ZoneInfo("Asia/Jakarta")
YES, NO = {"1", "t", "true", "y", "yes", "ya", "aktif", "active"}, {
    "0", "f", "false", "n", "no", "tidak", "nonaktif", "inactive"
}  # fmt: skip
_ODD_TIMES = ("%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d/%m/%Y", "%d-%m-%Y", "%Y%m%d%H%M%S", "%Y%m%d")
_ZERO_DAY = re.compile(r"\A0000-00-00")


def read(field: models.Field, text: str | None, words: Mapping[str, Any]) -> Any:
    """The field's value, None where the cell is empty. `words` are the mapping's values. Raises RowRefused."""
    text = (text or "").replace("\0", "").strip()
    if words:
        known = words.get(text.casefold())
        if known is None and text:
            raise RowRefused(f"{field.name}: no meaning of {text[:40]!r} in the mapping")
        return known
    if text == "":
        return None
    try:
        value = _reader(field)(text)
        return field.clean(value, None)
    except ValidationError as error:
        raise RowRefused(f"{field.name}: {' '.join(error.messages)} ({text[:40]!r})") from error
    except (ValueError, InvalidOperation, OverflowError) as error:
        raise RowRefused(f"{field.name}: cannot be read ({text[:40]!r})") from error


def _reader(field: models.Field) -> Callable[[str], Any]:
    if isinstance(field, models.BooleanField):
        return _yes_or_no
    if isinstance(field, models.DateTimeField):
        return moment
    if isinstance(field, models.DateField):
        return lambda text: moment(text).date()
    if isinstance(field, models.IntegerField):
        return whole
    if isinstance(field, models.TimeField):
        return time.fromisoformat
    return str


def whole(text: str) -> int:
    """25000 and 25000.00; what has a fraction, or points between thousands, is refused."""
    number = Decimal(text)
    if number != number.to_integral_value():
        raise ValueError(text)
    return int(number)


def moment(text: str) -> datetime:
    if _ZERO_DAY.match(text):
        raise ValueError(text)
    found = parse_datetime(text)
    if found is None:
        found = _odd_moment(text)
    return found if found.tzinfo else found.replace(tzinfo=HOME)


def _odd_moment(text: str) -> datetime:
    for form in _ODD_TIMES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=HOME)
        except ValueError:
            continue
    day = date.fromisoformat(text)
    return datetime(day.year, day.month, day.day, tzinfo=HOME)


def _yes_or_no(text: str) -> bool:
    if text.casefold() in YES | NO:
        return text.casefold() in YES
    raise ValueError(text)
