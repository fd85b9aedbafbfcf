import pytest
from django.conf import settings as project_settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core.models import AuditEntry
from organization.choices import TimeZone
from organization.middleware import PersonMiddleware
from organization.services import freeze_employee, unfreeze_employee
from organization.tests.doors import PIN, is_in, log_in
from organization.tests.factories import BranchFactory, EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return Client()


def test_logging_out_clears_session_and_cookies_but_keeps_the_device(client):
    log_in(client, EmployeeFactory(pin=PIN).nik)
    client.cookies[project_settings.LANGUAGE_COOKIE_NAME] = "en"

    answer = client.post(reverse("login:logout"))

    assert answer.url == reverse("login:nik")
    assert not Session.objects.exists()
    kept = {name for name, cookie in client.cookies.items() if cookie.value}
    assert kept == {"device"}


def test_logging_out_is_a_post(client):
    log_in(client, EmployeeFactory(pin=PIN).nik)
    assert client.get(reverse("login:logout")).status_code == 405
    assert is_in(client)


def test_a_frozen_person_is_out_at_the_next_request_and_stays_out_when_unfrozen(client):
    person, boss = EmployeeFactory(pin=PIN), EmployeeFactory()
    used, unused = client, Client()
    log_in(used, person.nik)
    log_in(unused, person.nik)

    freeze_employee(employee=person, actor=boss)
    assert used.get("/").url.startswith(reverse("login:nik"))
    unfreeze_employee(employee=person, actor=boss)

    assert used.get("/").status_code == 302
    assert unused.get("/").status_code == 302
    log_in(used, person.nik)
    assert used.get("/").status_code == 200


def test_a_page_costs_one_query_for_the_session_and_one_for_the_person(client, django_assert_num_queries):
    log_in(client, EmployeeFactory(pin=PIN, in_store=True).nik)
    seen = []

    def page(request: HttpRequest):
        seen.append((timezone.get_current_timezone_name(), translation.get_language()))
        return HttpResponse()

    request = _request_of(client)
    with django_assert_num_queries(2):
        PersonMiddleware(page)(request)
    assert seen


@pytest.mark.parametrize("zone", TimeZone.values)
def test_times_are_in_the_persons_zone_and_only_for_the_request(client, zone):
    person = EmployeeFactory(branch_office=BranchFactory(time_zone=zone))
    client.force_login(person)
    seen = []

    PersonMiddleware(_page(lambda: seen.append(timezone.get_current_timezone_name())))(_request_of(client))

    assert seen == [zone]
    assert timezone.get_current_timezone_name() == project_settings.TIME_ZONE


@pytest.mark.parametrize(
    ("own", "chosen", "shown"),
    [("en", None, "en"), ("id", None, "id"), ("id", "en", "en"), ("en", "xx", "id")],
)
def test_the_language_is_the_one_chosen_here_else_the_persons(client, own, chosen, shown):
    client.force_login(EmployeeFactory(language=own))
    if chosen:
        client.cookies[project_settings.LANGUAGE_COOKIE_NAME] = chosen
    seen = []
    PersonMiddleware(_page(lambda: seen.append(translation.get_language())))(_request_of(client))
    assert seen == [shown]


def test_the_language_chosen_in_the_bar_is_the_persons_own(client):
    person = EmployeeFactory(language="id")
    client.force_login(person)
    for chosen, kept in (("en", "en"), ("en", "en"), ("xx", "en"), ("", "en"), ("id", "id")):
        assert client.post(reverse("set_language"), {"language": chosen}).status_code == 302
        person.refresh_from_db()
        assert person.language == kept
    told = AuditEntry.objects.filter(object_uuid=person.uuid, act="object.changed").order_by("at")
    assert [entry.changes["language"] for entry in told] == [["id", "en"], ["en", "id"]]


def test_a_strangers_choice_of_language_is_nobodys(client):
    assert client.post(reverse("set_language"), {"language": "en"}).status_code == 302
    assert client.cookies[project_settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert not AuditEntry.objects.exists()


def test_a_strangers_browser_in_english_meets_an_indonesian_door(client):
    page = client.get(reverse("login:nik"), HTTP_ACCEPT_LANGUAGE="en-US,en")
    assert '<html lang="id"' in page.content.decode()


def _page(look):
    """A view that looks around."""

    def page(request):
        look()
        return HttpResponse()

    return page


def _request_of(client):
    """A request with this browser's cookies, as the middleware before ours leaves it."""
    from django.contrib.auth.middleware import AuthenticationMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.COOKIES = {name: cookie.value for name, cookie in client.cookies.items()}
    SessionMiddleware(lambda r: None).process_request(request)
    AuthenticationMiddleware(lambda r: None).process_request(request)
    return request
