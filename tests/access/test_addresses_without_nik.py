"""A NIK is personal: it stands on pages, and in no address of them, nor in one that an answer leads to."""

import re

import pytest

from organization.choices import Role
from organization.models import Employee
from organization.tests.factories import EmployeeFactory
from tests.access.addresses import Address, every_address
from tests.access.matrix import rows, turned
from tests.access.world import PLAIN, ROLES, World

pytestmark = pytest.mark.django_db
ADDRESS = re.compile(
    r"""(?:href|src|action|formaction|data-[a-z-]*(?:url|href)|hx-(?:get|post|push-url))=["']([^"']*)["']"""
)
PAGES = {row.url: row.answers for row in rows() if row.method == "GET"}


def walkers(address: Address) -> list[str]:
    """Two who see the page, and one who is refused or sent away."""
    seeing = [who for who, answer in PAGES[address.name].items() if answer == "200"]
    others = [who for who in ROLES if who not in seeing]
    return [*turned(seeing, address.name)[:2], *turned(others, address.name)[:1]]


def test_no_page_links_to_a_nik(world: World):
    niks = [str(nik) for nik in Employee.objects.values_list("nik", flat=True)]
    known = re.compile("|".join(niks))
    seen, told = set(), []
    for address in every_address():
        for who in walkers(address):
            url = world.url(address, who)
            response = world.ask(who, "GET", url)
            found = [response.get("Location", ""), response.get("HX-Push-Url", "")]
            if "html" in response.get("Content-Type", "") and not response.streaming:
                found += ADDRESS.findall(response.content.decode())
            seen |= set(found)
            told += [f"{url}: {link}" for link in found if known.search(link)]

    assert not told, "\n".join(sorted(set(told))[:20])
    assert len(seen) > 100


def test_the_second_page_of_a_list_sorted_by_nik_keeps_it_to_itself(world: World):
    EmployeeFactory.create_batch(9)
    known = re.compile("|".join(str(nik) for nik in Employee.objects.values_list("nik", flat=True)))

    page = world.clients[Role.ADMINISTRATOR].get("/directory/employees/?sort=nik&size=25").content.decode()

    links = [link for link in ADDRESS.findall(page) if "c=" in link]
    assert links
    assert not [link for link in links if known.search(link)]


def test_what_was_typed_at_the_login_stands_in_no_address(world: World, client):
    nik = world.people[PLAIN].nik

    answer = client.post("/login/?next=/directory/stores/", {"nik": nik})

    assert nik not in answer["Location"]
    assert nik not in str(answer.cookies["login_nik"]["path"])
