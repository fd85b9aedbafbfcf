"""The panel of Beranda: running programmes, where versions differ, what should be stopped; for whoever decides."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from betaapp import problems
from betaapp.panels import beta_panel
from betaapp.services import hear
from betaapp.services.heartbeats import Said
from betaapp.tests.factories import VersionFactory, age, manager_of, running_program
from betaapp.tests.test_results import Desk
from organization.choices import Role
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory, StoreFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_desk():
    cache.clear()
    yield
    problems.disconnect()
    cache.clear()


@pytest.fixture
def stores():
    return StoreFactory.create_batch(5, branch=BranchFactory())


def panel_of(rf, person):
    request = rf.get("/")
    request.user = person
    return beta_panel(request)


def shows_panel(client, person):
    client.force_login(person)
    return 'id="panel-beta"' in client.get("/").content.decode()


def test_running_programmes_are_shown_with_stores_and_drift(rf, stores):
    version = VersionFactory(number="2.1.0")
    program = running_program(*stores[:2], version=version)
    older = VersionFactory(number="1.9.0", application=version.application)
    hear(
        store=stores[0],
        said=[Said("kasir-1", "till", {version.application.code: older.number})],
        at=timezone.now(),
    )

    shown = panel_of(rf, manager_of(program))

    assert shown["running"] == 1
    assert [(row["program"], row["program"].stores, row["days"]) for row in shown["programs"]] == [
        (program, 2, 13)
    ]
    assert (shown["drifting"], shown["stops"]) == (1, [])


def test_what_should_be_stopped_is_named_with_its_programme(
    rf, client, stores, django_assert_max_num_queries
):
    problems.connect(Desk(*((store, timezone.localdate(), 9) for store in stores[:2])))
    bad = running_program(*stores[:2], version=VersionFactory(number="2.1.0"))
    well = running_program(stores[2], version=VersionFactory(number="4.0.0"))
    for program in (bad, well):
        age(program, 9)
    person = EmployeeFactory(roles=[Role.BETA_MANAGER])

    client.force_login(person)
    client.get("/")
    with django_assert_max_num_queries(8):
        page = client.get("/").content.decode()

    (stop,) = panel_of(rf, person)["stops"]
    assert (stop.tried.program, stop.tried.version.number) == (bad, "2.1.0")
    assert f"{stop.tried.application.name} 2.1.0" in page


def test_a_branch_sees_programmes_that_have_stores_of_it_and_nobody_else_the_panel(rf, client, stores):
    elsewhere = StoreFactory()
    running_program(elsewhere)
    ours = running_program(stores[0])
    manager = EmployeeFactory()
    RoleGrantFactory(employee=manager, role=Role.MANAGER, branch=stores[0].branch)

    assert [row["program"] for row in panel_of(rf, manager)["programs"]] == [ours]
    assert shows_panel(client, manager)
    assert not shows_panel(client, EmployeeFactory(roles=[Role.AUDITOR]))
    assert not shows_panel(client, EmployeeFactory(in_store=True))


def test_without_a_running_programme_there_is_no_panel(client):
    assert not shows_panel(client, EmployeeFactory(roles=[Role.BETA_MANAGER]))
