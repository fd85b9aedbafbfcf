from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from core.lists.keyset import read_page
from core.lists.sorts import Order

ROWS_AT_ONCE = 1_000


def rows_of(
    queryset: QuerySet, *, order: Order, tell: Callable[[list[Any]], Iterable[Any]] | None = None
) -> Iterator[Any]:
    """Every row in the list's order, a thousand at a time.

    By position and not by a cursor of the server: no transaction stays open for minutes, it goes through PgBouncer, and
    a page costs the same at any depth. What changes meanwhile is exported as it was when its page was read.
    """
    position = None
    while True:
        page = read_page(queryset, order=order, size=ROWS_AT_ONCE, position=position)
        yield from tell(page.rows) if tell else page.rows
        position = page.next
        if position is None:
            return
