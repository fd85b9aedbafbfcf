"""Every page, as several roles, on desk and phone, light and dark: accessible, whole, quiet, local, translated."""

import pytest

from organization.choices import Role
from tests.e2e.pages import admin_forms, admin_menu_of, faults_of, first_row, menu_of, row_and_forms, walk

LOOKS = [("desktop", False), ("desktop", True), ("phone", False), ("phone", True)]
LOOK_NAMES = ["desk light", "desk dark", "phone light", "phone dark"]


@pytest.mark.parametrize(("width", "dark"), LOOKS, ids=LOOK_NAMES)
def test_the_portal_of_an_administrator(as_role, width, dark):
    screen = as_role(Role.ADMINISTRATOR, width, dark=dark)
    walk(screen, [*menu_of(screen), "/patterns/", "/login/new-pin/"], onward=first_row)


@pytest.mark.parametrize(("width", "dark"), LOOKS[::3], ids=LOOK_NAMES[::3])
def test_the_admin_of_an_administrator(as_role, width, dark):
    """In two looks, and PPOB's in the other two: the same parts make all of its pages."""
    screen = as_role(Role.ADMINISTRATOR, width, dark=dark)
    walk(screen, admin_menu_of(screen), onward=admin_forms)


@pytest.mark.parametrize(("width", "dark"), LOOKS[1:3], ids=LOOK_NAMES[1:3])
def test_the_admin_of_a_ppob_administrator(as_role, width, dark):
    screen = as_role(Role.PPOB_ADMINISTRATOR, width, dark=dark)
    walk(screen, admin_menu_of(screen), onward=admin_forms)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_the_portal_of_every_other_role(as_role, role):
    """Widths and colours take turns: each role's menu once, all looks over all roles."""
    width, dark = LOOKS[list(Role).index(role) % len(LOOKS)]
    screen = as_role(role, width, dark=dark)
    walk(screen, menu_of(screen), onward=first_row)


@pytest.mark.parametrize("role", Role)
def test_the_portal_in_english(as_role, role):
    """Of every role, in the look that is farthest from the one it has in Indonesian."""
    width, dark = LOOKS[3 - list(Role).index(role) % len(LOOKS)]
    screen = as_role(role, width, dark=dark)
    patterns = ["/patterns/"] if role == Role.ADMINISTRATOR else []
    screen.open("/")
    with screen.in_english():
        walk(screen, [*menu_of(screen), *patterns], onward=row_and_forms, language="en", deep=True)


def test_the_admin_in_english(as_role):
    screen = as_role(Role.ADMINISTRATOR, "desktop")
    screen.open("/")
    with screen.in_english():
        walk(screen, admin_menu_of(screen), language="en")


@pytest.mark.parametrize(("width", "dark"), LOOKS, ids=LOOK_NAMES)
def test_the_pages_before_login(screen, width, dark):
    walk(screen(width, dark=dark), ["/login/"])


@pytest.mark.parametrize(("width", "dark"), [("desktop", True), ("phone", False)], ids=["desk", "phone"])
def test_pages_that_say_no(as_role, width, dark):
    screen = as_role(Role.REPORTER, width, dark=dark)
    screen.allow(r"console: Failed to load resource.* (403|404) ")
    faults = faults_of(screen, "/no/such/page/", status=404)
    faults += faults_of(screen, "/directory/employees/", status=403)
    assert not faults, "\n".join(faults)
