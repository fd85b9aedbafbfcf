"""What a column of an export is: its label, its kind, and how its value is found in a row."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

# An identifier is text whatever it looks like: 00123 and 1E05 are codes. A status is text out of a fixed few.
Kind = Literal["text", "identifier", "status", "int", "rupiah", "decimal", "date", "datetime"]
TEXTS = frozenset({"text", "identifier", "status"})
NUMBERS = frozenset({"int", "rupiah", "decimal"})

# In characters: what a sheet's column and a page's share of the line are made from.
_WIDTHS: dict[Kind, int] = {
    "text": 30,
    "identifier": 14,
    "status": 18,
    "int": 12,
    "rupiah": 18,
    "decimal": 14,
    "date": 14,
    "datetime": 26,
}


@dataclass(frozen=True)
class Column:
    """`value` is a function of the row or a path such as `branch.code`; by default the attribute called `name`.

    What is not `on_paper` stands in files alone: a page has room for about ten columns.
    """

    name: str
    label: Any
    kind: Kind = "text"
    value: Callable[[Any], Any] | str = ""
    width: int = 0
    on_paper: bool = True

    @property
    def characters(self) -> int:
        return self.width or _WIDTHS[self.kind]

    @property
    def reader(self) -> Callable[[Any], Any]:
        """The function that finds the value; made once an export, called for every row."""
        if callable(self.value):
            return self.value
        path = self.value or self.name
        return _path_reader(path) if "." in path else attrgetter(path)


def _path_reader(path: str) -> Callable[[Any], Any]:
    """As attrgetter, but what stands behind nothing is nothing."""
    parts = path.split(".")

    def read(row: Any) -> Any:
        for part in parts:
            if row is None:
                return None
            row = getattr(row, part)
        return row

    return read
