"""Who hears which live news: topics.csv by person, held against what the socket asks (`allowed_topics`)."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser

from core.live import allowed_topics, authorisers
from core.models import Job
from organization.choices import EmployeeStatus, Role
from organization.models import Employee
from organization.tests.factories import EmployeeFactory, RoleGrantFactory
from tests.access.world import PLAIN, ROLES, Unit, job_of

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("topics.csv")
ROWS = list(csv.DictReader(TABLE.open(newline="")))
EVERYBODY = "everybody"
# (our unit, the other one, who listens) → the key of the topic.
KEYS: dict[tuple[str, str], Callable[[Unit, Unit, Employee], object]] = {
    ("monitoring.machine", "of one's own division"): lambda own, other, person: own.machine.pk,
    ("monitoring.machine", "of another division"): lambda own, other, person: other.machine.pk,
    ("core.job", "asked for by oneself"): lambda own, other, person: Job.objects.get(requested_by=person).pk,
    ("core.job", "asked for by somebody else"): lambda own, other, person: other.job.pk,
    ("ppob.sales", "new ones"): lambda own, other, person: "new",
    ("notifications.person", "oneself"): lambda own, other, person: person.pk,
    ("notifications.person", "somebody else"): lambda own, other, person: other.employee.pk,
}
ODD_KEYS = ("", "x", "-1", "0", "99999999999999999999", "\x00", "٣", "1.5", "../1", "1 or 1", "*", "a" * 9000,
            "00000000-0000-4000-8000-00000000000g", "{00000000-0000-4000-8000-000000000000}")  # fmt: skip


@pytest.fixture
def units() -> tuple[Unit, Unit]:
    return Unit(), Unit()


def listeners(own: Unit) -> Iterator[tuple[str, Employee]]:
    """One person of each role, its scope our division; the machine PIC looks after our machine."""
    for role in ROLES:
        person = EmployeeFactory(branch_office=own.branch, division=own.division)
        if role != PLAIN:
            RoleGrantFactory(employee=person, role=role, division=own.division)
        if role == Role.MACHINE_PIC:
            own.machine.pics.add(person)
        job_of(person)
        yield role, Employee.objects.get(pk=person.pk)


def test_every_topic_has_its_lines_and_every_line_a_topic():
    assert {row["topic"] for row in ROWS} == set(authorisers)
    assert {(row["topic"], row["whose"]) for row in ROWS} == set(KEYS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['topic']} {row['whose']}")
def test_who_hears_what(units, row):
    own, other = units
    heard = set()
    for role, person in listeners(own):
        topic = f"{row['topic']}.{KEYS[row['topic'], row['whose']](own, other, person)}"
        if allowed_topics(person, [topic]) == {topic}:
            heard.add(role)

    named = set(row["heard_by"].split()) - {"none"}
    assert heard == (set(ROLES) if named == {EVERYBODY} else named)


@pytest.mark.parametrize("status", [EmployeeStatus.FROZEN, EmployeeStatus.RESIGNED, None])
def test_who_may_not_come_in_hears_nothing_of_machines(units, status):
    person = EmployeeFactory(roles=[Role.ADMINISTRATOR], status=status or EmployeeStatus.ACTIVE)
    who = Employee.objects.get(pk=person.pk) if status else AnonymousUser()

    assert allowed_topics(who, [f"monitoring.machine.{units[0].machine.pk}"]) == set()


@pytest.mark.parametrize("prefix", sorted({row["topic"] for row in ROWS}))
def test_odd_keys_are_nobodys_and_break_nothing(prefix):
    person = Employee.objects.get(pk=EmployeeFactory(roles=[Role.ADMINISTRATOR]).pk)

    assert allowed_topics(person, [f"{prefix}.{key}" for key in ODD_KEYS]) == set()


def test_what_nobody_authorises_is_silent():
    person = EmployeeFactory(roles=[Role.ADMINISTRATOR])
    topics = ["live.rights", "nobody.knows.1", "", ".", "monitoring.1", "monitoring.machine", "core.job.*"]

    assert allowed_topics(person, topics) == set()
