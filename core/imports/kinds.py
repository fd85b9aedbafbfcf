"""What an app says about a table that can be imported."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

from django.db.models import Model
from django.utils.module_loading import autodiscover_modules

from core.imports.columns import Column
from core.imports.exceptions import CellRefused

Changes = dict[str, tuple[Any, Any]]
KEYS_AT_ONCE = 5000


@dataclass
class Line:
    """A row that would add or change something. `obj` is None, or the object that has the key today."""

    number: int
    key: str
    values: dict[str, Any]
    obj: Any = None
    changes: Changes = field(default_factory=dict)


class ImportKind:
    """One import of one person. Subclasses name the columns, look references up and hold the rules of their table."""

    name: ClassVar[str]
    model: ClassVar[type[Model]]
    key: ClassVar[str]
    key_with: ClassVar[tuple[str, ...]] = ()  # columns without which the key alone tells no two rows apart
    columns: ClassVar[tuple[Column, ...]]

    def __init__(self, actor: Any) -> None:
        self.actor = actor
        self.start()

    @classmethod
    def permission(cls, act: str = "import") -> str:
        return f"{cls.model._meta.app_label}.{act}_{cls.model._meta.model_name}"

    @classmethod
    def column(cls, name: str) -> Column:
        return next(column for column in cls.columns if column.name == name)

    def start(self) -> None:
        """Load what every row is held against."""

    def key_of(self, values: dict[str, Any]) -> str:
        """What makes a row the same row: the key's value, or its text together with that of `key_with`."""
        return values[self.key]

    def rows_now(self) -> Iterable[Any]:
        """Objects within the person's reach, for the file with today's data."""
        raise NotImplementedError

    def now(self, obj: Any, column: str) -> Any:
        """What stands in the database, as `read` would give it."""
        return getattr(obj, column)

    def existing(self, keys: Collection[str], *, lock: bool) -> dict[str, Any]:
        """Objects by key, in a few queries; locked in one order, so that two imports queue instead of blocking each other."""
        found: dict[str, Any] = {}
        wanted = sorted(keys)
        for start in range(0, len(wanted), KEYS_AT_ONCE):
            rows = (
                self.objects()
                .filter(**{f"{self.key}__in": wanted[start : start + KEYS_AT_ONCE]})
                .order_by("pk")
            )
            if lock:
                rows = rows.select_for_update(of=("self",))
            found |= {getattr(row, self.key): row for row in rows}
        return found

    def objects(self) -> Any:
        return self.model._default_manager.all()

    def look_up(self, values: dict[str, Any]) -> None:
        """Replace codes by what they name. Raises CellFault."""

    def check(self, line: Line) -> Iterable[tuple[str, str]]:
        """(column, reason) of what is wrong with the row as a whole, the person's reach included."""
        return ()

    def changes(self, line: Line) -> Changes:
        """(old, new) of what the row would change; of a new object everything that is not empty."""
        if line.obj is None:
            return {name: (None, value) for name, value in line.values.items() if value not in (None, "")}
        return {
            name: (old, value)
            for name, value in line.values.items()
            if (old := self.now(line.obj, name)) != value
        }

    def save(self, lines: list[Line]) -> None:
        """Write all lines, set-based, with their audit entries; in the caller's transaction."""
        raise NotImplementedError


class CellFault(CellRefused):
    """A fault of one column of a row."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


_kinds: dict[str, type[ImportKind]] = {}


def register(kind: type[ImportKind]) -> type[ImportKind]:
    _kinds[kind.name] = kind
    return kind


def import_kind(name: str) -> type[ImportKind]:
    """Raises KeyError."""
    _discover()
    return _kinds[name]


@cache
def _discover() -> None:
    autodiscover_modules("imports")
