"""Which pages there are: asked of the portal itself, so that a new one is visited without anybody adding it here."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from tests.e2e.browser import Screen
from tests.e2e.words import english_on

FIRST_OF_EACH_LIST = (
    "() => [...document.querySelectorAll('main table a[href], main [data-row] a[href]')].map(a => a.href)"
)
MENU = "() => [...document.querySelectorAll('nav a[href]')].map(a => a.href)"
ADMIN_LINKS = "() => [...document.querySelectorAll('a[href]')].map(a => a.href)"


def local_paths(hrefs: Iterable[str]) -> list[str]:
    """Each path once, without its question."""
    return list(
        dict.fromkeys(
            urlsplit(href).path for href in hrefs if urlsplit(href).hostname in {"127.0.0.1", "localhost"}
        )
    )


def menu_paths(screen: Screen) -> list[str]:
    """Beranda and what the person's menu leads to, with the first row of each list."""
    screen.open("/")
    paths = [
        path
        for path in local_paths(screen.page.evaluate(MENU))
        if not path.startswith(("/login/", "/admin/"))
    ]
    details = []
    for path in paths:
        screen.open(path)
        rows = local_paths(screen.page.evaluate(FIRST_OF_EACH_LIST))
        details += [row for row in rows if row.startswith(path) and row != path][:1]
    return list(dict.fromkeys([*paths, *details]))


def admin_paths(screen: Screen) -> list[str]:
    """The admin's index, and of each model that the person sees: list, form to add, first row's form and history."""
    screen.open("/admin/")
    links = local_paths(screen.page.evaluate(ADMIN_LINKS))
    lists = [
        path for path in links if path.count("/") == 4 and path.startswith("/admin/") and "logout" not in path
    ]
    found = ["/admin/", *lists]
    for path in lists:
        screen.open(path)
        links = [
            link
            for link in local_paths(screen.page.evaluate(ADMIN_LINKS))
            if link.startswith(path) and link != path
        ]
        found += [link for link in links if link.endswith(("/add/", "/import/", "/export/"))]
        rows = [link for link in links if link.endswith("/change/")][:1]
        found += rows + [row.replace("/change/", "/history/") for row in rows]
    return list(dict.fromkeys(found))


def faults_of(screen: Screen, path: str, *, language: str = "id", status: int = 200) -> list[str]:
    """Everything that is wrong with one page at this width, in these colours and this language."""
    found = []
    answered = screen.open(path)
    if answered != status:
        found.append(f"answered {answered}")
    for check in (screen.assert_no_sideways_scroll, screen.assert_accessible, screen.assert_faultless):
        try:
            check()
        except AssertionError as fault:
            found += str(fault).splitlines()
    if language == "id":
        found += [f"in English: {text!r}" for text in english_on(screen.page)]
    return [f"{path}: {fault}" for fault in found]
