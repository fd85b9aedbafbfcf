"""Somebody else's object is not there: the answer is the one for a key that nothing has, to the letter, by any method."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from organization.choices import Role
from organization.models import Employee
from organization.tests.factories import EmployeeFactory, RoleGrantFactory
from tests.access.addresses import Address, every_address
from tests.access.matrix import METHODS, turned
from tests.access.world import (
    NOWHERE,
    NOWHERE_UUID,
    OBJECTS,
    ROLES,
    World,
    arguments,
    client_of,
    job_of,
    kind_of,
    notification_of,
)

pytestmark = pytest.mark.django_db

# What everybody with the permission may see, wherever it is: no scope narrows it.
# Grants and API tokens are the administrator's and the auditor's, roles that are held nationally or not at all
# (`organization.choices.NATIONAL_ROLES`); the narrow ones of this test are made past the service that refuses them.
OPEN_TO_ALL = {
    "organization.division",
    "organization.department",
    "organization.rolegrant",
    "organization.apitoken",
    "auth.group",
    # The catalogue of what stores run is one for the whole chain; who may change it depends on the division.
    "betaapp.application",
    "betaapp.version",
    "betaapp.storetoken",
    "core.outboxmessage",
}
# A division has no stores and branches of its own: who serves it serves it everywhere.
OPEN_TO_A_DIVISION = {
    "organization.store",
    "organization.branch",
    "betaapp.betaprogram",
    "betaapp.programapplication",
    "betaapp.feedback",
}
# Written anew for each answer, or naming what was asked for.
CHANGING = re.compile(
    rb'csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken": "[^"]+"|nonce="[^"]+"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
)
ADDRESSES = [address for address in every_address() if kind_of(address) not in {"", *OPEN_TO_ALL}]


@pytest.fixture
def world(db) -> World:
    """Without a grant for anybody but the ones below: their own unit is the other one."""
    return World()


def strangers(world: World) -> dict[str, Employee]:
    """Every role, in the other branch and in the other division; each with a job and a notification of its own."""
    people: dict[str, Employee] = {}
    for role in ROLES[1:]:
        for scope in ("branch", "division"):
            person = EmployeeFactory(branch_office=world.other.branch, division=world.other.division)
            RoleGrantFactory(employee=person, role=role, **{scope: getattr(world.other, scope)})
            job_of(person), notification_of(person)
            people[f"{role} of another {scope}"] = person
    return people


def test_somebody_elses_object_is_not_there(world):
    """Here some who may do something in the object's application, and one who may not; the portal's forms as well, by
    every second of them. `make proof` asks for every role and method.
    """
    asked, told = betrayals(world, ADDRESSES, whole=False)

    assert asked > 1000
    assert not told, "\n".join(told[:30])


def betrayals(world: World, addresses: Sequence[Address], *, whole: bool) -> tuple[int, list[str]]:
    """How many pairs of requests were made, and which of them tell that somebody else's object is there."""
    asked, told = 0, []
    people = strangers(world)
    for who, person in people.items():
        world.let_in(who, person)
        for address in addresses:
            kind = kind_of(address)
            if who.endswith("division") and kind in OPEN_TO_A_DIVISION:
                continue
            if not whole and who not in people_of_slice(list(people), address, kind):
                continue
            theirs = OBJECTS[kind](world.own, world.own.employee)
            for method in METHODS if whole else methods_of_slice(who, address):
                nothing = _nothing_like(theirs, address)
                found = _answer(world, who, method, address, theirs, key=None, nothing=nothing)
                missing = _answer(world, who, method, address, theirs, key=nothing, nothing=nothing)
                asked += 1
                if found != missing:
                    told.append(f"{who}: {method} {address.name}: {found[0]}, and {missing[0]} for nothing")
    return asked, told


def people_of_slice(people: Sequence[str], address: Address, kind: str) -> list[str]:
    """Some of those who may do something in the object's application, and of those who may do nothing there; who is in
    another division only where a division narrows, which is not the admin."""
    app = kind.removeprefix("import of ").partition(".")[0]
    declared = getattr(apps.get_app_config(app), "role_permissions", {})
    able: list[str] = []
    others: list[str] = []
    for who in people:
        role, _, scope = who.partition(" of another ")
        if scope == "division" and (address.name.startswith("admin") or kind in OPEN_TO_A_DIVISION):
            continue
        (able if role in declared or (app == "core" and role == Role.ADMINISTRATOR) else others).append(who)
    return turned(able, address.name)[:3] + turned(others, address.name)[:1]


def methods_of_slice(who: str, address: Address) -> Sequence[str]:
    if address.name.startswith("admin"):
        return ("GET",)
    return turned((("GET",), ("GET", "POST")), who + address.name)[0]


def _nothing_like(thing: Model, address: Address) -> Any:
    return NOWHERE_UUID if "uuid" in address.parameters or not isinstance(thing.pk, int) else NOWHERE


def _answer(
    world: World, who: str, method: str, address: Address, thing: Model, *, key: Any, nothing: Any
) -> tuple[int, dict[str, str], bytes]:
    url = address.url(arguments(address, thing, key=key))
    response = world.ask(who, method, url)
    # Both keys in both answers: a small one stands for other things as well.
    shown = [str(nothing).encode(), str(_key_of(thing, address)).encode()]
    headers = {name: _without(value.encode(), shown).decode() for name, value in response.headers.items()}
    cookies = {f"cookie {name}": "" for name in response.cookies if name not in ("csrftoken", "messages")}
    # The length may differ by that of the key alone, and the pages' text is compared without it.
    for name in ("Content-Length", "Expires"):
        headers.pop(name, None)
    return response.status_code, headers | cookies, CHANGING.sub(b"", _without(response.content, shown))


def _key_of(thing: Model, address: Address) -> Any:
    return getattr(thing, "uuid", thing.pk) if "uuid" in address.parameters else thing.pk


def _without(text: bytes, shown: list[bytes]) -> bytes:
    for part in shown:
        text = re.sub(rb"(?<![0-9a-f-])" + re.escape(part) + rb"(?![0-9a-f-])", b"KEY", text)
    return text


LISTS = {
    "/directory/stores/": (Role.COORDINATOR, "store", "code"),
    "/directory/employees/": (Role.COORDINATOR, "employee", "nik"),
    "/search/?q=": (Role.COORDINATOR, "store", "code"),
    "/admin/organization/store/": (Role.MANAGER, "store", "code"),
    "/admin/organization/employee/": (Role.MANAGER, "employee", "nik"),
    "/admin/organization/branch/": (Role.MANAGER, "branch", "code"),
}


@pytest.mark.parametrize("url", LISTS)
def test_lists_counts_and_search_are_of_ones_own_unit(world, url):
    role, thing, field = LISTS[url]
    person = EmployeeFactory(branch_office=world.own.branch)
    RoleGrantFactory(employee=person, role=role, branch=world.own.branch)
    client = client_of(person)
    own, other = (getattr(getattr(unit, thing), field) for unit in (world.own, world.other))

    for term in (own, other, ""):
        page = client.get(url if "?" in url else f"{url}?q={term}", {"q": term} if "?" in url else None)
        shown = re.sub(r'value="[^"]*"', "", page.content.decode())
        if not term or term == own:
            assert "?" in url or own in shown
        assert ("?" in url and term == other) or f">{other}<" not in shown


@pytest.mark.parametrize("listed", ["/directory/stores/", "/directory/employees/", "/monitoring/machines/"])
def test_an_export_has_the_lists_rows_and_no_others(world, listed):
    person = EmployeeFactory(branch_office=world.own.branch)
    RoleGrantFactory(employee=person, role=Role.MANAGER, branch=world.own.branch)
    RoleGrantFactory(employee=person, role=Role.SUPERVISOR, division=world.own.division)
    kinds = {"/directory/stores/": "code", "/directory/employees/": "nik", "/monitoring/machines/": "name"}
    unit_thing = {"code": "store", "nik": "employee", "name": "machine"}[kinds[listed]]
    own, other = (str(getattr(getattr(unit, unit_thing), kinds[listed])) for unit in (world.own, world.other))

    content = client_of(person).post(listed, {"format": "csv"}).getvalue().decode("utf-8-sig")

    assert own in content
    # A division reaches every store: whoever serves one sees them all.
    assert (other in content) == (unit_thing == "store")


def test_the_filters_offer_ones_own_places_only(world):
    person = EmployeeFactory(branch_office=world.own.branch)
    RoleGrantFactory(employee=person, role=Role.COORDINATOR, branch=world.own.branch)

    page = client_of(person).get("/directory/stores/").content.decode()

    assert str(world.own.branch.code) in page
    assert str(world.other.branch.code) not in page


def test_a_job_is_its_askers_alone_even_for_an_administrator(world):
    page = world.clients[Role.ADMINISTRATOR].get(f"/jobs/{world.own.job.pk}/")
    states = world.clients[Role.ADMINISTRATOR].get(f"/jobs/states/?id={world.own.job.pk}")

    assert page.status_code == 404
    assert states.json() == {"jobs": []}


def test_the_autocomplete_of_the_admin_stays_within_the_scope(world):
    person = EmployeeFactory(branch_office=world.own.branch)
    RoleGrantFactory(employee=person, role=Role.MANAGER, branch=world.own.branch)
    query = {"app_label": "organization", "model_name": "employee", "field_name": "store", "term": ""}

    for term in ("", "\0"):
        answer = client_of(person).get("/admin/autocomplete/", query | {"term": term})

        assert {result["id"] for result in answer.json()["results"]} == {str(world.own.store.pk)}
