from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from core.exports.columns import Column


@dataclass(frozen=True, kw_only=True)
class ExportSpec:
    """What a list exports. The rows are the list's own: its scope, its filters, its order.

    `permission` is asked for besides the list's. `columns` gets the person, for what a day is depends on who asks;
    `tell` turns some hundred rows into what the columns read, where a row alone is not enough.
    """

    name: str
    title: Any
    permission: str
    columns: Callable[[Any], tuple[Column, ...]]
    tell: Callable[[list[Any]], Iterable[Any]] | None = None
