import pytest
from django.test import Client
from django.urls import reverse

from organization.choices import EmployeeStatus, Role
from organization.demo.cast import CAST_DOMAIN, ROLE_CARDS
from organization.tests.doors import is_in
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings):
    settings.DEMO, settings.PRODUCTION = True, False


def player(role, **more):
    nik = ROLE_CARDS[role]
    return EmployeeFactory(nik=nik, **{"email": f"{nik}@{CAST_DOMAIN}", "roles": [role], **more})


def click(client, role):
    return client.post(reverse("login:role-card"), {"role": role})


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("role", list(Role))
def test_one_click_and_one_is_in(role):
    person, client = player(role), Client()
    assert click(client, role).url == "/"
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.usefixtures("demo")
def test_the_login_page_has_a_card_for_each_role_whose_person_exists():
    player(Role.ACCOUNTANT, name="Lina Marlina")
    page = Client().get(reverse("login:nik")).content.decode()
    assert page.count('class="role-card"') == 1
    assert "Lina Marlina" in page


@pytest.mark.usefixtures("demo")
def test_changing_the_role_ends_the_session_before():
    client = Client()
    player(Role.ACCOUNTANT)
    auditor = player(Role.AUDITOR)
    click(client, Role.ACCOUNTANT)
    before = client.session.session_key
    click(client, Role.AUDITOR)
    assert client.session["_auth_user_id"] == str(auditor.pk)
    assert client.session.session_key != before


@pytest.mark.parametrize(("demo", "production"), [(False, False), (True, True), (False, True)])
def test_outside_the_demo_there_is_no_such_door(settings, demo, production):
    settings.DEMO, settings.PRODUCTION = demo, production
    player(Role.ACCOUNTANT)
    client = Client()
    assert click(client, Role.ACCOUNTANT).status_code == 404
    assert not is_in(client)
    assert "role-card" not in client.get(reverse("login:nik")).content.decode()


@pytest.mark.usefixtures("demo")
def test_nobody_but_the_cast_can_be_played():
    real = EmployeeFactory(nik=ROLE_CARDS[Role.ADMINISTRATOR], email="real.person@company.example")
    player(Role.AUDITOR, status=EmployeeStatus.FROZEN)
    client = Client()
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, real.nik, "", "nobody"):
        assert click(client, role).status_code == 404
    assert not is_in(client)


@pytest.mark.usefixtures("demo")
def test_a_card_is_a_post():
    assert Client().get(reverse("login:role-card")).status_code == 405


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("address", ["10.1.2.3", "2001:db8::1", "192.168.1.20"])
def test_from_another_machine_the_demo_asks_for_the_pin(address):
    player(Role.ACCOUNTANT)
    client = Client(REMOTE_ADDR=address)
    assert "role-card" not in client.get(reverse("login:nik")).content.decode()
    assert click(client, Role.ACCOUNTANT).status_code == 404
    assert not is_in(client)


@pytest.mark.usefixtures("demo")
def test_a_role_whose_application_is_to_come_is_told_so_and_led_on():
    for role, is_told in ((Role.REPORTER, True), (Role.ACCOUNTANT, False)):
        client = Client()
        player(role)
        click(client, role)
        page = client.get("/").content.decode()
        assert ("panel-role-to-come" in page) is is_told
        assert page.count(f'value="{Role.MONITORING_ADMIN.value}"') == 1 + is_told


def test_outside_the_demo_nobody_is_led_to_other_roles():
    client = Client()
    client.force_login(player(Role.ACCOUNTANT))
    assert "panel-role-to-come" not in client.get("/").content.decode()
