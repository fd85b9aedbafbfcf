"""Every address of the portal as the resolver knows it, so that a new one cannot be forgotten."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern, RoutePattern


@dataclass(frozen=True)
class Address:
    """One URL pattern. Two patterns of one name are told apart by their route."""

    name: str
    route: str
    parameters: tuple[str, ...]
    is_named: bool

    def url(self, arguments: Mapping[str, Any]) -> str:
        """The address with these arguments, positional ones under "0", "1", …"""
        if not self.is_named:
            return "/" + re.sub(
                r"<(?:[a-z]+:)?([a-z_]+)>|\(\?P<([a-z_]+)>\.\*\)\$?",
                lambda found: str(arguments[found[1] or found[2]]),
                self.route,
            )
        if all(name.isdigit() for name in self.parameters):
            return reverse(self.name, args=[arguments[name] for name in self.parameters])
        return reverse(self.name, kwargs=dict(arguments))


def every_address() -> list[Address]:
    """The addresses of the resolver, each name once; what has no name goes by its route."""
    found: dict[str, Address] = {}
    for address in _walk(get_resolver().url_patterns, "", ""):
        found.setdefault(address.name, address)
    return sorted(found.values(), key=lambda address: address.name)


def _walk(patterns: list[Any], prefix: str, route: str) -> Iterator[Address]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _walk(pattern.url_patterns, inner, route + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            full = route + str(pattern.pattern)
            name = f"{prefix}{pattern.name}" if pattern.name else full
            yield Address(name, full, _parameters(pattern.pattern), is_named=bool(pattern.name))


def _parameters(pattern: Any) -> tuple[str, ...]:
    if isinstance(pattern, RoutePattern):
        return tuple(re.findall(r"<(?:[a-z]+:)?([a-z_]+)>", str(pattern)))
    assert isinstance(pattern, RegexPattern)
    named = tuple(pattern.regex.groupindex)
    return named or tuple(str(number) for number in range(pattern.regex.groups))
