"""Whose audit trail it is. An entry has no place of its own, so the trail is read by those whose scope is everything."""

from collections.abc import Callable
from typing import Any

PERMISSION = "core.view_auditentry"

# Core knows no scopes: `portal/wiring.py` says what national means. Until it does, nobody reads.
_rules: list[Callable[[Any], bool]] = []


def require(rule: Callable[[Any], bool]) -> None:
    """Besides the permission, this has to hold of a person."""
    _rules.append(rule)


def may_read_trail(person: Any) -> bool:
    return bool(_rules) and person.has_perm(PERMISSION) and all(rule(person) for rule in _rules)
