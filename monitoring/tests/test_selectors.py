"""Who sees which machine, and which numbers a graph gets."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from monitoring.models import RollUp
from monitoring.selectors import machine_topics_allowed, machines_visible_to, series_of
from monitoring.tests.factories import MachineFactory, SampleFactory
from organization.choices import Role
from organization.tests.factories import (
    BranchFactory,
    DivisionFactory,
    EmployeeFactory,
    RoleGrantFactory,
)

pytestmark = pytest.mark.django_db


def person_with(role, **scope):
    return RoleGrantFactory(role=role, **scope).employee


def names_for(user):
    return sorted(machines_visible_to(user).values_list("name", flat=True))


@pytest.fixture
def division():
    return DivisionFactory()


@pytest.fixture
def machines(division):
    return [MachineFactory(name="OURS", divisions=[division]), MachineFactory(name="THEIRS")]


@pytest.mark.parametrize(
    "role", [Role.MONITORING_ADMIN, Role.AUDITOR, Role.ADMINISTRATOR, Role.SUPERVISOR, Role.MANAGER]
)
def test_a_national_role_sees_all(machines, role):
    assert names_for(person_with(role)) == ["OURS", "THEIRS"]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.MANAGER])
def test_a_division_sees_its_own(machines, division, role):
    assert names_for(person_with(role, division=division)) == ["OURS"]


def test_a_branch_has_no_machines(machines):
    assert names_for(person_with(Role.MANAGER, branch=BranchFactory())) == []


@pytest.mark.parametrize("scope", ["national", "division"])
def test_a_pic_sees_the_machines_they_are_pic_of_whatever_the_scope(machines, division, scope):
    pic = person_with(Role.MACHINE_PIC, **({"division": division} if scope == "division" else {}))
    machines[1].pics.add(pic)

    assert names_for(pic) == ["THEIRS"]


def test_who_lost_the_role_of_pic_sees_nothing(machines):
    person = EmployeeFactory()
    machines[1].pics.add(person)

    assert names_for(person) == []


def test_two_roles_add_up_without_doubles(machines, division):
    person = person_with(Role.SUPERVISOR, division=division)
    RoleGrantFactory(employee=person, role=Role.MACHINE_PIC)
    for machine in machines:
        machine.pics.add(person)

    assert names_for(person) == ["OURS", "THEIRS"]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PPOB_STAFF, Role.STORE_SUPPORT])
def test_other_roles_see_none(machines, role):
    assert names_for(person_with(role)) == []


def test_nobody_sees_none(machines):
    assert names_for(AnonymousUser()) == []


def test_live_news_are_allowed_as_the_machines_are(machines, division):
    person = person_with(Role.SUPERVISOR, division=division)
    ours, theirs = (str(machine.pk) for machine in machines)

    assert machine_topics_allowed(person, {ours, theirs, "x", "-1", "9" * 30, "²"}) == {ours}


def test_a_short_range_is_drawn_from_single_polls():
    machine = MachineFactory()
    now = timezone.now()
    for back in (30, 15, 0):
        SampleFactory(machine=machine, at=now - timedelta(seconds=back), cpu=back)
    series = series_of(machine, length=timedelta(minutes=15), end=now, metrics=["cpu"])

    assert (series["kind"], series["step"]) == ("sample", 15)
    assert series["values"] == {"cpu": [30, 15, 0]}
    assert series["at"][-1] == int(now.timestamp() * 1000) == series["end"]


def test_more_polls_than_points_become_means_with_their_band():
    machine = MachineFactory()
    now = timezone.now().replace(microsecond=0)
    for second in range(0, 3600, 15):
        SampleFactory(machine=machine, at=now - timedelta(seconds=second), cpu=second % 30)
    series = series_of(machine, length=timedelta(hours=1), end=now, metrics=["cpu"], points=60)

    assert series["step"] == 60
    assert len(series["at"]) in (60, 61)
    assert set(series["values"]) == {"cpu", "cpu_min", "cpu_max"}
    assert series["values"]["cpu"][5] == 7.5
    assert (series["values"]["cpu_min"][5], series["values"]["cpu_max"][5]) == (0, 15)


def test_six_weeks_are_drawn_from_roll_ups_with_a_bounded_answer():
    machine = MachineFactory()
    now = timezone.now()
    RollUp.objects.bulk_create(
        RollUp(
            machine=machine, at=now - timedelta(minutes=5 * back), samples=20,
            cpu_mean=back % 2 * 10, cpu_min=0, cpu_max=back % 2 * 50,
        )
        for back in range(1, 250)
    )  # fmt: skip
    series = series_of(machine, length=timedelta(weeks=6), metrics=["cpu"], points=400)

    assert series["kind"] == "rollup"
    assert len(series["at"]) <= 12
    assert series["values"]["cpu_max"][0] == 50
    assert 4 <= series["values"]["cpu"][1] <= 6


def test_a_mean_of_roll_ups_counts_polls():
    machine = MachineFactory()
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    for minute, samples, cpu in ((0, 30, 10), (5, 10, 50)):
        RollUp.objects.create(
            machine=machine, at=hour + timedelta(minutes=minute), samples=samples, cpu_mean=cpu
        )
    series = series_of(
        machine, length=timedelta(days=9), end=hour + timedelta(hours=1), metrics=["cpu"], points=200
    )

    assert series["values"]["cpu"] == [20]


def test_a_machine_without_a_single_poll_has_an_empty_graph():
    series = series_of(MachineFactory(), length=timedelta(minutes=15), metrics=["cpu", "load1"])

    assert (series["at"], series["values"]) == ([], {"cpu": [], "load1": []})


def test_a_name_that_is_no_metric_is_left_out():
    series = series_of(MachineFactory(), length=timedelta(hours=24), metrics=["cpu", "load1; DROP TABLE x"])

    assert set(series["values"]) == {"cpu", "cpu_min", "cpu_max"}
