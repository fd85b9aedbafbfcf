"""Cells into values. What is not written exactly as the profile says is refused with its reason; nothing is guessed,
rounded or repaired, for an amount that is altered in silence is worse than a line that a person looks at."""

import re
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from ppob.reconciliation.reasons import reason, said

LARGEST = 10**15


class Refused(Exception):
    """Why a cell is not taken: `reason` as it is kept (`reasons`), in words as text."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code, self.facts, self.reason = code, facts, reason(code, **facts)
        super().__init__(code)

    def __str__(self) -> str:
        return said(self.reason)


# Control and invisible characters, and such as turn the direction of writing.
INVISIBLE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_AMOUNTS = {
    "plain": re.compile(r"(0|[1-9][0-9]{0,15})"),
    "padded": re.compile(r"([0-9]{1,20})"),
    "cents": re.compile(r"([0-9]{1,20})00"),
    "dots": re.compile(r"(0|[1-9][0-9]{0,2}(?:\.[0-9]{3})*|[1-9][0-9]{3,15})(?:,00?)?"),
    "commas": re.compile(r"(0|[1-9][0-9]{0,2}(?:,[0-9]{3})*|[1-9][0-9]{3,15})(?:\.00?)?"),
}
_ZEROS = re.compile(r"0+\Z")


def amount(text: str, form: str) -> int:
    """Whole Rupiah, 0 to 10^15."""
    found = _AMOUNTS[form].fullmatch(text)
    if found is None:
        raise Refused("amount", text=text[:40])
    value = int(found[1].replace(".", "").replace(",", "") or 0)
    if value > LARGEST:
        raise Refused("amount_too_large", text=text[:40])
    return value


@lru_cache(maxsize=4096)
def day(text: str, form: str) -> date:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007  the zone is the profile's
    except ValueError:
        raise Refused("date", text=text[:40]) from None


@lru_cache(maxsize=100_000)
def clock(text: str, form: str) -> time:
    try:
        return datetime.strptime(text, form).time()  # noqa: DTZ007
    except ValueError:
        raise Refused("time", text=text[:40]) from None


@lru_cache(maxsize=100_000)
def moment(text: str, form: str) -> datetime:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        raise Refused("time", text=text[:40]) from None
