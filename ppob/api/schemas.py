"""The bodies of the signed calls in OpenAPI's words, from the same tables that read them."""

from collections.abc import Mapping
from typing import Any

from core.api.schema import ERROR
from ppob.api.batches import MOST_ITEMS
from ppob.api.fields import Field, schema_of
from ppob.api.items import BALANCE, ECHO, MESSAGE, SALE
from ppob.api.items import HOLD as HOLD_FIELDS
from ppob.choices import ExceptionReason

__all__ = [
    "ADVICES",
    "BALANCES",
    "ECHOES",
    "ERROR",
    "HOLD",
    "HOLD_ANSWER",
    "MESSAGES",
    "RELEASED",
    "SALES",
    "SALES_ANSWER",
    "TAKEN",
]


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item, "maxItems": MOST_ITEMS}


def _batch(name: str, fields: Mapping[str, Field]) -> dict[str, Any]:
    body = _object(**{name: _list(schema_of(fields))})
    return {"application/json": {**body, "additionalProperties": False}}


_MOMENT = {"type": "string", "format": "date-time"}
_DAY = {"type": "string", "format": "date"}
_NUMBER = {"type": "integer", "format": "int64"}
_TEXT = {"type": "string"}
_ERROR = _object(code=_TEXT, field=_TEXT, message=_TEXT)
_ANSWER = {"type": "string", "enum": ["taken", "refused"]}

SALES, BALANCES = _batch("transactions", SALE), _batch("balances", BALANCE)
ECHOES, MESSAGES = _batch("connections", ECHO), _batch("messages", MESSAGE)
HOLD = {"application/json": schema_of(HOLD_FIELDS)}

SALES_ANSWER = _object(
    results=_list(
        {
            "type": "object",
            "required": ["answer"],
            "properties": {
                "answer": _ANSWER,
                "transaction": _NUMBER,
                "business_on": _DAY,
                "exception": {"type": "string", "nullable": True, "enum": [*ExceptionReason.values, None]},
                "error": _ERROR,
            },
        }
    )
)
TAKEN = _object(
    results=_list(
        {"type": "object", "required": ["answer"], "properties": {"answer": _ANSWER, "error": _ERROR}}
    )
)
HOLD_ANSWER = _object(key=_TEXT, amount=_NUMBER, expires_at={**_MOMENT, "nullable": True})
RELEASED = _object(key=_TEXT, released={"type": "boolean"})
ADVICES = _object(
    results=_list(
        _object(
            transaction=_NUMBER,
            biller=_TEXT,
            noref=_TEXT,
            business_on=_DAY,
            occurred_at=_MOMENT,
            asked_at=_MOMENT,
        )
    )
)
