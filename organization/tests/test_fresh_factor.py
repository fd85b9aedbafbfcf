"""What opens accounts asks for the PIN once more, keeps what was typed, and does the act once."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as project_settings
from django.test import Client
from django.utils import timezone

from core.models import AuditEntry
from organization.choices import Role
from organization.models import RoleGrant
from organization.tests.doors import PIN, WRONG, log_in
from organization.tests.factories import EmployeeFactory
from organization.tests.fakes import CountingHasher

pytestmark = pytest.mark.django_db
ASKS = "Type your PIN once more"


@pytest.fixture(autouse=True)
def _asked(settings, _nobody_has_a_pin):
    settings.FRESH_FACTOR_SECONDS = 300


@pytest.fixture
def administrator():
    return EmployeeFactory(roles=[Role.ADMINISTRATOR], pin=PIN)


@pytest.fixture
def client(administrator):
    """A session that was opened some other way than by the PIN just now."""
    made = Client()
    made.force_login(administrator)
    made.cookies[project_settings.LANGUAGE_COOKIE_NAME] = "en"
    return made


@pytest.fixture
def person():
    return EmployeeFactory(pin=PIN)


def reset(client, person, **more):
    return client.post(f"/admin/organization/employee/{person.pk}/reset-pin/", {"confirmed": 1, **more})


def has_old_pin(person):
    person.refresh_from_db()
    return person.check_password(PIN)


def test_a_session_left_open_resets_no_pin(client, person):
    page = reset(client, person)

    assert ASKS in page.content.decode()
    assert has_old_pin(person)


def test_the_right_pin_lets_the_act_go_on_and_the_next_one_too(client, person):
    assert reset(client, person, fresh_pin=PIN).status_code == 302
    assert not has_old_pin(person)
    assert AuditEntry.objects.filter(act="login.pin_confirmed").count() == 1

    other = EmployeeFactory(pin=PIN)
    assert reset(client, other).status_code == 302
    assert not has_old_pin(other)


def test_a_wrong_pin_does_nothing_and_says_so(client, person):
    page = reset(client, person, fresh_pin=WRONG).content.decode()

    assert "Wrong PIN, please try again" in page
    assert 'name="confirmed"' in page
    assert has_old_pin(person)
    assert WRONG not in page


@pytest.mark.parametrize("nonsense", ["", "12", "abcdef", "4829130", "'; --"])
def test_what_is_no_pin_is_not_even_tried(client, person, nonsense):
    CountingHasher.hashes = 0
    assert ASKS in reset(client, person, fresh_pin=nonsense).content.decode()
    assert CountingHasher.hashes == 0
    assert has_old_pin(person)


def test_the_sixth_wrong_pin_is_not_hashed_and_the_right_one_waits(client, person):
    for _ in range(5):
        page = reset(client, person, fresh_pin=WRONG)
    assert "Locked until" in page.content.decode()
    CountingHasher.hashes = 0

    assert "Locked until" in reset(client, person, fresh_pin=PIN).content.decode()
    assert CountingHasher.hashes == 0
    assert has_old_pin(person)


def test_a_login_by_pin_is_fresh_for_five_minutes(administrator, person):
    client = Client()
    log_in(client, administrator.nik)
    assert reset(client, person).status_code == 302

    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert reset(client, EmployeeFactory(pin=PIN)).status_code == 200


def test_fresh_in_one_session_is_not_fresh_in_another(client, administrator, person):
    reset(client, EmployeeFactory(pin=PIN), fresh_pin=PIN)
    other = Client()
    other.force_login(administrator)

    reset(other, person)

    assert has_old_pin(person)


def test_what_was_typed_is_kept_and_posted_again(client, person):
    form = {
        "employee": person.pk,
        "group": RoleGrant._meta.get_field("group").related_model.objects.get(name=Role.COORDINATOR).pk,
        "scope": "national",
        "days_from": "2026-01-01",
        "days_until": "",
    }
    page = client.post("/admin/organization/rolegrant/add/", form).content.decode()
    assert ASKS in page
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    assert {name: str(value) for name, value in form.items()} == {name: kept[name] for name in form}
    assert not RoleGrant.objects.filter(employee=person).exists()

    client.post("/admin/organization/rolegrant/add/", kept | {"fresh_pin": PIN})

    assert RoleGrant.objects.filter(employee=person).count() == 1


def test_whoever_may_not_do_it_is_not_asked_for_the_pin(person):
    client = Client()
    client.force_login(EmployeeFactory(roles=[Role.MANAGER]))
    assert client.post("/admin/organization/rolegrant/add/", {}).status_code == 403


def test_the_session_gets_another_key(client, person):
    before = client.session.session_key
    reset(client, person, fresh_pin=PIN)
    assert client.session.session_key != before


def test_somebody_elses_pin_is_wrong(client, person):
    person.set_password("604827")
    person.save()
    reset(client, EmployeeFactory(pin=PIN), fresh_pin="604827")
    assert not AuditEntry.objects.filter(act="login.pin_confirmed").exists()
