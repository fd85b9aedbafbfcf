"""What is taken away is away at the next request, and an open socket hears no more within five seconds."""

import asyncio
import json
import time
from datetime import timedelta

import pytest
from channels.testing import WebsocketCommunicator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import consumers
from core.hub import Hub
from organization import services
from organization.choices import Role
from organization.models import RoleGrant
from organization.tests.doors import PIN, is_in, log_in
from organization.tests.factories import EmployeeFactory, RoleGrantFactory
from portal.asgi import application
from tests.access.world import client_of

WITHIN_S = 5
LIST = "/directory/employees/"


@pytest.mark.django_db
def test_a_role_that_ended_opens_nothing_at_the_next_request():
    person = EmployeeFactory(roles=[Role.COORDINATOR])
    client = client_of(person)
    before = client.get(LIST)

    services.end_role_grant(
        grant=person.role_grants.get(), last_on=timezone.localdate() - timedelta(days=1), actor=None
    )

    assert before.status_code == 200
    assert client.get(LIST).status_code == 403
    assert is_in(client)


@pytest.mark.django_db
def test_a_role_whose_days_are_over_opens_nothing_though_nobody_did_anything():
    person = EmployeeFactory(roles=[Role.COORDINATOR])
    client = client_of(person)
    today = timezone.localdate()
    RoleGrant.objects.filter(employee=person).update(
        days=(today - timedelta(days=9), today - timedelta(days=2))
    )

    assert client.get(LIST).status_code == 403


@pytest.mark.django_db
def test_a_permission_that_a_role_loses_is_lost_at_once():
    person = EmployeeFactory(roles=[Role.COORDINATOR])
    client = client_of(person)
    before = client.get(LIST)
    group = person.role_grants.get().group
    group.permissions.remove(group.permissions.get(codename="view_employee"))

    assert before.status_code == 200
    assert client.get(LIST).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("shut", [services.freeze_employee, services.mark_resigned])
def test_whoever_is_shut_out_is_out_at_the_next_request_for_good(shut):
    person = EmployeeFactory()
    client = client_of(person)
    shut(employee=person, actor=None)

    answer = client.get("/")
    services.unfreeze_employee(employee=person, actor=None)

    assert answer.url == f"{reverse('login:nik')}?next=/"
    assert not is_in(client)
    assert client.get("/").status_code == 302


@pytest.mark.django_db
def test_a_reset_pin_and_a_changed_pin_end_the_other_sessions():
    person = EmployeeFactory(pin=PIN)
    here, there = Client(), Client()
    log_in(here, person.nik)
    log_in(there, person.nik)
    changed = here.post(
        reverse("login:new-pin"), {"current_pin": PIN, "new_pin": "905173", "repeated_pin": "905173"}
    )
    others = there.get("/")
    services.reset_pin(employee=person, actor=None)

    assert changed.status_code == 302
    assert others.status_code == 302
    assert here.get("/").status_code == 302


@pytest.mark.django_db
def test_a_session_that_was_logged_out_is_worth_nothing():
    client = client_of(EmployeeFactory())
    stolen = Client()
    stolen.cookies["sessionid"] = client.cookies["sessionid"].value
    before = stolen.get("/")

    client.post(reverse("login:logout"))

    assert before.status_code == 200
    assert stolen.get("/").status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("taken", ["account", "role", "pin"])
def test_an_open_socket_ends_within_five_seconds(taken):
    """By the news that a service sends, and not by the look every half minute."""
    person = EmployeeFactory(roles=[Role.SUPERVISOR])
    RoleGrantFactory(employee=EmployeeFactory(), role=Role.ADMINISTRATOR)
    grant = person.role_grants.get()
    yesterday = timezone.localdate() - timedelta(days=1)
    acts = {
        "account": lambda: services.freeze_employee(employee=person, actor=None),
        "role": lambda: services.end_role_grant(grant=grant, last_on=yesterday, actor=None),
        "pin": lambda: services.reset_pin(employee=person, actor=None),
    }
    cookie = f"sessionid={client_of(person).cookies['sessionid'].value}".encode()
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", cookie)]
    socket = WebsocketCommunicator(application, "/ws/live/", headers=headers)

    async def scene() -> tuple[int, float]:
        assert (await socket.connect())[0]
        await asyncio.wait_for(Hub.current().subscribed.wait(), 5)
        await socket.send_to(text_data=json.dumps({"subscribe": ["monitoring.machine.1"]}))
        await asyncio.sleep(0.2)
        begun = time.monotonic()
        await asyncio.to_thread(acts[taken])
        while True:
            message = await socket.receive_output(timeout=WITHIN_S)
            if message["type"] == "websocket.close":
                return message["code"], time.monotonic() - begun

    code, seconds = asyncio.run(scene())

    assert code == (consumers.RIGHTS_CHANGED if taken == "role" else consumers.NOT_LOGGED_IN)
    assert seconds <= WITHIN_S
