"""Codes that Excel may have spoiled: a new 123 where 00123 is known, a new 100000 where 1E05 is."""

from collections.abc import Collection, Iterator

LONGEST = 16


def perhaps_meant(code: str) -> Iterator[str]:
    """What the code may have been before a spreadsheet made a number of it."""
    if not code.isdigit():
        return
    for length in range(len(code) + 1, LONGEST + 1):
        yield code.zfill(length)
    digits = code.rstrip("0")
    zeros = len(code) - len(digits)
    for exponent in range(1, zeros + 1):
        mantissa = code[: len(code) - exponent]
        yield f"{mantissa}E{exponent}"
        yield f"{mantissa}E{exponent:02}"


def candidates(codes: Collection[str]) -> dict[str, list[str]]:
    return {code: found for code in codes if (found := list(perhaps_meant(code)))}
