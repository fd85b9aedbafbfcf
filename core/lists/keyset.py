"""Pages by position instead of offset: the hundredth page costs what the first one costs."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from core.lists.cursor import Position
from core.lists.sorts import Order


class RowAfter(Func):
    """`(column, id) > (value, id)`, which PostgreSQL answers from an index on (column, id) at any depth."""

    output_field = BooleanField()
    arity = 4
    sign = ">"

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        column, key, value, last = (sql for sql, _params in parts)
        params = tuple(param for _sql, some in parts for param in some)
        return f"({column}, {key}) {self.sign} ({value}, {last})", params


class RowBefore(RowAfter):
    sign = "<"


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    previous: Position | None
    next: Position | None


def read_page(queryset: QuerySet, *, order: Order, size: int, position: Position | None = None) -> Page:
    """The `size` rows after (or before) a position; the first ones without a position.

    Reading backwards up to the beginning gives the whole first page, so that the way back never ends on a stub.
    """
    if position and position.backwards:
        rows = _read(queryset, order=order, position=position, limit=size + 1)
        if len(rows) <= size:
            return read_page(queryset, order=order, size=size)
        rows = rows[:size][::-1]
        return Page(rows, _beside(rows[0], order, backwards=True), _beside(rows[-1], order))
    rows = _read(queryset, order=order, position=position, limit=size + 1)
    more, rows = len(rows) > size, rows[:size]
    return Page(
        rows,
        _beside(rows[0], order, backwards=True) if position and rows else None,
        _beside(rows[-1], order) if more else None,
    )


def _beside(row: Any, order: Order, *, backwards: bool = False) -> Position:
    return Position(order.sort.value_of(row), row.pk, backwards)


def _read(queryset: QuerySet, *, order: Order, position: Position | None, limit: int) -> list[Any]:
    """Rows in reading direction. Rows without a value are read on their own: that is NULLS LAST from a plain index."""
    backwards = bool(position and position.backwards)
    nulls = [False, True] if order.sort.is_nullable(queryset.model) else [None]
    if backwards:
        nulls.reverse()
    if position and True in nulls and (position.value is None) != nulls[0]:
        nulls = nulls[1:]
    rows: list[Any] = []
    for count, null in enumerate(nulls):
        part = _ordered(queryset, order, null=null, backwards=backwards)
        if position and count == 0:
            part = _first(part, _beyond(queryset, order, position, null=null))
        rows += part[: limit - len(rows)]
        if len(rows) >= limit:
            break
    return rows


def _ordered(queryset: QuerySet, order: Order, *, null: bool | None, backwards: bool) -> QuerySet:
    sign = "-" if order.descending != backwards else ""
    if null is not None:
        queryset = queryset.filter(**{f"{order.sort.field}__isnull": null})
    if null:
        return queryset.order_by(f"{sign}pk")
    if order.sort.is_unique(queryset.model):
        return queryset.order_by(f"{sign}{order.sort.field}")
    return queryset.order_by(f"{sign}{order.sort.field}", f"{sign}pk")


def _first(queryset: QuerySet, condition: Any) -> QuerySet:
    """Filtered by a condition that stands before all others.

    Of two bounds of a column that it cannot compare, a row's and a filter's, PostgreSQL begins in an index at the one that
    it was told first: behind a month's filter, the last page of the month would read all of it.
    """
    before = len(queryset.query.where.children)
    queryset = queryset.filter(condition)
    children = queryset.query.where.children
    children[:] = children[before:] + children[:before]
    return queryset


def _beyond(queryset: QuerySet, order: Order, position: Position, *, null: bool | None) -> Any:
    model, field = queryset.model, order.sort.field
    downwards = order.descending != position.backwards
    if null:
        return Q(pk__lt=position.key) if downwards else Q(pk__gt=position.key)
    value = order.sort.to_python(model, position.value)
    if order.sort.is_unique(model):
        return Q(**{f"{field}__{'lt' if downwards else 'gt'}": value})
    output = order.sort.model_field(model)
    row_beyond = RowBefore if downwards else RowAfter
    rows = row_beyond(
        F(field), F("pk"), Value(value, output_field=output), Value(position.key, output_field=model._meta.pk)
    )
    # The plain bound beside it prunes partitions, which a comparison of rows does not.
    return Q(rows) & Q(**{f"{field}__{'lte' if downwards else 'gte'}": value})
