"""Versi Toko, where versions differ, and what is confirmed on the spot."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from betaapp.models import ConfirmedVersion, Device
from betaapp.services import hear
from betaapp.services.heartbeats import Said
from betaapp.tests.factories import ApplicationFactory, VersionFactory, running_program, stable
from organization.choices import Role
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory, StoreFactory

pytestmark = pytest.mark.django_db
DRIFT, LIST = reverse("betaapp:drift-list"), reverse("betaapp:store-version-list")


@pytest.fixture
def versions():
    application = ApplicationFactory(code="KASIR", name="Kasir Toko")
    old, new = (VersionFactory(application=application, number=number) for number in ("1.9.0", "2.1.0"))
    stable(old)
    return old, new


@pytest.fixture
def helper(client):
    person = EmployeeFactory(roles=[Role.RESPONSIBLE_STAFF, Role.STORE_SUPPORT])
    client.force_login(person)
    return person


def says(store, number, *, name="kasir-1"):
    at = timezone.now() - timedelta(minutes=5)
    hear(store=store, said=[Said(name, "till", {"KASIR": number})], at=at)


def url(store, act=""):
    return reverse(f"betaapp:store-version{act}", args=[store.pk])


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_three_facts_stand_side_by_side(client, helper, versions):
    store = StoreFactory()
    program = running_program(store, version=versions[1], name="Kasir 2.1")
    says(store, "1.9.0")

    page = client.get(url(store))

    (fact,) = page.context["facts"]
    assert fact["expected"].version == versions[1]
    assert fact["expected"].trial.program == program
    assert [(one["row"].version, one["differs"]) for one in fact["reported"]] == [(versions[0], True)]
    assert fact["confirmed"] is None
    assert "Kasir 2.1" in text_of(page)


def test_what_is_seen_on_the_spot_is_kept_beside_what_is_reported(client, helper, versions):
    store = StoreFactory()
    says(store, "1.9.0")
    device = Device.objects.get()

    answer = client.post(
        url(store, "-confirm"), {"version": versions[1].pk, "device": device.pk}, follow=True
    )

    seen = ConfirmedVersion.objects.get()
    assert (seen.version, seen.device, seen.confirmed_by) == (versions[1], device, helper)
    assert answer.redirect_chain[-1][0] == url(store)
    assert answer.context["facts"][0]["confirmed"] == seen
    assert client.post(url(store, "-confirm"), {"version": ""}).status_code == 422
    elsewhere = StoreFactory()
    says(elsewhere, "1.9.0")
    foreign = Device.objects.get(store=elsewhere)
    assert client.post(
        url(store, "-confirm"), {"version": versions[1].pk, "device": foreign.pk}
    ).status_code == 422  # fmt: skip
    assert ConfirmedVersion.objects.count() == 1


def test_where_versions_differ_is_listed_and_nothing_else(client, helper, versions):
    well, wrong, trial = StoreFactory.create_batch(3)
    running_program(trial, version=versions[1])
    for store, number in ((well, "1.9.0"), (wrong, "2.1.0"), (trial, "1.9.0")):
        says(store, number)

    rows = client.get(DRIFT).context["list"].rows

    assert {(row.store, row.expected.number, row.reported.number) for row in rows} == {
        (wrong, "1.9.0", "2.1.0"), (trial, "2.1.0", "1.9.0")
    }  # fmt: skip
    assert [row.store for row in client.get(DRIFT, {"tried": "yes"}).context["list"].rows] == [trial]
    assert [row.store for row in client.get(DRIFT, {"tried": "no"}).context["list"].rows] == [wrong]
    assert [
        row.store for row in client.get(DRIFT, {"branch": wrong.branch_id}).context["list"].rows
    ] == [wrong]  # fmt: skip
    application = versions[0].application_id
    assert len(client.get(DRIFT, {"application": application}).context["list"].rows) == 2


def test_stores_that_nobody_has_looked_at_and_that_say_nothing_can_be_listed(client, helper, versions):
    seen, said, neither = StoreFactory.create_batch(3)
    says(said, "1.9.0")
    client.post(url(seen, "-confirm"), {"version": versions[1].pk})

    def listed(known):
        return set(client.get(LIST, {"known": known}).context["list"].rows)

    assert listed("unconfirmed") == {said, neither}
    assert listed("confirmed") == {seen}
    assert listed("silent") == {seen, neither}
    assert listed("reported") == {said}
    assert listed("nonsense") == listed("") == {seen, said, neither}
    rows = {row: (row.heard_at, row.seen_at) for row in client.get(LIST).context["list"].rows}
    assert rows[said] == (Device.objects.get().last_heard_at, None)
    assert rows[seen] == (None, ConfirmedVersion.objects.get().confirmed_at)


def test_a_branch_sees_its_own_stores_alone(client, versions):
    ours, theirs = StoreFactory(), StoreFactory(branch=BranchFactory())
    for store in (ours, theirs):
        says(store, "2.1.0")
    person = EmployeeFactory()
    RoleGrantFactory(employee=person, role=Role.STORE_SUPPORT, branch=ours.branch)
    client.force_login(person)

    assert client.get(url(ours)).status_code == 200
    assert client.get(url(theirs)).status_code == 404
    assert client.get(url(theirs, "-confirm")).status_code == 404
    assert [row.store for row in client.get(DRIFT).context["list"].rows] == [ours]
    assert list(client.get(LIST).context["list"].rows) == [ours]


@pytest.mark.parametrize("count", [2, 20])
def test_pages_need_few_queries_whatever_they_show(client, versions, count, django_assert_max_num_queries):
    client.force_login(EmployeeFactory(roles=[Role.BETA_MANAGER, Role.STORE_SUPPORT]))
    stores = StoreFactory.create_batch(count)
    for n in range(count):
        stable(VersionFactory())
        says(stores[n], "2.1.0")
        says(stores[0], "2.1.0", name=f"kasir-{n + 10}")
    client.get(LIST)
    for address in (LIST, DRIFT, url(stores[0]), url(stores[0], "-confirm")):
        with django_assert_max_num_queries(8):
            assert client.get(address).status_code == 200


def test_the_drift_is_taken_home_as_a_file(client, versions):
    store = StoreFactory()
    says(store, "2.1.0")
    client.force_login(EmployeeFactory(roles=[Role.BETA_MANAGER]))
    content = client.post(DRIFT, {"format": "csv"}).getvalue().decode()
    assert store.code in content
    assert "2.1.0" in content
