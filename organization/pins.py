"""What a PIN may be. Six digits leave a million; these rules take away those that people try first."""

import secrets
from datetime import date
from itertools import pairwise

PIN_LENGTH = 6


def is_trivial(pin: str, nik: str = "") -> bool:
    """Whether somebody who knows the person, or nothing at all, would try this PIN early."""
    return (
        len(set(pin)) <= 2
        or _has_one_step(pin)
        or _repeats(pin)
        or pin == pin[::-1]
        or _is_date(pin)
        or _is_of_nik(pin, nik)
    )


def random_pin(nik: str = "") -> str:
    """A one-time PIN that nobody would guess first."""
    while is_trivial(pin := f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}}", nik):
        pass
    return pin


def _has_one_step(digits: str) -> bool:
    """000000, 123456, 987654, 246802: from digit to digit always the same step, past nine to zero as well."""
    return len({(int(b) - int(a)) % 10 for a, b in pairwise(digits)}) == 1


def _repeats(pin: str) -> bool:
    """121212, 123123, 111222, 445566: a block written twice or thrice, or each digit a few times."""
    blocks = any(pin == pin[:size] * (len(pin) // size) for size in (1, 2, 3))
    runs = all(pin[i] == pin[i + 1] for i in range(0, len(pin), 2))
    return blocks or runs


def _is_date(pin: str) -> bool:
    """A day as people write it (DDMMYY, MMDDYY, YYMMDD) or a month with its year (MMYYYY, YYYYMM)."""
    a, b, c = int(pin[:2]), int(pin[2:4]), int(pin[4:])
    days = ((c, b, a), (c, a, b), (a, b, c))
    months = ((int(pin[2:]), a), (int(pin[:4]), c))
    return any(_exists(2000 + year, month, day) for year, month, day in days) or any(
        1940 <= year <= 2035 and 1 <= month <= 12 for year, month in months
    )


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_of_nik(pin: str, nik: str) -> bool:
    """Five digits in a row shared with the NIK, forwards or backwards."""
    parts = {pin[i : i + 5] for i in range(len(pin) - 4)}
    return any(part in nik or part in nik[::-1] for part in parts)
