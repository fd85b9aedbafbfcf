import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring.choices import MachineKind, Status
from monitoring.tests.factories import MachineFactory
from monitoring.tests.pages import PolledMachineFactory
from organization.choices import Role
from organization.tests.factories import DivisionFactory, EmployeeFactory

pytestmark = pytest.mark.django_db
URL = reverse("monitoring:machine-list")
CEILING = 8


@pytest.fixture
def admin(client):
    person = EmployeeFactory(roles=[Role.MONITORING_ADMIN])
    client.force_login(person)
    return person


def names_on(response) -> list[str]:
    return re.findall(r'class="row-link" href="/monitoring/machines/\d+/">([^<]+)', response.content.decode())


@pytest.mark.parametrize("count", [2, 20])
def test_the_page_costs_at_most_eight_queries(client, admin, count):
    for _ in range(count):
        PolledMachineFactory(status=Status.SAFE, divisions=[DivisionFactory()])
    client.get(URL)  # whatever is counted once a minute

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(URL)

    assert len(names_on(response)) == count
    assert len(queries) <= CEILING, [query["sql"] for query in queries]


def test_the_worst_stand_first_and_equally_bad_ones_by_name(client, admin):
    PolledMachineFactory(name="b-aman", status=Status.SAFE)
    PolledMachineFactory(name="a-aman", status=Status.SAFE)
    PolledMachineFactory(name="waspada", status=Status.WARNING)
    PolledMachineFactory(name="diam", status=Status.NO_DATA)
    MachineFactory(name="baru")
    PolledMachineFactory(name="bahaya", status=Status.DANGER)

    assert names_on(client.get(URL)) == ["bahaya", "baru", "diam", "waspada", "a-aman", "b-aman"]


def test_pages_go_on_where_the_one_before_ended(client, admin):
    for status in (Status.SAFE, Status.DANGER):
        for _ in range(20):
            PolledMachineFactory(status=status)

    first = client.get(URL, {"size": "25"})
    following = (
        re.search(r'href="([^"]+)"[^>]*rel="next"', first.content.decode()).group(1).replace("&amp;", "&")
    )
    second = client.get(following)

    assert len(names_on(first)) == 25
    assert len(set(names_on(first)) | set(names_on(second))) == 40


def test_search_and_filters_stand_in_the_address(client, admin):
    it = DivisionFactory()
    wanted = PolledMachineFactory(
        name="kasir-db", kind=MachineKind.DATABASE, status=Status.DANGER, divisions=[it]
    )
    PolledMachineFactory(name="kasir-web", kind=MachineKind.WEB, status=Status.SAFE)
    never = MachineFactory(name="gudang")

    for query in ({"q": "kasir db"}, {"status": "danger"}, {"kind": "database"}, {"division": it.pk}):
        assert names_on(client.get(URL, query)) == [wanted.name], query
    assert names_on(client.get(URL, {"status": "nodata"})) == [never.name]


@pytest.mark.parametrize(
    "query",
    ["status=foo", "kind=%00", "division=x", "division=99999999999999999999", "q=%00", "q=%27%25_", "sort=%00",
     "c=foo", "size=-1", "status=%FF"],
)  # fmt: skip
def test_a_parameter_that_makes_no_sense_is_left_out(client, admin, query):
    PolledMachineFactory(status=Status.SAFE)

    assert client.get(f"{URL}?{query}").status_code == 200


def test_a_pic_sees_their_own_machines_only(client):
    pic = EmployeeFactory(roles=[Role.MACHINE_PIC])
    mine = PolledMachineFactory(status=Status.SAFE, pics=[pic])
    PolledMachineFactory(status=Status.SAFE)
    client.force_login(pic)

    assert names_on(client.get(URL)) == [mine.name]


def test_without_the_permission_the_page_is_refused_and_without_login_asked_for(client):
    assert reverse("login:nik") in client.get(URL).url
    client.force_login(EmployeeFactory())
    assert client.get(URL).status_code == 403


def test_a_simulated_machine_says_so_and_a_silent_one_says_why(client, admin):
    PolledMachineFactory(status=Status.NO_DATA, status__failure="Connection refused.")

    page = client.get(URL).content.decode()

    assert "machine-mark" in page
    assert "Connection refused." in page
