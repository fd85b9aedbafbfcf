"""User Login: who works in the back office. PPOB administrators give three roles, to others, with their PIN."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from core.models import AuditEntry
from organization.choices import EmployeeStatus, Role
from organization.exceptions import NotAboutYourself, OnlyForAdministrators
from organization.models import Employee, RoleGrant
from organization.tests.doors import PIN
from organization.tests.factories import EmployeeFactory, RoleGrantFactory
from ppob import services
from ppob.exceptions import AccountShut, LoginEnded, NoLoginRole
from ppob.tests.factories import make_login

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ADD = "/ppob/logins/add/"


@pytest.fixture
def boss(client):
    person = EmployeeFactory(roles=[Role.PPOB_ADMINISTRATOR], language="en", pin=PIN)
    client.force_login(person)
    return person


@pytest.fixture
def today():
    return timezone.localdate()


def roles_of(person):
    return Employee.objects.get(pk=person.pk).role_names


def form_of(person, today, **more):
    return {"nik": person.nik, "role": "ppob_staff", "from_on": today.isoformat(), "until_on": "", **more}


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_who_it_is_stands_there_before_anything_is_saved(client, boss, today):
    person = EmployeeFactory(name="Ratna Dewi")

    asked = client.post(ADD, form_of(person, today))
    page = asked.content.decode()

    assert asked.status_code == 200
    assert "Ratna Dewi" in page
    assert ">Yes</button>" in page
    assert not person.role_grants.exists()

    answer = client.post(ADD, form_of(person, today, confirmed=1))
    assert answer.status_code == 302
    assert roles_of(person) == {Role.PPOB_STAFF}
    assert told(answer) == ["Ratna Dewi is now PPOB staff."]
    assert AuditEntry.objects.get(act="role.granted", object_uuid=person.uuid).actor == boss


def test_back_from_the_question_keeps_what_was_typed(client, boss, today):
    person = EmployeeFactory()

    page = client.post(ADD, form_of(person, today, confirmed=1, back=1))

    assert f'value="{person.nik}"' in page.content.decode()
    assert not person.role_grants.exists()


FAULTS = {
    "nik": ["", "99999999", "abc", "\x00", "1" * 41, "٩٩٩٩٩٩"],
    "role": ["", "administrator", "manager", "\x00"],
    "from_on": ["", "2001-01-01", "9999-12-31", "2026-13-45", "x"],
    "until_on": ["2001-01-01", "9999-12-31", "x"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field in FAULTS for value in FAULTS[field]], ids=ascii
)
@pytest.mark.parametrize("confirmed", [{}, {"confirmed": 1}], ids=["asked", "confirmed"])
def test_nonsense_is_said_beside_its_field(client, boss, today, field, value, confirmed):
    answer = client.post(ADD, form_of(EmployeeFactory(), today) | {field: value} | confirmed)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert RoleGrant.objects.count() == 1


def test_the_last_day_is_not_before_the_first(client, boss, today):
    form = form_of(EmployeeFactory(), today + 5 * DAY, until_on=(today + DAY).isoformat())

    assert "until_on" in client.post(ADD, form).context["form"].errors


def test_a_session_left_open_lets_nobody_in(settings, boss, today):
    settings.FRESH_FACTOR_SECONDS = 300
    person, login = EmployeeFactory(), make_login()
    client = Client()
    client.force_login(boss)

    asked = client.post(ADD, form_of(person, today, confirmed=1))
    client.post(f"/ppob/logins/{login.pk}/delete/")
    client.post(f"/ppob/logins/{login.pk}/change/", {"role": "accountant", "until_on": ""})

    assert asked.templates[0].name == "organization/fresh_factor.html"
    assert not person.role_grants.exists()
    assert roles_of(login.employee) == {Role.PPOB_STAFF}

    assert client.post(ADD, form_of(person, today, confirmed=1, fresh_pin=PIN)).status_code == 302
    assert roles_of(person) == {Role.PPOB_STAFF}


def test_nobody_changes_their_own(client, boss, today):
    own = boss.role_grants.get()

    for url in (f"/ppob/logins/{own.pk}/change/", f"/ppob/logins/{own.pk}/delete/"):
        assert client.get(url).status_code == 403
        assert client.post(url, {"role": "ppob_staff", "until_on": ""}).status_code == 403
    answer = client.post(ADD, form_of(boss, today, role="accountant", confirmed=1))

    assert answer.context["form"].non_field_errors() == ["Somebody else has to do this for you."]
    assert roles_of(boss) == {Role.PPOB_ADMINISTRATOR}


def test_the_services_refuse_what_the_forms_do_not_offer(boss, today):
    person, manager = EmployeeFactory(), RoleGrantFactory(role=Role.MANAGER)
    for role in (Role.ADMINISTRATOR, Role.MANAGER, Role.AUDITOR):
        with pytest.raises(NoLoginRole):
            services.add_login(employee=person, role=role, from_on=today, actor=boss)
    with pytest.raises(NoLoginRole):
        services.end_login(login=manager, actor=boss)
    with pytest.raises(NoLoginRole):
        services.change_login(login=manager, role=Role.ACCOUNTANT, until_on=None, actor=boss)
    with pytest.raises(NotAboutYourself):
        services.end_login(login=boss.role_grants.get(), actor=boss)
    with pytest.raises(AccountShut):
        services.add_login(
            employee=EmployeeFactory(status=EmployeeStatus.FROZEN), role=Role.PPOB_STAFF, from_on=today, actor=boss
        )  # fmt: skip


@pytest.mark.parametrize("role", [Role.PPOB_STAFF, Role.ACCOUNTANT, Role.MANAGER])
def test_only_ppob_administrators_let_people_in(role, today):
    with pytest.raises(OnlyForAdministrators):
        services.add_login(
            employee=EmployeeFactory(), role=Role.PPOB_STAFF, from_on=today, actor=EmployeeFactory(roles=[role])
        )  # fmt: skip


def test_somebody_elses_role_is_not_there(client, boss):
    other = RoleGrantFactory(role=Role.MANAGER)

    for act in ("", "change/", "delete/"):
        assert client.get(f"/ppob/logins/{other.pk}/{act}").status_code == 404


def test_another_role_ends_the_old_one_and_begins_today(client, boss, today):
    login = make_login()

    answer = client.post(f"/ppob/logins/{login.pk}/change/", {"role": "accountant", "until_on": ""})

    assert told(answer) == ["Your changes are saved."]
    assert roles_of(login.employee) == {Role.ACCOUNTANT}
    login.refresh_from_db()
    assert login.days.upper == today
    assert login.employee.role_grants.get(group__name=Role.ACCOUNTANT).days.lower == today


def test_an_earlier_end_changes_the_same_grant(client, boss, today):
    login = make_login()
    until = today + 9 * DAY

    client.post(f"/ppob/logins/{login.pk}/change/", {"role": "ppob_staff", "until_on": until.isoformat()})

    assert login.employee.role_grants.get().days.upper == until + DAY


def test_a_later_end_is_a_new_grant_without_a_gap(boss, today):
    person = EmployeeFactory()
    login = services.add_login(
        employee=person, role=Role.PPOB_STAFF, from_on=today, until_on=today + DAY, actor=boss
    )

    services.change_login(login=login, role=Role.PPOB_STAFF, until_on=None, actor=boss)

    assert person.role_grants.get().days.upper is None
    assert roles_of(person) == {Role.PPOB_STAFF}


def test_saving_what_stands_there_says_that_nothing_changed(client, boss):
    login = make_login()

    answer = client.post(f"/ppob/logins/{login.pk}/change/", {"role": "ppob_staff", "until_on": ""})

    assert told(answer) == ["Nothing was changed."]
    assert not AuditEntry.objects.filter(object_uuid=login.employee.uuid).exists()


def test_deleting_ends_the_login_at_once_and_keeps_its_history(client, boss, today):
    login = make_login(Role.ACCOUNTANT)
    inside = Client()
    inside.force_login(login.employee)
    assert inside.get("/ppob/agents/").status_code == 200

    client.post(f"/ppob/logins/{login.pk}/delete/")

    assert inside.get("/ppob/agents/").status_code == 403
    login.refresh_from_db()
    assert login.days.upper == today
    assert AuditEntry.objects.get(act="role.ended", object_uuid=login.employee.uuid).actor == boss
    with pytest.raises(LoginEnded):
        services.end_login(login=login, actor=boss)
    with pytest.raises(LoginEnded):
        services.change_login(login=login, role=Role.PPOB_STAFF, until_on=None, actor=boss)
    page = client.get("/ppob/logins/", {"state": "ended"}).content.decode()
    assert login.employee.name in page
