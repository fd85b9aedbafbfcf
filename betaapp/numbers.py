"""Version numbers, as PEP 440 or Semantic Versioning 2.0.0 write them, and which of two is the newer one."""

import re
from typing import Any

from packaging.version import InvalidVersion, Version

# semver.org, "Is there a suggested regular expression": groups of core and pre-release.
SEMANTIC = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)"
    r"(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?",
    re.ASCII,
)
LONGEST = 40
Rank = tuple[Version, tuple[tuple[int, int, str], ...]]


def is_version_number(text: str) -> bool:
    """Whether it is written in one of the two ways, at most 40 signs of ASCII."""
    return rank_of(text) is not None


def rank_of(text: str) -> Rank | None:
    """What numbers are compared by; None for what is no version number.

    PEP 440 decides where it can read the number. Of the others, pre-releases of Semantic Versioning alone, all come before
    their release; among each other by rule 11 of semver.org: identifiers from the left, numbers before words.
    """
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        return Version(text), ()
    except InvalidVersion:
        found = SEMANTIC.fullmatch(text)
    if not found:
        return None
    core, parts = ".".join(found.group(1, 2, 3)), (found[4] or "").split(".")
    return Version(f"{core}.dev0"), tuple(_identifier(part) for part in parts)


def _identifier(part: str) -> tuple[int, int, str]:
    return (0, int(part), "") if part.isdigit() else (1, 0, part)


def is_older(number: str, than: str) -> bool:
    """Whether the first number is a step back from the second. Both are version numbers."""
    one: Any = rank_of(number)
    other: Any = rank_of(than)
    return bool(one < other)
