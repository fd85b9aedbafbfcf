import pytest
from django.conf import settings as project_settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from organization.choices import EmployeeStatus
from organization.login import counters
from organization.models import LoginCounter
from organization.tests.doors import PIN, WRONG, is_in, log_in, type_nik, type_pin
from organization.tests.factories import EmployeeFactory, StoreFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    made = Client()
    made.cookies[project_settings.LANGUAGE_COOKIE_NAME] = "en"
    return made


def test_a_registered_nik_shows_name_and_place(client):
    store = StoreFactory(code="T012", name="Toko Kemang")
    person = EmployeeFactory(name="Budi Santoso", store=store, branch_office=None)

    answer = type_nik(client, person.nik)
    page = client.get(answer.url).content.decode()

    assert "Budi Santoso" in page
    assert "T012 Toko Kemang" in page


def test_the_nik_stands_in_no_address(client):
    person = EmployeeFactory()
    assert person.nik not in type_nik(client, person.nik).url


def test_spaces_and_dots_are_forgiven(client):
    person = EmployeeFactory(nik="2015001234")
    assert type_nik(client, " 2015.001 234 ").status_code == 302
    assert person.nik in client.get(reverse("login:pin")).content.decode()


@pytest.mark.parametrize("nik", ["99999999", "12", "abcdef", "٢٠١٥٠٠١٢٣٤", "1" * 30, "2015'--"])
def test_an_unknown_nik_is_told_so(client, nik):
    assert "This NIK is not registered!" in type_nik(client, nik).content.decode()


@pytest.mark.parametrize("status", [EmployeeStatus.FROZEN, EmployeeStatus.RESIGNED])
def test_a_disabled_account_is_told_so(client, status):
    person = EmployeeFactory(status=status)
    answer = type_nik(client, person.nik)
    assert "Sorry, this account was disabled by the admin!" in answer.content.decode()


def test_masked_shows_enough_for_oneself_only(client, settings):
    settings.LOGIN_SHOWS_PERSON = "masked"
    store = StoreFactory(code="T012", name="Toko Kemang")
    person = EmployeeFactory(name="Budi Santoso", store=store, branch_office=None)

    type_nik(client, person.nik)
    page = client.get(reverse("login:pin")).content.decode()

    assert "B*** S***" in page
    assert "Budi" not in page
    assert "T012 Toko Kemang" in page


def test_hidden_makes_known_unknown_and_frozen_look_the_same(client, settings):
    settings.LOGIN_SHOWS_PERSON = "hidden"
    known, frozen = EmployeeFactory(pin=PIN), EmployeeFactory(pin=PIN, status=EmployeeStatus.FROZEN)
    pages = []
    for nik in (known.nik, frozen.nik, "8888888888"):
        assert type_nik(client, nik).status_code == 302
        page = client.get(reverse("login:pin"))
        answers = [type_pin(client, WRONG) for _ in range(6)]
        pages.append(
            [(one.status_code, _without_what_differs(one.content.decode(), nik)) for one in (page, *answers)]
        )
    assert pages[0] == pages[1] == pages[2]


def _without_what_differs(page, nik):
    """The NIK that was typed, its colour, the CSRF token and the minute."""
    import re

    page = page.replace(nik, "NIK")
    return re.sub(r'face-\d|value="[A-Za-z0-9]{64}"|"X-CSRFToken": "\w+"|\d\d\.\d\d WIB', "", page)


def test_hidden_says_disabled_only_to_the_right_pin(client, settings):
    settings.LOGIN_SHOWS_PERSON = "hidden"
    frozen = EmployeeFactory(pin=PIN, status=EmployeeStatus.FROZEN)
    assert "disabled by the admin" in log_in(client, frozen.nik).content.decode()
    assert not is_in(client)


def test_look_ups_are_throttled_by_address(client, monkeypatch):
    few = counters.Budget("look-up", 3, counters.LOOK_UPS_OF_AN_ADDRESS.window)
    monkeypatch.setattr(counters, "LOOK_UPS_OF_AN_ADDRESS", few)
    person = EmployeeFactory()
    for _ in range(3):
        type_nik(client, "99999999")

    refused = type_nik(client, person.nik)

    assert refused.status_code == 429
    assert "Too many tries from this network" in refused.content.decode()
    assert person.name not in refused.content.decode()
    assert type_nik(client, person.nik, REMOTE_ADDR="10.1.2.3").status_code == 302


def test_a_login_gives_its_look_up_back_so_that_an_office_behind_one_address_gets_in(monkeypatch):
    few = counters.Budget("look-up", 3, counters.LOOK_UPS_OF_AN_ADDRESS.window)
    monkeypatch.setattr(counters, "LOOK_UPS_OF_AN_ADDRESS", few)
    for _ in range(6):
        browser = Client()
        log_in(browser, EmployeeFactory(pin=PIN).nik)
        assert is_in(browser)


def test_the_own_device_may_ask_when_strangers_used_the_address_up(monkeypatch):
    few = counters.Budget("look-up", 2, counters.LOOK_UPS_OF_AN_ADDRESS.window)
    monkeypatch.setattr(counters, "LOOK_UPS_OF_AN_ADDRESS", few)
    person, own = EmployeeFactory(pin=PIN), Client()
    log_in(own, person.nik)
    own.post(reverse("login:logout"))
    for _ in range(4):
        type_nik(Client(), "99999999")

    log_in(own, person.nik)

    assert is_in(own)


@pytest.mark.django_db(transaction=True)
def test_a_look_up_that_fails_says_so_and_is_no_500(client):
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 200")
    locker = connection.copy()
    with locker.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE organization_logincounter IN ACCESS EXCLUSIVE MODE")
    try:
        answer = type_nik(client, "2015001234")
    finally:
        locker.close()
    assert answer.status_code == 503
    assert "Could not get the user&#x27;s data!" in answer.content.decode()


def test_the_counters_table_is_no_list_of_people_or_addresses(client):
    person = EmployeeFactory(pin=PIN)
    type_nik(client, person.nik, REMOTE_ADDR="10.77.66.55")
    type_pin(client, WRONG, REMOTE_ADDR="10.77.66.55")
    keys = list(LoginCounter.objects.values_list("key", flat=True))
    assert len(keys) == 3
    assert all(len(key) == 64 and person.nik not in key and "10.77" not in key for key in keys)


def test_the_page_is_never_cached(client):
    assert "no-store" in client.get(reverse("login:nik"))["Cache-Control"]
