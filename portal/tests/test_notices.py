"""Who is told what, from the service or the poll that does it to the row in the inbox."""

from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone, translation

from core import outbox
from core.jobs.ending import end
from core.models import Job, OutboxMessage
from core.models.jobs import JobState
from monitoring.choices import Status
from monitoring.models import MachineState
from monitoring.notices import SILENCE, STATUS_CHANGED
from monitoring.polling.record import _show
from monitoring.polling.silence import grey_silent_machines
from monitoring.polling.status import Verdict
from monitoring.tests.factories import NOON, MachineFactory, MachineStateFactory
from notifications.models import Notification
from organization.choices import EmployeeStatus, Role
from organization.services import (
    end_role_grant,
    freeze_employee,
    grant_role,
    reset_pin,
    unfreeze_employee,
    unlock_login,
)
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def administrator():
    return EmployeeFactory(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def budi():
    return EmployeeFactory(email="budi@example.com")


def told(person):
    with translation.override("en"):
        return [(note.kind, note.text) for note in Notification.objects.filter(person=person).order_by("id")]


def test_a_reset_pin_is_told_to_its_person_and_always_mailed(budi, administrator):
    reset_pin(employee=budi, actor=administrator)

    ((kind, text),) = told(budi)
    assert kind == "account.pin_reset"
    assert "PIN was reset" in text
    assert OutboxMessage.objects.filter(kind="notifications.mail").count() == 1


def test_an_opened_login_or_account_is_told(budi, administrator):
    unlock_login(employee=budi, actor=administrator)
    freeze_employee(employee=budi, actor=administrator)
    unfreeze_employee(employee=budi, actor=administrator)

    assert [text for _kind, text in told(budi)] == [
        "Your login was unlocked.",
        "Your account was opened again.",
    ]


def test_a_role_given_and_ended_is_told_in_the_readers_words(budi, administrator):
    grant = grant_role(employee=budi, role=Role.STORE_SUPPORT, from_on=date(2026, 1, 1), actor=administrator)
    end_role_grant(grant=grant, last_on=date(2026, 12, 31), actor=administrator)

    assert told(budi) == [
        ("account.role_granted", "You were given the role Store support."),
        ("account.role_ended", "Your role Store support ends; its last day is 31 Dec 2026."),
    ]
    with translation.override("id"):
        assert "Anda" in Notification.objects.filter(person=budi).earliest("id").text


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (JobState.DONE, [("jobs.done", "Done: Stores of Java")]),
        (JobState.FAILED, [("jobs.failed", "Failed: Stores of Java")]),
        (JobState.CANCELLED, []),
    ],
)
def test_the_end_of_a_job_is_told_with_it(budi, state, expected):
    job = Job.objects.create(kind="core.export", title="Stores of Java", requested_by=budi)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        end(Job.objects.get(pk=job.pk), state)
        raise ZeroDivisionError
    assert told(budi) == []

    with transaction.atomic():
        end(Job.objects.get(pk=job.pk), state)
    assert told(budi) == expected
    assert all(str(job.pk) in note.url for note in Notification.objects.all())


def show(state, status, reasons=()):
    with transaction.atomic():
        _show(state, Verdict(status, list(reasons)), timezone.now())


def test_a_machine_that_turns_red_is_told_to_its_pics_who_hold_the_role(budi):
    pic = EmployeeFactory(roles=[Role.MACHINE_PIC])
    state = MachineStateFactory(machine=MachineFactory(name="DB-01", pics=[pic, budi]))
    high = {"metric": "mem_pct", "value": 97, "limit": 95}
    show(state, Status.WARNING, [{"metric": "cpu", "value": 85, "limit": 80}])
    show(state, Status.DANGER, [{"metric": "cpu", "value": 85, "limit": 80}, high])

    assert OutboxMessage.objects.filter(kind=STATUS_CHANGED).count() == 1
    outbox.drain("default")
    assert told(pic) == [("monitoring.danger", "DB-01 is in danger: Memory.")]
    assert told(budi) == []
    assert Notification.objects.get(person=pic).url == f"/monitoring/machines/{state.machine_id}/"


def test_a_machine_that_does_not_answer_is_told(budi):
    pic = EmployeeFactory(roles=[Role.MACHINE_PIC])
    show(MachineStateFactory(machine=MachineFactory(name="DB-01", pics=[pic])), Status.NO_DATA)
    outbox.drain("default")

    assert told(pic) == [("monitoring.unreachable", "DB-01 does not answer.")]


def test_a_silent_poller_is_one_trouble_for_those_who_run_the_monitoring():
    pic, admin = EmployeeFactory(roles=[Role.MACHINE_PIC]), EmployeeFactory(roles=[Role.MONITORING_ADMIN])
    for _ in range(3):
        MachineStateFactory(machine=MachineFactory(pics=[pic]), sampled_at=NOON)
    assert MachineState.objects.count() == grey_silent_machines() == 3
    outbox.drain("default")

    assert OutboxMessage.objects.filter(kind=SILENCE).count() == 1
    assert told(pic) == []
    assert told(admin) == [("monitoring.silent", "The polling stands still; machines without news: 3.")]


def test_what_was_given_up_is_told_to_administrators_once_an_hour(administrator):
    left = EmployeeFactory(roles=[Role.ADMINISTRATOR], status=EmployeeStatus.FROZEN)

    @outbox.handler("test.impossible")
    def fail(message):
        raise outbox.GiveUp("no")

    with transaction.atomic():
        for key in "abc":
            outbox.enqueue("test.impossible", key=key)
    outbox.drain("default")

    ((kind, text),) = told(administrator)
    assert kind == "operation.dead"
    assert "test.impossible" in text
    assert told(left) == []
