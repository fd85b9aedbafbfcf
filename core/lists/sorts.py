from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model


@dataclass(frozen=True, kw_only=True)
class Sort:
    """A column that people may sort by; the table needs an index on (field, id), or the field is unique.

    Rows without a value come last in both directions. `nullable`, `unique` and the type are the model's, unless the
    field is an annotation.
    """

    key: str
    label: Any
    field: str
    descending_first: bool = False
    numeric: bool = False
    nullable: bool | None = None  # of an annotation, which cannot tell

    def model_field(self, model: type[Model]) -> Field | None:
        options = model._meta
        found: Any = None
        for part in self.field.split("__"):
            try:
                found = options.get_field(part)
            except FieldDoesNotExist:
                return None
            if found.is_relation and found.related_model:
                options = found.related_model._meta
        return found

    def is_nullable(self, model: type[Model]) -> bool:
        if self.nullable is not None:
            return self.nullable
        field = self.model_field(model)
        return field is None or field.null

    def is_unique(self, model: type[Model]) -> bool:
        field = self.model_field(model)
        return bool(field and field.unique and "__" not in self.field)

    def to_python(self, model: type[Model], value: Any) -> Any:
        field = self.model_field(model)
        return field.to_python(value) if field else value

    def value_of(self, row: Any) -> Any:
        for part in self.field.split("__"):
            row = getattr(row, part, None)
        return row


@dataclass(frozen=True)
class Order:
    """A sort with its direction, as the address names it: `name` or `-name`."""

    sort: Sort
    descending: bool

    @property
    def parameter(self) -> str:
        return f"-{self.sort.key}" if self.descending else self.sort.key

    @property
    def reversed(self) -> "Order":
        return Order(self.sort, not self.descending)


def order_from(parameter: str, sorts: tuple[Sort, ...]) -> Order:
    """The order that the address asks for; the first declared one when it asks for nothing or for nonsense."""
    for sort in sorts:
        if parameter.removeprefix("-") == sort.key:
            return Order(sort, parameter.startswith("-"))
    return Order(sorts[0], sorts[0].descending_first)
