"""What the frame of every page shows: menu, person, roles with scope. Computed only when a template asks for it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.defaultfilters import date as format_date
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.registry import MenuItem, registry
from core.templatetags.gerai import zone_name
from notifications.counting import shown_unread_of
from notifications.selectors import COUNT_UP_TO
from organization.access import viewer_of
from organization.templatetags.organization import role_label, scope_label
from portal.delays import some_things_are_delayed

THEMES = ("light", "dark", "auto")
ON_THE_PHONE = 4


@dataclass(frozen=True)
class MenuLine:
    label: str
    short: str
    url: str
    icon: str
    section: str
    current: bool
    count: int | None


class Frame:
    """One a request. A fragment that shows no menu costs no query for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def lines(self) -> list[MenuLine]:
        if not self.request.user.is_authenticated:
            return []
        items = [(item, _url_of(item)) for item in registry.menu_of(self.request.user)]
        found = [(item, url) for item, url in items if url]
        here = max((url for _item, url in found if self.request.path.startswith(url)), key=len, default="")
        return [
            MenuLine(
                label=str(item.label),
                short=str(item.short or item.label),
                url=url,
                icon=item.icon,
                section=str(item.section),
                # Beranda is every path's prefix, and current only on itself.
                current=url == here and (url != "/" or self.request.path == "/"),
                count=item.count(self.request) if item.count else None,
            )
            for item, url in found
        ]

    @cached_property
    def menu(self) -> list[tuple[str, list[MenuLine]]]:
        """Sections in the order of their first line."""
        sections: dict[str, list[MenuLine]] = {}
        for line in self.lines:
            sections.setdefault(line.section, []).append(line)
        return list(sections.items())

    @property
    def quick(self) -> list[MenuLine]:
        """The phone's bottom bar: the first four that the person's roles see; the rest is behind "Lainnya"."""
        return self.lines[:ON_THE_PHONE]

    @cached_property
    def roles(self) -> list[tuple[str, str]]:
        """(role, scope) as people read them, one line a role."""
        places: dict[str, list[str]] = {}
        for grant in getattr(self.request.user, "grants", []):
            places.setdefault(role_label(grant), []).append(scope_label(grant))
        return [(role, _joined(scopes)) for role, scopes in places.items()]

    @property
    def scope_text(self) -> str:
        """The page header's line: what the person is and how far it reaches."""
        if not self.roles:
            return str(viewer_of(self.request).place)
        role, scope = self.roles[0]
        more = f" +{len(self.roles) - 1}" if len(self.roles) > 1 else ""
        return f"{role} · {scope}{more}"

    @cached_property
    def unread(self) -> int:
        """Notifications that the person has not read: one query at most."""
        return shown_unread_of(viewer_of(self.request)) if self.request.user.is_authenticated else 0

    @property
    def unread_text(self) -> str:
        return str(self.unread) if self.unread < COUNT_UP_TO else f"{COUNT_UP_TO - 1}+"

    @property
    def person_links(self) -> list[dict[str, str]]:
        links = [
            ("notifications:preferences", "bell-cog", _("Notification preferences")),
            ("login:new-pin", "key", _("Change PIN")),
        ]
        if self.request.user.is_staff:
            links.append(("pola", "palette", _("Patterns")))
        return [
            {"url": url, "icon": icon, "label": label}
            for name, icon, label in links
            if (url := _reverse(name))
        ]

    @property
    def today_text(self) -> str:
        """Saturday, 29 August 2026, with the name of the zone in which the person's day runs."""
        local = timezone.localtime()
        return f"{format_date(local, 'l, j F Y')} · {zone_name(local)}"

    @property
    def home_url(self) -> str:
        return _reverse("home")

    @property
    def home_label(self) -> str:
        return _("Home")

    @property
    def logout_url(self) -> str:
        return _reverse("login:logout")

    @property
    def theme(self) -> str:
        theme = self.request.COOKIES.get("theme", "auto")
        return theme if theme in THEMES else "auto"

    @cached_property
    def delayed(self) -> bool:
        """Whether to say that news, mail and the like come later."""
        return some_things_are_delayed()

    @property
    def demo(self) -> bool:
        return settings.DEMO


def _joined(scopes: list[str]) -> str:
    shown = ", ".join(scopes[:2])
    return f"{shown} +{len(scopes) - 2}" if len(scopes) > 2 else shown


def _url_of(item: MenuItem) -> str:
    return _reverse(item.url_name)


def _reverse(name: str) -> str:
    """The address of a page, or "" while its app is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
