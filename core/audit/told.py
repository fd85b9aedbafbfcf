from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from core.audit.kinds import kind_label
from core.audit.names import Names
from core.audit.words import Change, act_words, changes_in_words
from core.models.audit import AuditEntry


@dataclass(frozen=True)
class Told:
    """An entry as a page tells it."""

    entry: AuditEntry
    act: str
    kind: str
    name: str
    changes: list[Change]
    way: Any

    @property
    def hides(self) -> bool:
        """Whether something personal is masked, so that asking for it makes sense."""
        return any(change.is_personal for change in self.changes)


def told(entries: Iterable[AuditEntry], names: Names, *, reveal: bool = False) -> list[Told]:
    """No query: the names are there already."""
    return [
        Told(
            entry=entry,
            act=act_words(entry.act),
            kind=str(capfirst(kind_label(entry.object_kind))),
            name=names.of(entry.object_kind, entry.object_uuid),
            changes=changes_in_words(entry.object_kind, entry.changes, names, reveal=reveal),
            way=entry.get_via_display(),
        )
        for entry in entries
    ]
