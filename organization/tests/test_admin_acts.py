"""Acts ask first, call the service, and stay within the person's scope."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from organization.choices import EmployeeStatus, Role
from organization.models import LoginCounter
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory, StoreFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return BranchFactory()


@pytest.fixture
def manager(branch):
    person = EmployeeFactory(branch_office=branch)
    RoleGrantFactory(employee=person, role=Role.MANAGER, branch=branch)
    return person


@pytest.fixture
def client(manager):
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def administrator():
    client = Client()
    client.force_login(EmployeeFactory(roles=[Role.ADMINISTRATOR]))
    return client


def choose(client, noun: str, act: str, things, **more):
    data = {"action": act, "index": 0, "select_across": 0, "_selected_action": [thing.pk for thing in things]}
    return client.post(f"/admin/organization/{noun}/", {**data, **more})


def test_freezing_asks_first(client, branch):
    people = EmployeeFactory.create_batch(2, branch_office=branch)

    asked = choose(client, "employee", "freeze_selected", people)
    people[0].refresh_from_db()
    assert asked.status_code == 200
    assert people[0].nik in asked.content.decode()
    assert people[0].status == EmployeeStatus.ACTIVE

    choose(client, "employee", "freeze_selected", people, confirmed=1)
    for person in people:
        person.refresh_from_db()
        assert person.status == EmployeeStatus.FROZEN


def test_a_manager_freezes_nobody_of_another_branch(client):
    outside = EmployeeFactory()

    choose(client, "employee", "freeze_selected", [outside], confirmed=1)

    outside.refresh_from_db()
    assert outside.status == EmployeeStatus.ACTIVE


def test_nobody_freezes_themselves(client, manager):
    page = client.post(f"/admin/organization/employee/{manager.pk}/freeze/", {"confirmed": 1}, follow=True)

    manager.refresh_from_db()
    assert manager.status == EmployeeStatus.ACTIVE
    assert [message.level_tag for message in page.context["messages"]] == ["error"]


def test_looking_at_a_question_changes_nothing(client, branch):
    person = EmployeeFactory(branch_office=branch)

    assert client.get(f"/admin/organization/employee/{person.pk}/freeze/").status_code == 200
    person.refresh_from_db()
    assert person.status == EmployeeStatus.ACTIVE


def test_a_reset_pin_is_shown_once_and_works(client, branch):
    person = EmployeeFactory(branch_office=branch, pin="482913")

    page = client.post(f"/admin/organization/employee/{person.pk}/reset-pin/", {"confirmed": 1}, follow=True)

    person.refresh_from_db()
    told = " ".join(str(message) for message in page.context["messages"])
    pin = next(word for word in told.replace(".", " ").split() if word.isdigit() and len(word) == 6)
    assert person.check_password(pin)
    assert person.must_change_pin
    assert pin not in client.get(f"/admin/organization/employee/{person.pk}/change/").content.decode()


def test_unlocking_forgets_the_wrong_tries(administrator):
    person = EmployeeFactory()
    LoginCounter.objects.create(key="x", attempts=5, window_started_at=timezone.now(), employee=person)

    administrator.post(f"/admin/organization/employee/{person.pk}/unlock/", {"confirmed": 1})

    assert not LoginCounter.objects.filter(employee=person).exists()


def test_a_manager_does_not_unlock(client, branch):
    person = EmployeeFactory(branch_office=branch)

    assert client.get(f"/admin/organization/employee/{person.pk}/unlock/").status_code == 403


def test_stores_move_together_from_a_day(administrator):
    stores, new = StoreFactory.create_batch(3), BranchFactory()
    tomorrow = timezone.localdate() + timedelta(days=1)

    choose(administrator, "store", "move_selected", stores, confirmed=1, branch=new.pk, from_on=tomorrow)

    for store in stores:
        assert store.branch_history.get(days__contains=tomorrow).branch == new
        assert store.branch_history.get(days__contains=timezone.localdate()).branch == store.branch


def test_one_refusal_moves_no_store(administrator):
    stores, new = StoreFactory.create_batch(2), BranchFactory()

    page = choose(
        administrator, "store", "move_selected", stores, confirmed=1, branch=new.pk, from_on="2021-01-01"
    )

    assert page.status_code == 200  # the question stays, with what was typed
    assert new.store_history.count() == 0


def test_a_manager_moves_stores_only_to_branches_of_the_scope(client, branch):
    store, foreign = StoreFactory(branch=branch), BranchFactory()

    page = client.post(
        f"/admin/organization/store/{store.pk}/move/",
        {"confirmed": 1, "branch": foreign.pk, "from_on": "2030-01-01"},
    )

    assert "branch" in page.context["form"].errors
    assert foreign.store_history.count() == 0


@pytest.mark.parametrize("entry", [{}, {"branch": "x", "from_on": "y"}])
def test_a_wrong_entry_is_said_beside_its_field(administrator, entry):
    store = StoreFactory()

    page = administrator.post(f"/admin/organization/store/{store.pk}/move/", {"confirmed": 1, **entry})

    assert {"branch", "from_on"} <= set(page.context["form"].errors)
