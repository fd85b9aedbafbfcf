"""Which pages there are: asked of the portal itself, so that a new one is visited without anybody adding it here."""

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from tests.e2e.browser import Screen
from tests.e2e.words import foreign_on

FORMS = {"add", "change", "delete", "end", "promote", "start", "stop", "wave"}
LINKS = "selector => [...document.querySelectorAll(selector)].map(link => link.href)"


def links_on(screen: Screen, selector: str = "a[href]") -> list[str]:
    """The portal's own paths that the page leads to, each once, without their questions."""
    parts = [urlsplit(href) for href in screen.page.evaluate(LINKS, selector)]
    return list(dict.fromkeys(part.path for part in parts if part.hostname in {"127.0.0.1", "localhost"}))


def menu_of(screen: Screen) -> list[str]:
    """Beranda and what the person's menu leads to."""
    screen.open("/")
    return [path for path in links_on(screen, "nav a[href]") if not path.startswith(("/login/", "/admin/"))]


def first_row(screen: Screen, path: str) -> list[str]:
    """From a list of the portal to its first row's page."""
    return [
        link for link in links_on(screen, "main table a[href]") if link.startswith(path) and link != path
    ][:1]


def row_and_forms(screen: Screen, path: str) -> list[str]:
    """To a list's first row, and from either to the forms that buttons open: the first of each verb."""
    if _verb(path) in FORMS:
        return []
    links = reversed(links_on(screen, "main a[href]"))
    return [*first_row(screen, path), *{_verb(link): link for link in links if _verb(link) in FORMS}.values()]


def _verb(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def admin_menu_of(screen: Screen) -> list[str]:
    """The admin's index and the list of each model that the person sees there."""
    screen.open("/admin/")
    return [
        "/admin/",
        *(path for path in links_on(screen) if path.startswith("/admin/") and path.count("/") == 4),
    ]


def admin_forms(screen: Screen, path: str) -> list[str]:
    """From a list of the admin: adding, import and export, the first row's form; from there its history, if it has one."""
    if path.endswith("/change/"):
        return [link for link in links_on(screen) if link == path.replace("/change/", "/history/")]
    links = [link for link in links_on(screen) if link.startswith(path) and link != path]
    row = next((link for link in links if link.endswith("/change/")), None)
    acts = [link for link in links if link.endswith(("/add/", "/import/", "/export/"))]
    return [*acts, *([row] if row and path != "/admin/" else [])]


def walk(
    screen: Screen,
    paths: Sequence[str],
    *,
    onward: Callable[[Screen, str], Iterable[str]] = lambda _screen, _path: (),
    language: str = "id",
    deep: bool = False,
) -> None:
    """Look at each page, and at those that it leads `onward` to; fail with everything that was wrong anywhere.

    `deep`: from those that were found too, wherever that leads.
    """
    assert paths
    faults: list[str] = []
    waiting, seen = list(paths), set(paths)
    while waiting:
        path = waiting.pop(0)
        faults += faults_of(screen, path, language=language)
        if deep or path in paths or path.endswith("/change/"):
            found = [place for place in onward(screen, path) if place not in seen]
            waiting[:0] = found
            seen.update(found)
    assert not faults, "\n".join(faults)


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
    if (said := screen.page.locator("html").get_attribute("lang")) != language:
        found.append(f"is in {said!r} and not in {language!r}")
    found += [f"not in {language!r}: {text!r}" for text in foreign_on(screen.page, language)]
    return [f"{path}: {fault}" for fault in found]
