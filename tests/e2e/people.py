"""How a journey becomes somebody: by a card of the demo's login page, or as a person made for the purpose."""

from dataclasses import dataclass

from organization.choices import Role
from tests.e2e.browser import Screen
from tests.e2e.portal import Portal


def log_in_by_card(screen: Screen, role: Role) -> None:
    screen.open("/login/")
    screen.page.locator(f"button[value={role.value}]").first.click()
    screen.page.wait_for_url(lambda url: "/login/" not in url)


@dataclass(frozen=True)
class Person:
    nik: str
    pin: str


MAKE = """
from organization.models import Employee
from organization.demo.cast import ROLE_CARDS
busy = [*ROLE_CARDS.values(), *{taken!r}]
person = Employee.objects.filter(store__isnull=False, status="active").exclude(nik__in=busy).order_by("nik").first()
person.set_password({pin!r})
person.must_change_pin = {must_change}
person.status = {status!r}
person.save()
print(person.nik)
"""
_taken: list[str] = []


def make_person(
    portal: Portal, *, pin: str = "271828", status: str = "active", must_change: bool = False
) -> Person:
    """Turn somebody of the demo into who the journey needs: a PIN we know, a status."""
    nik = portal.python(
        MAKE.format(taken=_taken, pin=pin, must_change=must_change, status=status)
    ).splitlines()[-1]
    _taken.append(nik)
    return Person(nik, pin)
