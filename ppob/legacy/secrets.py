"""Columns that are never read, whatever a mapping says: passwords, PINs, what they were before, one-time codes."""

import re

_SECRET = re.compile(
    r"pass(w|$|_|\d|phrase)|pwd|kata_?sandi|sandi|otp|(^|_)[mt]?pin(_|\d|$)|(old|new|last|user|prev|agent|am)_?pin|pin_?(hist|lama|baru)"
)
# Counters of wrong tries are no secret.
_COUNTER = re.compile(r"(fail|wrong|salah|gagal|attempt|retry|count|jml|jumlah|blok|block|try|tries)")


def is_secret(column: str) -> bool:
    name = column.lower()
    return bool(_SECRET.search(name)) and not (
        _COUNTER.search(name) and "hist" not in name and "otp" not in name
    )
