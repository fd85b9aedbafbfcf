import pytest
from django.test import Client
from django.urls import reverse

from organization.tests.doors import PIN, log_in, type_nik
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db


def land(next_url):
    person, client = EmployeeFactory(pin=PIN), Client()
    query = {"QUERY_STRING": ""}
    answer = client.post(reverse("login:nik"), {"nik": person.nik, "next": next_url})
    return client.post(answer.url, {"pin": PIN}, **({} if "?" in answer.url else query)).url


def test_the_page_asked_for_comes_first():
    assert land("/directory/stores/?q=kemang&page=2") == "/directory/stores/?q=kemang&page=2"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "http://testserver.evil.example/",
        "///evil.example",
        " https://evil.example",
        "directory/",
        "//[evil",
        "http://[",
    ],
)
def test_an_address_that_is_not_ours_is_forgotten(url):
    assert Client().get(reverse("login:nik"), {"next": url}).status_code == 200
    assert land(url) == "/"


@pytest.mark.parametrize("name", ["login:nik", "login:pin", "login:logout"])
def test_the_door_itself_is_no_place_to_go(name):
    assert land(reverse(name)) == "/"


def test_an_anonymous_visit_remembers_the_page():
    answer = Client().get("/?tab=2")
    assert answer.url == "/login/?next=/%3Ftab%3D2"


def test_who_is_in_already_goes_on():
    client = Client()
    client.force_login(EmployeeFactory())
    assert client.get(reverse("login:nik") + "?next=/x/").url == "/x/"
    assert client.get(reverse("login:pin")).url == "/"
    assert type_nik(client, "123456").url == "/"


def test_the_whole_door_refuses_a_forged_form():
    client = Client(enforce_csrf_checks=True)
    person = EmployeeFactory(pin=PIN)
    assert log_in(client, person.nik).status_code == 403
    for name in ("login:nik", "login:new-pin", "login:role-card", "login:logout"):
        assert client.post(reverse(name)).status_code == 403
