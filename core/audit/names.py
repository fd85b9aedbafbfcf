"""What the objects of a page are called today: one query for all of them, whatever their kinds."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Model, QuerySet, Value
from django.db.models.functions import Cast, Concat

from core.audit.kinds import audited_models
from core.models.audit import AuditEntry

# What a person calls a thing by, of those fields that it has.
CALLED_BY = ("nik", "code", "name")


class Names:
    """Names by kind and UUID; nothing for an object that is gone."""

    def __init__(self, wanted: Iterable[tuple[str, str]] = ()) -> None:
        by_kind: dict[str, set[str]] = {}
        for kind, uuid in wanted:
            by_kind.setdefault(kind, set()).add(str(uuid))
        self._known = dict(_read(by_kind))

    @classmethod
    def of_entries(cls, entries: Iterable[AuditEntry], also: Iterable[tuple[str, str]] = ()) -> "Names":
        """Of everything that these entries are about or mention."""
        wanted = list(also)
        for entry in entries:
            wanted.append((entry.object_kind, str(entry.object_uuid)))
            wanted += _mentioned(entry.changes)
        return cls(wanted)

    def of(self, kind: str, uuid: Any) -> str:
        return self._known.get((kind, str(uuid)), ("", 0))[0]

    def key_of(self, kind: str, uuid: Any) -> int | None:
        """Its primary key, for a link to its page."""
        return self._known.get((kind, str(uuid)), ("", None))[1]


def _read(by_kind: dict[str, set[str]]) -> Iterable[tuple[tuple[str, str], tuple[str, int]]]:
    parts = [
        _names(kind, model, by_kind[kind]) for kind, model in audited_models().items() if kind in by_kind
    ]
    if not parts:
        return
    # One statement for all kinds: the page's queries do not grow with what happened.
    for kind, uuid, key, name in parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]:
        yield (kind, str(uuid)), (name, key)


def _names(kind: str, model: type[Model], uuids: set[str]) -> QuerySet[Any, Any]:
    own = {field.name for field in model._meta.fields}
    fields = getattr(model, "called_by", ()) or [name for name in CALLED_BY if name in own]
    name: Any = Value("", output_field=CharField())
    if fields:
        words = [part for field in fields for part in (Value(" "), Cast(F(field), CharField()))][1:]
        name = Concat(*words, output_field=CharField()) if len(words) > 1 else words[0]
    found = model._base_manager.filter(uuid__in=[UUID(uuid) for uuid in uuids]).order_by()
    return found.annotate(audit_kind=Value(kind, output_field=CharField()), audit_name=name).values_list(
        "audit_kind", "uuid", "pk", "audit_name"
    )


def _mentioned(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        if "uuid" in value and "kind" in value:
            return [(value["kind"], value["uuid"])]
        value = list(value.values())
    if isinstance(value, list):
        return [pair for one in value for pair in _mentioned(one)]
    return []
