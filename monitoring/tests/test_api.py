import pytest
from django.test import Client
from django.urls import reverse

from monitoring.tests.factories import MachineFactory
from organization.choices import Role
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pic_and_machine():
    pic = EmployeeFactory(roles=[Role.MACHINE_PIC])
    machine = MachineFactory()
    machine.pics.add(pic)
    browser = Client()
    browser.force_login(pic)
    return browser, machine


def test_a_pic_reads_their_machines_and_no_others(pic_and_machine):
    browser, machine = pic_and_machine
    other = MachineFactory()
    rows = browser.get(reverse("api:machine-list")).json()["results"]
    assert [row["name"] for row in rows] == [machine.name]
    assert browser.get(reverse("api:machine-detail", args=[other.uuid])).status_code == 404
    assert browser.get(reverse("api:machine-series", args=[other.uuid])).status_code == 404


def test_a_machine_never_polled_has_no_data(pic_and_machine):
    browser, machine = pic_and_machine
    answer = browser.get(reverse("api:machine-detail", args=[machine.uuid])).json()
    assert (answer["status"], answer["values"], answer["sampled_at"]) == ("nodata", {}, None)


def test_series_come_by_the_ranges_of_the_graphs(pic_and_machine):
    browser, machine = pic_and_machine
    address = reverse("api:machine-series", args=[machine.uuid])
    assert "cpu" in browser.get(f"{address}?range=1h").json()["values"]
    assert browser.get(f"{address}?range=forever").status_code == 400
