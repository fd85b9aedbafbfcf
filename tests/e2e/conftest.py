from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from organization.choices import Role
from tests.e2e.browser import COUNT_VIOLATIONS, WIDTHS, Screen, running_browser
from tests.e2e.people import log_in_by_card
from tests.e2e.portal import Portal, running_portal


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.needs("chromium"))


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    with running_portal() as portal:
        yield portal


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def screen(portal: Portal, browser: Browser) -> Iterator[Callable[..., Screen]]:
    """Make a screen: `screen("phone", dark=True, state=…)`. At the end of the test none may have seen a fault."""
    opened: list[Screen] = []

    def make(
        width: str = "desktop", *, dark: bool = False, state: Any = None, language: str = "id"
    ) -> Screen:
        context = browser.new_context(
            viewport=WIDTHS[width],
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="id-ID" if language == "id" else "en-GB",
            timezone_id="Asia/Jakarta",
            has_touch=width == "phone",
            storage_state=state,
        )
        context.add_init_script(COUNT_VIOLATIONS)
        opened.append(Screen(context, portal.address))
        return opened[-1]

    yield make
    for each in opened:
        each.context.close()
    for each in opened:
        each.assert_faultless()


@pytest.fixture(scope="session")
def states() -> dict[str, Any]:
    return {}


@pytest.fixture
def as_role(screen: Callable[..., Screen], states: dict[str, Any]) -> Callable[..., Screen]:
    """A screen of somebody who holds the role, logged in once a session by the role's card."""

    def make(role: Role, width: str = "desktop", *, dark: bool = False, language: str = "id") -> Screen:
        if role not in states:
            first = screen()
            log_in_by_card(first, role)
            states[role] = first.context.storage_state()
        return screen(width, dark=dark, state=states[role], language=language)

    return make
