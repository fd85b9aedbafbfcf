import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring.choices import Status
from monitoring.tests.factories import MachineFactory
from monitoring.tests.pages import PolledMachineFactory
from organization.choices import Role
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(client):
    client.force_login(EmployeeFactory(roles=[Role.MONITORING_ADMIN]))

    def page() -> str:
        return client.get(reverse("home")).content.decode()

    return page


def test_this_host_stands_on_top_then_the_worst(home):
    PolledMachineFactory(name="aman", status=Status.SAFE)
    PolledMachineFactory(name="bahaya", status=Status.DANGER)
    PolledMachineFactory(name="tuan-rumah", local=True, status=Status.SAFE)

    page = home()

    assert re.findall(r'class="row-link"[^>]*>([^<]+)', page)[:3] == ["tuan-rumah", "bahaya", "aman"]


def test_machines_are_counted_by_colour_those_never_polled_as_no_data(home):
    for status in (Status.DANGER, Status.SAFE, Status.SAFE):
        PolledMachineFactory(status=status)
    MachineFactory()

    page = home()

    counts = dict(re.findall(r'data-count="(\w+)">([\d.]+)<', page))
    assert counts == {"danger": "1", "warning": "0", "nodata": "1", "maintenance": "0", "safe": "2"}


def test_the_panel_costs_the_same_for_two_and_for_twenty_machines(home):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            home()
        return len(queries)

    PolledMachineFactory(local=True, status=Status.SAFE)
    PolledMachineFactory(status=Status.SAFE)
    two = cost()
    for _ in range(18):
        PolledMachineFactory(status=Status.WARNING)

    assert cost() <= two


def test_who_sees_no_machine_has_no_panel(client):
    client.force_login(EmployeeFactory(roles=[Role.MACHINE_PIC]))
    PolledMachineFactory(status=Status.SAFE)

    assert "machines-panel" not in client.get(reverse("home")).content.decode()
