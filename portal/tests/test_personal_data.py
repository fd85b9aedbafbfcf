"""What is known of a person comes as one file; who left can be erased, and the trail stays whole."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from core import audit
from core.audit.verifying import verify
from core.models import AuditEntry, Job
from notifications.models import Notification
from organization.choices import EmployeeStatus, Role
from organization.exceptions import NotAboutYourself, NotResigned
from organization.models import Employee
from organization.personal import ERASED_NAME
from organization.services import erase_person, mark_resigned
from organization.tests.factories import EmployeeFactory, RoleGrantFactory

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
NIK = "2015008888"
SECRETS = ("Siti Rahayu", "siti@example.co.id", "081234567890", NIK)


@pytest.fixture
def person():
    made = EmployeeFactory(
        nik=NIK, name="Siti Rahayu", email="siti@example.co.id", phone="081234567890", pin="482913"
    )
    RoleGrantFactory(employee=made, role=Role.COORDINATOR)
    Notification.objects.create(person=made, kind="job.done", title="Unduhan selesai", key="1")
    Job.objects.create(kind="core.audit_check", requested_by=made, title="Siti Rahayu")
    return made


def told(*options):
    out = io.StringIO()
    call_command("person", "--nik", NIK, *options, stdout=out)
    return json.loads(out.getvalue())


def test_a_persons_data_is_one_object_without_any_hash(person):
    found = told()

    assert set(found) == {"account", "work", "notifications", "audit"}
    assert found["account"]["phone"] == "081234567890"
    assert found["account"]["roles"][0]["role"] == Role.COORDINATOR
    assert found["notifications"][0]["title"] == "Unduhan selesai"
    assert "argon2" not in json.dumps(found)
    assert AuditEntry.objects.get(object_uuid=person.uuid, act="audit.personal_shown").actor is None


def test_who_still_works_here_is_not_erased(person):
    with pytest.raises(NotResigned):
        erase_person(employee=person, reason="x", actor=None)
    with translation.override("en"), pytest.raises(CommandError, match="resigned"):
        told("--erase", "x")
    assert Employee.objects.filter(nik=NIK).exists()


def test_nobody_erases_themselves(person):
    with pytest.raises(NotAboutYourself):
        erase_person(employee=person, reason="x", actor=person)


def test_erased_nothing_personal_is_left_and_the_trail_is_whole(person):
    from django.db import transaction

    with transaction.atomic():
        audit.record(
            None, "object.changed", person, {"phone": ("0811", "081234567890"), "name": ("S", "Siti Rahayu")}
        )
    mark_resigned(employee=person, actor=None)

    answer = told("--erase", "The law asks for it")

    assert answer["audit_entries"] >= 1
    erased = Employee.objects.get(pk=person.pk)
    assert (erased.name, erased.email, erased.phone, erased.status) == (
        ERASED_NAME,
        "",
        "",
        EmployeeStatus.RESIGNED,
    )
    assert not Notification.objects.filter(person=erased).exists()
    assert Job.objects.get().title == ""
    everything = json.dumps(list(AuditEntry.objects.values("changes", "reason")), default=str)
    assert not [secret for secret in SECRETS if secret in everything]
    assert AuditEntry.objects.filter(act="account.erased", object_uuid=person.uuid).exists()
    assert verify().broken_at is None


def test_an_unknown_nik_is_one_line():
    with pytest.raises(CommandError, match="not registered"):
        call_command("person", "--nik", "99999")
