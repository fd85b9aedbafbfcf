import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from monitoring.choices import Status
from monitoring.models import LoadRun
from monitoring.tests.factories import MachineFactory
from monitoring.tests.pages import PolledMachineFactory
from organization.choices import Role
from organization.tests.factories import DivisionFactory, EmployeeFactory

pytestmark = pytest.mark.django_db
CEILING = 8


def url_of(machine) -> str:
    return reverse("monitoring:machine-detail", args=[machine.pk])


@pytest.fixture
def admin(client):
    person = EmployeeFactory(roles=[Role.MONITORING_ADMIN])
    client.force_login(person)
    return person


@pytest.mark.parametrize("count", [2, 20])
def test_the_page_costs_at_most_eight_queries(client, admin, count):
    divisions = [DivisionFactory() for _ in range(count)]
    pics = [EmployeeFactory() for _ in range(count)]
    machine = PolledMachineFactory(local=True, status=Status.SAFE, divisions=divisions, pics=pics)
    client.get(url_of(machine))  # whatever is counted once a minute

    with CaptureQueriesContext(connection) as queries:
        assert client.get(url_of(machine)).status_code == 200

    assert len(queries) <= CEILING, [query["sql"] for query in queries]


def test_a_machine_that_was_never_polled_has_a_page(client, admin):
    assert client.get(url_of(MachineFactory())).status_code == 200


def test_why_a_machine_is_red_is_said_in_words(client, admin, settings):
    reason = {"metric": "cpu", "value": 97.2, "limit": 95}
    machine = PolledMachineFactory(status=Status.DANGER, status__reasons=[reason])

    page = client.get(url_of(machine), headers={"accept-language": "en"}).content.decode()

    assert "CPU 97" in page
    assert "95" in page


def test_somebody_elses_machine_is_not_there(client):
    stranger = EmployeeFactory(roles=[Role.MACHINE_PIC])
    machine = PolledMachineFactory(status=Status.SAFE, pics=[EmployeeFactory(roles=[Role.MACHINE_PIC])])
    client.force_login(stranger)

    assert client.get(url_of(machine)).status_code == 404
    assert client.get(reverse("monitoring:machine-series", args=[machine.pk])).status_code == 404


def test_the_page_needs_login_and_permission(client):
    machine = PolledMachineFactory(status=Status.SAFE)

    assert reverse("login:nik") in client.get(url_of(machine)).url
    client.force_login(EmployeeFactory())
    assert client.get(url_of(machine)).status_code == 403


@pytest.mark.parametrize("query", ["range=foo", "range=%00", "range=", "range=6w&range=1h", "from=%00"])
def test_a_range_that_makes_no_sense_is_the_shortest(client, admin, query):
    machine = PolledMachineFactory(status=Status.SAFE)

    assert client.get(f"{url_of(machine)}?{query}").status_code == 200
    assert client.get(f"{reverse('monitoring:machine-series', args=[machine.pk])}?{query}").status_code == 200


def test_an_address_with_an_impossible_number_is_not_found(client, admin):
    assert client.get("/monitoring/machines/99999999999999999999999/").status_code == 404


@pytest.mark.parametrize("length", ["15m", "1h", "6h", "24h", "7d", "6w"])
def test_the_series_answers_every_range_of_the_picker(client, admin, length):
    machine = PolledMachineFactory(status=Status.SAFE)

    answer = client.get(reverse("monitoring:machine-series", args=[machine.pk]), {"range": length}).json()

    assert answer["at"] == []
    assert answer["values"]["cpu"] == []
    assert answer["end"] > answer["start"]


def test_no_script_and_no_style_stands_inside_the_page(client, admin):
    page = client.get(url_of(PolledMachineFactory(local=True, status=Status.WARNING))).content.decode()

    assert "style=" not in page
    assert "<style" not in page
    assert "onclick" not in page


def test_a_run_that_goes_on_takes_the_buttons_place(client, admin):
    machine = PolledMachineFactory(local=True, status=Status.SAFE)
    assert "data-load-until" not in client.get(url_of(machine)).content.decode()

    LoadRun.objects.create(machine=machine, requested_by=admin, claimed_at=timezone.now())

    page = client.get(url_of(machine)).content.decode()
    assert "data-load-until" in page
    assert "data-load-form hidden" in page
