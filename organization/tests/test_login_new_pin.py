import pytest
from django.conf import settings as project_settings
from django.test import Client
from django.urls import reverse

from organization.pins import is_trivial, random_pin
from organization.services import reset_pin
from organization.tests.doors import PIN, WRONG, is_in, log_in
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db
NEW = "604827"


@pytest.fixture
def client():
    made = Client()
    made.cookies[project_settings.LANGUAGE_COOKIE_NAME] = "en"
    return made


@pytest.fixture
def person():
    return EmployeeFactory(pin=PIN, must_change_pin=True, nik="2015001234")


def choose(client, pin, repeated=None, **more):
    url = reverse("login:new-pin")
    return client.post(url, {"new_pin": pin, "repeated_pin": repeated or pin, **more})


def test_every_page_leads_to_the_new_pin_until_it_is_chosen(client, person):
    assert log_in(client, person.nik).url == reverse("login:new-pin")
    assert client.get("/?tab=2").url == reverse("login:new-pin") + "?next=/%3Ftab%3D2"
    assert client.get("/anywhere/at/all/").status_code == 302
    assert client.post("/").url == reverse("login:new-pin")

    assert choose(client, NEW).url == "/"

    assert client.get("/").status_code == 200
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert not person.must_change_pin


def test_the_page_asked_for_comes_after_the_new_pin(client, person):
    log_in(client, person.nik)
    url = reverse("login:new-pin") + "?next=/%3Ftab%3D2"
    assert client.post(url, {"new_pin": NEW, "repeated_pin": NEW}).url == "/?tab=2"


@pytest.mark.parametrize("pin", ["123456", "112233", "000000", "170845", "001234"])
def test_a_trivial_pin_is_refused(client, person, pin):
    log_in(client, person.nik)
    assert "This PIN is too easy to guess" in choose(client, pin).content.decode()
    person.refresh_from_db()
    assert person.must_change_pin


def test_the_old_pin_is_refused(client, person):
    log_in(client, person.nik)
    assert "The new PIN must differ from the old one." in choose(client, PIN).content.decode()


def test_two_different_pins_are_refused(client, person):
    log_in(client, person.nik)
    assert "The two PINs differ." in choose(client, NEW, "739105").content.decode()


def test_this_session_stays_and_all_others_end(client, person):
    elsewhere = Client()
    log_in(elsewhere, person.nik)
    log_in(client, person.nik)

    choose(client, NEW)

    assert client.get("/").status_code == 200
    assert elsewhere.get("/").url.startswith(reverse("login:nik"))


def test_by_own_choice_the_pin_of_now_is_asked_and_counted(client):
    person = EmployeeFactory(pin=PIN)
    log_in(client, person.nik)
    for _ in range(5):
        assert "Wrong PIN" in choose(client, NEW, current_pin=WRONG).content.decode()
    assert choose(client, NEW, current_pin=PIN).status_code == 429
    person.refresh_from_db()
    assert person.check_password(PIN)


def test_by_own_choice_with_the_pin_of_now_it_changes(client):
    person = EmployeeFactory(pin=PIN)
    log_in(client, person.nik)
    assert choose(client, NEW).status_code == 200
    assert choose(client, NEW, current_pin=PIN).status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_a_reset_ends_sessions_and_forces_a_new_pin(client):
    person = EmployeeFactory(pin=PIN)
    log_in(client, person.nik)

    pin = reset_pin(employee=person, actor=None)

    assert client.get("/").url.startswith(reverse("login:nik"))
    assert log_in(client, person.nik, pin).url == reverse("login:new-pin")
    assert is_in(client)


@pytest.mark.parametrize(
    "pin",
    [
        "000000",
        "777777",
        "123456",
        "654321",
        "890123",
        "210987",
        "135791",
        "246802",
        "112233",
        "445566",
        "121212",
        "123123",
        "373737",
        "383838",
        "111222",
        "123321",
        "482284",
        "170845",
        "081799",
        "991231",
        "199908",
        "081999",
        "122024",
        "201501",
        "151020",
    ],
)
def test_pins_that_people_try_first(pin):
    assert is_trivial(pin, "2015001234")


@pytest.mark.parametrize("pin", ["482913", "739105", "604827", "950372", "381640"])
def test_pins_that_are_good_enough(pin):
    assert not is_trivial(pin, "2015001234")


def test_nine_in_ten_pins_are_allowed():
    refused = sum(is_trivial(f"{n:06}", "2015001234") for n in range(0, 1_000_000, 7))
    assert refused < 1_000_000 / 7 / 10


def test_a_one_time_pin_is_never_trivial():
    assert not any(is_trivial(random_pin("2015001234"), "2015001234") for _ in range(300))
