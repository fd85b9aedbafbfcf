import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from organization.choices import BranchKind, Role
from organization.login.exceptions import LinkSpent
from organization.login.first_admin import make_link, spend_link
from organization.models import Branch, Employee, FirstAdminLink
from organization.tests.doors import is_in
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db
NIK, PIN = "2015001234", "604827"


def made_link(*options):
    out = StringIO()
    call_command("first_admin", "--nik", NIK, "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def path_of(answer):
    return answer["link"].partition("8000")[2]


def open_link(answer, pin=PIN, client=None):
    return (client or Client()).post(path_of(answer), {"new_pin": pin, "repeated_pin": pin})


def test_on_an_empty_database_it_makes_office_person_role_and_link():
    answer = made_link("--name", "Sri Wahyuni", "--base-url", "https://gerai.example:8000/")

    person = Employee.objects.get(nik=NIK)
    assert answer["link"].startswith("https://gerai.example:8000/login/first-admin/")
    assert person.name == "Sri Wahyuni"
    assert person.branch_office.kind == BranchKind.HEAD_OFFICE
    assert person.role_names == {Role.ADMINISTRATOR}
    assert not person.has_usable_password()


def test_the_link_sets_the_pin_and_lets_in_once():
    answer, client = made_link(), Client()
    assert client.get(path_of(answer)).status_code == 200

    assert open_link(answer, client=client).url == "/"

    assert is_in(client)
    assert client.get("/").status_code == 200
    assert Client().get(path_of(answer)).status_code == 410
    assert open_link(answer, "739105").status_code == 410
    assert Employee.objects.get(nik=NIK).check_password(PIN)


def test_a_trivial_pin_does_not_use_the_link_up():
    answer = made_link()
    assert open_link(answer, "123456").status_code == 200
    assert open_link(answer).status_code == 302


def test_the_link_ends_after_a_day():
    answer = made_link()
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        assert Client().get(path_of(answer)).status_code == 410
        assert open_link(answer).status_code == 410


def test_another_link_ends_the_first():
    first, second = made_link(), made_link()
    assert open_link(first).status_code == 410
    assert open_link(second).status_code == 302


def test_no_link_once_an_administrator_has_logged_in():
    open_link(made_link())
    with pytest.raises(CommandError):
        made_link()
    assert Employee.objects.count() == 1


def test_an_administrator_who_never_logged_in_does_not_close_the_door():
    EmployeeFactory(roles=[Role.ADMINISTRATOR])
    assert open_link(made_link()).status_code == 302


def test_the_head_office_that_exists_is_taken():
    EmployeeFactory(branch_office__kind=BranchKind.HEAD_OFFICE)
    made_link()
    assert Branch.objects.count() == 1


@pytest.mark.parametrize("nik", ["12", "abc", "1' OR 1=1"])
def test_what_is_no_nik_is_refused_in_one_line(nik):
    with pytest.raises(CommandError):
        call_command("first_admin", "--nik", nik)


def test_the_token_is_not_in_the_database():
    token = path_of(made_link()).rstrip("/").rpartition("/")[2]
    assert token not in FirstAdminLink.objects.get().token_digest


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_uses_the_link():
    link = make_link(nik=NIK, name="Sri Wahyuni")

    def use(n):
        try:
            return spend_link(token=link.token, pin=f"60482{n}")
        except Exception as refusal:  # noqa: BLE001  LinkSpent or, a moment later, AdministratorExists
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(use, range(1, 9)))

    assert sum(isinstance(result, Employee) for result in results) == 1
    with pytest.raises(LinkSpent):
        spend_link(token=link.token, pin=PIN)


@pytest.mark.django_db(transaction=True)
def test_of_eight_links_made_at_once_one_is_open():
    def make(_n):
        try:
            return make_link(nik=NIK, name="Sri Wahyuni")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(8)))

    assert Employee.objects.count() == 1
    assert FirstAdminLink.objects.filter(used_at=None).count() == 1
