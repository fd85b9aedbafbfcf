import re

import pytest
from django.urls import reverse

from monitoring.choices import Status, TransportKind
from monitoring.models import Machine
from monitoring.tests.factories import MachineFactory
from monitoring.tests.pages import PolledMachineFactory
from organization.choices import Role
from organization.tests.factories import DivisionFactory, EmployeeFactory, RoleGrantFactory

pytestmark = pytest.mark.django_db
LIST = reverse("admin:monitoring_machine_changelist")
CEILING = 12


def change_url(machine: Machine) -> str:
    return reverse("admin:monitoring_machine_change", args=[machine.pk])


@pytest.fixture
def admin(client):
    person = EmployeeFactory(roles=[Role.MONITORING_ADMIN])
    client.force_login(person)
    return person


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_costs_at_most_twelve_queries(client, admin, django_assert_max_num_queries, count):
    for _ in range(count):
        PolledMachineFactory(divisions=[DivisionFactory()])
    client.get(LIST)

    with django_assert_max_num_queries(CEILING):
        assert client.get(LIST, {"state__status__exact": Status.SAFE}).status_code == 200


def test_a_machine_without_data_is_said_in_words(client, admin):
    MachineFactory(transport=TransportKind.SIMULATED)

    page = client.get(LIST).content.decode()

    for word in ("Simulasi", "Tanpa Data"):
        assert re.search(rf"<span[^>]*>\s*{word}\s*</span>", page)


def test_only_machine_pics_can_be_chosen_as_pic(client, admin):
    pic, other = EmployeeFactory(roles=[Role.MACHINE_PIC]), EmployeeFactory(name="Bukan PIC")
    machine = PolledMachineFactory()

    page = client.get(change_url(machine)).content.decode()
    assert pic.name in page
    assert other.name not in page

    form = {
        "name": machine.name,
        "kind": machine.kind,
        "operating_system": machine.operating_system,
        "transport": machine.transport,
        "port": 22,
        "shard": 0,
        "interval_s": 15,
        "pics": [pic.pk],
        "state-TOTAL_FORMS": 0,
        "state-INITIAL_FORMS": 0,
        "facts-TOTAL_FORMS": 0,
        "facts-INITIAL_FORMS": 0,
    }
    assert client.post(change_url(machine), form).status_code == 302
    assert list(machine.pics.all()) == [pic]


def test_what_polling_wrote_cannot_be_typed(client, admin):
    page = client.get(change_url(PolledMachineFactory(status=Status.DANGER))).content.decode()

    assert 'name="state-0-status"' not in page
    assert 'name="facts-0-hostname"' not in page


def test_who_only_looks_changes_nothing_and_a_division_ends_at_its_machines(client):
    mine, other = DivisionFactory(), DivisionFactory()
    seen, hidden = MachineFactory(divisions=[mine]), MachineFactory(divisions=[other])
    person = EmployeeFactory()
    RoleGrantFactory(employee=person, role=Role.MONITORING_ADMIN, division=mine)
    client.force_login(person)

    assert client.get(change_url(seen)).status_code == 200
    assert client.get(change_url(hidden)).status_code == 302  # the admin's way of saying that it is not there

    client.force_login(EmployeeFactory(roles=[Role.AUDITOR]))
    assert client.get(change_url(seen)).status_code == 200
    assert client.post(change_url(seen), {"name": "lain"}).status_code == 403
