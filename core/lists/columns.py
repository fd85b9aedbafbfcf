from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

PARAMETER, BETWEEN = "hide", "."


@dataclass(frozen=True, kw_only=True)
class ListColumn:
    """A column that people may leave out: `{% if list.shows.city %}` around its head and its cells."""

    key: str
    label: Any


def hidden_from(text: str, columns: Iterable[ListColumn]) -> frozenset[str]:
    """What the address leaves out, as far as the list has it."""
    return frozenset(text.split(BETWEEN)) & {column.key for column in columns}


def parameter_of(hidden: Iterable[str]) -> str:
    """The same columns, the same address, in whatever order they were left out."""
    return BETWEEN.join(sorted(hidden))
