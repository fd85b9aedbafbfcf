"""What a lower app shows on behalf of higher ones. Filled in `portal/wiring.py` and nowhere else.

Each kind came with its first user: panels of Beranda, counts of the menu, finders of the search, and personal data, whose
erasure runs in its caller's transaction. Two that are planned wait for theirs, for a register that nobody reads is a guess
at what its reader will need: cards in a conversation come with chat (a restart that is asked for there), participants of a
hand-over (preview, apply, undo) with the first app that has something to hand over, the stores' coverage.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """A line of the side menu. `permission` None shows it to every employee; `count` is what waits there.

    `for_staff` is for whoever may enter the administration, whose roles are many and whose permission is none.

    `short` is one word for the phone's bottom bar, where the label is too long for a fifth of 360 pixels.
    """

    label: Any
    short: Any = ""
    url_name: str
    icon: str
    permission: str | None
    section: Any = ""
    count: Callable[[HttpRequest], int | None] | None = None
    for_staff: bool = False

    def visible_to(self, user: Any) -> bool:
        if self.for_staff and not user.is_staff:
            return False
        return self.permission is None or user.has_perm(self.permission)


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A card of Beranda: `context` returns what its template needs, or None when there is nothing to say."""

    key: str
    template: str
    permission: str | None
    context: Callable[[HttpRequest], dict[str, Any] | None]
    wide: bool = False

    def visible_to(self, user: Any) -> bool:
        return self.permission is None or user.has_perm(self.permission)


# As many as a quick search shows of one kind.
HITS_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One find of the quick search."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Finder:
    """What the quick search finds of one kind. `find` gets the person and the text, and stays within their scope.

    It finds a handful; `list_url_name` is the list that shows all of them, searched by `q`.
    """

    label: Any
    icon: str
    permission: str | None
    find: Callable[[Any, str], list[Hit]]
    list_url_name: str = ""

    def visible_to(self, user: Any) -> bool:
        return self.permission is None or user.has_perm(self.permission)


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """What an app knows of a person: told as plain data when they ask for it, and taken away when they are erased.

    `erase` runs in the caller's transaction and says how many rows it changed.
    """

    key: str
    collect: Callable[[Any], Any]
    erase: Callable[[Any], int]


@dataclass
class Registry:
    """The order of registration is the order on the page."""

    menu: list[MenuItem] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    finders: list[Finder] = field(default_factory=list)
    personal: list[PersonalData] = field(default_factory=list)

    def menu_of(self, user: Any) -> list[MenuItem]:
        return [item for item in self.menu if item.visible_to(user)]

    def panels_of(self, user: Any) -> list[Panel]:
        return [panel for panel in self.panels if panel.visible_to(user)]

    def finders_of(self, user: Any) -> list[Finder]:
        return [finder for finder in self.finders if finder.visible_to(user)]


registry = Registry()
