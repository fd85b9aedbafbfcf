"""The demo chain, small: real places, whole people, roles with scope, and the same again for the same seed."""

import itertools
from datetime import date
from math import hypot
from random import Random

import pytest
from django.contrib.auth.hashers import is_password_usable
from django.db.models import F, Q

from organization.choices import EmployeeStatus, Role, ScopeKind, TimeZone
from organization.demo.cast import CAST_DOMAIN, ROLE_CARDS
from organization.demo.chain import load
from organization.demo.names import email
from organization.demo.stores import shares
from organization.demo.towns import REACH_KM, kilometres
from organization.models import Branch, Department, Division, Employee, RoleGrant, Store, StoreBranch

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def chain(seed=1, stores=300):
    return load(stores=stores, seed=seed, progress=lambda done, what: None, today=TODAY)


def rows():
    """What a chain is, without keys."""
    stores = Store.objects.order_by("code").values_list(
        "code", "name", "latitude", "branch__code", "opened_on"
    )
    people = Employee.objects.order_by("nik").values_list("nik", "name", "store__code", "branch_office__code")
    grants = RoleGrant.objects.values_list("employee__nik", "group__name", "branch__code", "days")
    return list(stores), list(people), sorted(grants, key=str)


def test_head_office_and_32_centres_stand_in_25_provinces_and_three_zones():
    chain()
    centres = Branch.objects.exclude(kind="head_office")

    assert centres.count() == 32
    assert Branch.objects.filter(kind="head_office").count() == 1
    assert len(set(centres.values_list("province", flat=True))) == 25
    assert set(centres.values_list("time_zone", flat=True)) == set(TimeZone.values)


def test_every_store_stands_in_indonesia_within_reach_of_its_branch():
    chain()

    for store in Store.objects.select_related("branch"):
        here = float(store.latitude), float(store.longitude)
        assert -11.1 < here[0] < 6.1
        assert 95.0 < here[1] < 141.1
        there = float(store.branch.latitude), float(store.branch.longitude)
        assert kilometres(here, there) < REACH_KM + 6


def test_two_stores_never_stand_on_each_other():
    chain()
    places = [(float(a), float(b)) for a, b in Store.objects.values_list("latitude", "longitude")]

    assert len(set(places)) == len(places)
    assert min(hypot(a[0] - b[0], a[1] - b[1]) for a, b in itertools.pairwise(places)) > 0


def test_codes_keep_what_a_spreadsheet_would_spoil():
    chain()

    assert {"1E05", "00017"} <= set(Store.objects.values_list("code", flat=True))


def test_every_store_has_one_branch_on_each_day_since_it_opened():
    chain()

    for store in Store.objects.prefetch_related("branch_history"):
        periods = sorted((period.days for period in store.branch_history.all()), key=lambda days: days.lower)
        assert periods[0].lower == store.opened_on
        assert periods[-1].upper is None
        assert all(a.upper == b.lower for a, b in itertools.pairwise(periods))
    assert not StoreBranch.objects.filter(days__contains=TODAY).exclude(branch=F("store__branch")).exists()


def test_a_new_centre_took_stores_over_on_one_day_some_months_ago():
    chain()
    ended = StoreBranch.objects.filter(days__upper_inf=False)

    days = {row.days.upper for row in ended}
    assert ended.count() > 5
    assert len(days) == 1
    assert 60 < (TODAY - days.pop()).days < 240


def test_every_role_has_a_named_person_who_can_log_in():
    chain()

    for role, nik in ROLE_CARDS.items():
        person = Employee.objects.get(nik=nik)
        assert person.status == EmployeeStatus.ACTIVE
        assert person.email.endswith(f"@{CAST_DOMAIN}")
        assert not person.must_change_pin
        held = set(person.role_grants.filter(days__contains=TODAY).values_list("group__name", flat=True))
        assert held == (set() if role == Role.REPORTER else {role})


def test_nobody_else_has_a_pin():
    chain()
    others = Employee.objects.exclude(nik__in=ROLE_CARDS.values())

    assert not any(is_password_usable(password) for password in others.values_list("password", flat=True))


def test_nobody_of_the_demo_can_be_reached_by_mail():
    chain()

    for address in Employee.objects.values_list("email", flat=True):
        assert address.endswith(".example")


def test_a_managers_scope_is_some_branches_and_a_coordinators_one():
    chain()
    manager, coordinator = ROLE_CARDS[Role.MANAGER], ROLE_CARDS[Role.COORDINATOR]

    def scopes(nik):
        return list(RoleGrant.objects.filter(employee__nik=nik).values_list("scope", flat=True))

    assert set(scopes(manager)) == {ScopeKind.BRANCH}
    assert len(scopes(manager)) > 1
    assert scopes(coordinator) == [ScopeKind.BRANCH]


def test_some_grants_ended_and_some_stand_in_for_somebody():
    chain()

    assert RoleGrant.objects.filter(days__upper_inf=False, days__not_gt=(None, TODAY)).exists()
    assert RoleGrant.objects.filter(delegate_of__isnull=False, days__contains=TODAY).exists()


def test_every_department_has_a_pic_and_every_branch_its_supports():
    chain()

    assert not Department.objects.filter(pics__isnull=True).exists()
    for branch in Branch.objects.exclude(kind="head_office"):
        assert branch.role_grants.filter(group__name=Role.STORE_SUPPORT).count() >= 2


def test_a_few_stores_are_closed_for_good_or_for_now():
    chain(stores=1000)

    assert 0 < Store.objects.filter(closed_on__isnull=False).count() < 60
    assert 0 < Store.objects.filter(paused_from__isnull=False).count() < 40
    assert not Store.objects.filter(Q(closed_on__gt=TODAY) | Q(opened_on__gt=TODAY)).exists()


def test_the_same_seed_makes_the_same_chain_and_another_seed_another():
    chain(seed=7)
    first = rows()
    for model in (RoleGrant, Department.pics.through, Employee, Store, Branch, Department, Division):
        model.objects.all().delete()
    chain(seed=7)
    again = rows()
    for model in (RoleGrant, Department.pics.through, Employee, Store, Branch, Department, Division):
        model.objects.all().delete()
    chain(seed=8)

    assert again == first
    assert rows() != first


def test_shares_lose_nobody():
    random = Random(3)

    for total in (0, 1, 99, 16_000):
        weights = [random.randrange(1, 90) for _ in range(32)]
        assert sum(shares(total, weights)) == total


def test_an_address_is_made_of_the_first_two_names():
    assert email("Siti Nur Haliza", "2020001234") == "siti.nur.1234@gerai.example"
