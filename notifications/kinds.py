"""What people are told about. Filled in `portal/wiring.py` and nowhere else."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Mail(Enum):
    """On the page everything appears. By e-mail: as the person wants it, whatever they want, or not at all."""

    AS_PREFERRED = "as preferred"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Kinds for which a person says once whether they want e-mail. `permission`: without it nobody is told of these."""

    name: str
    label: Any
    note: Any = ""
    permission: str | None = None
    mails_by_default: bool = True


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`tone` is that of toasts and badges; what is red should be `Mail.ALWAYS`: it comes through."""

    name: str
    label: Any
    group: str
    icon: str
    tone: str = "info"
    mail: Mail = Mail.AS_PREFERRED


class UnknownKind(LookupError):
    """Nobody has declared this kind of notification."""


_groups: dict[str, Group] = {}
_kinds: dict[str, Kind] = {}


def declare(group: Group, *kinds: Kind) -> None:
    """Make a group and kinds of it known; the order is the order on the preferences page."""
    _groups[group.name] = group
    for kind in kinds:
        if kind.group != group.name:
            raise ValueError(f"{kind.name} says that it is of {kind.group}, not of {group.name}")
        _kinds[kind.name] = kind


def declared(name: str) -> Kind:
    """Raises UnknownKind: told by code, so that a misspelt name is found by its first test."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def kind_of(name: str) -> Kind:
    """The kind of a row; old rows may speak of what no app declares any more."""
    return _kinds.get(name) or Kind(name=name, label=_("Other"), group="", icon="bell")


def groups() -> tuple[Group, ...]:
    return tuple(_groups.values())


def groups_for(person: Any) -> tuple[Group, ...]:
    """Those that may concern this person."""
    return tuple(group for group in groups() if group.permission is None or person.has_perm(group.permission))


def kinds_in(group: str) -> tuple[Kind, ...]:
    return tuple(kind for kind in _kinds.values() if kind.group == group)
