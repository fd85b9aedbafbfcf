"""Who hears what, through the real services, sockets and Redis."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from core import events
from monitoring.choices import Status
from monitoring.events import MachineStatusChanged, MachineUnreachable
from monitoring.polling.record import tell_change
from organization import services
from organization.choices import Role
from organization.events import EmployeeFrozen, PinReset, RoleEnded, RoleGranted
from organization.tests.factories import EmployeeFactory, RoleGrantFactory
from portal.tests.test_live import closed_with, opened, socket_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard(monkeypatch):
    """Every event that is announced."""
    told = []
    monkeypatch.setattr(events, "_tell", told.append)
    return told


def test_the_socket_of_a_frozen_person_is_closed_at_once():
    person = EmployeeFactory()
    socket, neighbour = socket_of(person), socket_of(EmployeeFactory())

    async def scene():
        await opened(socket)
        await opened(neighbour)
        await asyncio.to_thread(services.freeze_employee, employee=person, actor=None)
        assert await closed_with(socket) == 4401
        assert await neighbour.receive_nothing(0.3)
        await neighbour.disconnect()

    asyncio.run(scene())


def test_who_lost_a_role_has_to_ask_again_at_once():
    person = EmployeeFactory()
    grant = RoleGrantFactory(employee=person, role=Role.MACHINE_PIC)
    socket = socket_of(person)

    async def scene():
        await opened(socket)
        yesterday = timezone.localdate() - timedelta(days=1)
        await asyncio.to_thread(services.end_role_grant, grant=grant, last_on=yesterday, actor=None)
        assert await closed_with(socket) == 4403
        await socket.disconnect()

    asyncio.run(scene())


def test_services_say_what_they_did(heard):
    person = EmployeeFactory()
    today = timezone.localdate()

    services.freeze_employee(employee=person, actor=None)
    services.reset_pin(employee=person, actor=None)
    grant = services.grant_role(employee=person, role=Role.SUPERVISOR, from_on=today, actor=None)
    services.end_role_grant(grant=grant, last_on=today, actor=None)

    assert heard == [
        EmployeeFrozen(employee_id=person.pk),
        PinReset(employee_id=person.pk),
        RoleGranted(employee_id=person.pk, role=Role.SUPERVISOR),
        RoleEnded(employee_id=person.pk, role=Role.SUPERVISOR, last_on=today),
    ]


def test_a_machine_that_turns_grey_says_so_by_two_names(heard):
    tell_change(3, was=Status.SAFE, status=Status.NO_DATA)
    assert heard == [
        MachineStatusChanged(machine_id=3, was=Status.SAFE, status=Status.NO_DATA),
        MachineUnreachable(machine_id=3),
    ]
