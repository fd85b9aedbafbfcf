"""A program's key opens what its person may see of the API, and nothing else of the portal."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from organization.choices import EmployeeStatus, Role
from organization.models import ApiToken, Employee, RoleGrant
from organization.services.tokens import make_api_token
from organization.tests.factories import EmployeeFactory, RoleGrantFactory
from tests.access.addresses import every_address
from tests.access.matrix import METHODS, answer_of, rows, turned
from tests.access.world import PLAIN, ROLES, World, undone

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
API = [address for address in every_address() if address.name.startswith("api:")]
PAGES = [address for address in every_address() if not address.name.startswith(("api:", "api-", "health"))]
EXPECTED = {(row.url, row.method): row.answers for row in rows()}


def key_of(person) -> str:
    return make_api_token(employee=person, name="Test", valid_for=DAY, actor=None)[1]


def ask(key: str, url: str, method: str = "GET"):
    with undone():
        return Client(raise_request_exception=False).generic(
            method, url, headers={"Authorization": f"Bearer {key}"}
        )


@pytest.fixture
def world(db) -> World:
    return World()


def test_there_are_addresses_of_both_kinds():
    assert len(API) >= 6
    assert len(PAGES) > 100


def test_every_role_gets_by_its_key_what_it_gets_by_its_session(world):
    """Reading for every role; other methods for who may read, and for who may not."""
    told = []
    for who in ROLES:
        key = key_of(world.people[who])
        for address in API:
            for method in METHODS if who in (Role.ADMINISTRATOR, PLAIN) else METHODS[:1]:
                answer = answer_of(ask(key, world.url(address, who), method))
                if answer != EXPECTED[address.name, method][who]:
                    told.append(f"{who}: {method} {address.name}: {answer}")
    assert not told, "\n".join(told[:30])


def test_a_key_is_no_session_on_any_page(world):
    """With the strongest role's key every page answers as it answers a stranger."""
    key, told = key_of(world.people[Role.ADMINISTRATOR]), []
    for address in PAGES:
        method = turned(("GET", "POST"), address.name)[0]
        answer = answer_of(ask(key, world.url(address, "anonymous"), method))
        if answer != EXPECTED[address.name, method]["anonymous"]:
            told.append(f"{method} {address.name}: {answer}")
    assert not told, "\n".join(told[:30])


STORES = "/api/v1/stores/"


@pytest.fixture
def person():
    return EmployeeFactory(roles=[Role.MANAGER])


def test_what_ends_a_key_ends_it_at_once(person):
    key = key_of(person)
    assert ask(key, STORES).status_code == 200

    for change, back in (
        (lambda: ApiToken.objects.update(revoked_at=timezone.now()), {"revoked_at": None}),
        (lambda: ApiToken.objects.update(expires_at=timezone.now()), {"expires_at": timezone.now() + DAY}),
    ):
        change()
        assert ask(key, STORES).status_code == 401
        ApiToken.objects.update(**back)
    Employee.objects.filter(pk=person.pk).update(status=EmployeeStatus.FROZEN)
    assert ask(key, STORES).status_code == 401


def test_a_role_that_ends_closes_the_key(person):
    key = key_of(person)
    RoleGrant.objects.filter(employee=person).delete()
    assert ask(key, STORES).status_code == 403


@pytest.mark.parametrize("key", ["", "gerai_", "x", "gerai_" + "A" * 43, "\x00", "ö" * 20, "a b c"])
def test_nonsense_is_no_key(key):
    assert ask(key, STORES).status_code == 401


def test_a_key_reaches_its_persons_branch_and_no_other(world):
    person = EmployeeFactory(branch_office=world.own.branch)
    RoleGrantFactory(employee=person, role=Role.COORDINATOR, branch=world.own.branch)

    found = ask(key_of(person), STORES).json()

    assert [store["code"] for store in found["results"]] == [world.own.store.code]
