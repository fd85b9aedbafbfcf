"""What every answer of production carries, whatever its status; the settings are read as production reads them."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from organization.choices import Role
from organization.tests.doors import PIN
from organization.tests.factories import EmployeeFactory
from portal.views import HomeView
from tests.access.addresses import every_address
from tests.access.matrix import turned
from tests.access.production import HOST, django_in_production, production_settings
from tests.access.world import PLAIN, World, undone

pytestmark = pytest.mark.django_db
YEAR = 31_536_000
# To everybody the same: a balancer's questions, the files of /static/, and the words of the scripts.
PUBLIC = re.compile(r"/(health|static)/")


@pytest.fixture
def world(settings) -> World:
    """Clients whose middleware was made under production's settings."""
    for name, value in production_settings().items():
        setattr(settings, name, value)
    return World()


def ask(client: Client, method: str, url: str, **extra: Any) -> Any:
    request: dict[str, Any] = {"secure": True, "HTTP_HOST": HOST} | extra
    with undone():
        return client.generic(method, url, **request)


def faults(response: Any, url: str, *, is_in: bool) -> list[str]:
    """Which of the headers are missing or wrong."""
    headers = response.headers
    directives = re.findall(r"max-age=(\d+); includeSubDomains", headers.get("Strict-Transport-Security", ""))
    policy = headers.get("Content-Security-Policy", "")
    inside = url.startswith("/admin/")
    checks = {
        "HSTS": bool(directives) and int(directives[0]) >= YEAR,
        "nosniff": headers.get("X-Content-Type-Options") == "nosniff",
        "frame": headers.get("X-Frame-Options") == "DENY",
        "referrer": headers.get("Referrer-Policy") == "same-origin",
        "opener": headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "CSP": "default-src 'none'" in policy
        and "frame-ancestors 'none'" in policy
        and "base-uri 'none'" in policy,
        "CSP sources": not re.search(r"\*|https?:|script-src[^;]*data:", policy),
        "CSP unsafe": _unsafe(policy) <= (ADMIN_ALONE if inside else set()),
        "no-store": not is_in or bool(PUBLIC.match(url)) or "no-store" in headers.get("Cache-Control", ""),
        "server": not {"Server", "X-Powered-By"} & set(headers),
    }
    told = [f"{name} ({url}, {response.status_code})" for name, well in checks.items() if not well]
    return told + [f"{fault} ({url})" for fault in cookie_faults(response)]


# Unfold evaluates attributes by Alpine and moves parts by style attributes.
ADMIN_ALONE = {("script-src", "'unsafe-eval'"), ("style-src-attr", "'unsafe-inline'")}


def _unsafe(policy: str) -> set[tuple[str, str]]:
    found = set()
    for directive in policy.split(";"):
        name, *sources = directive.split()
        found |= {(name, source) for source in sources if "unsafe" in source}
    return found


def cookie_faults(response: Any) -> list[str]:
    told = []
    for name, cookie in response.cookies.items():
        if cookie["max-age"] == 0:
            continue  # taken away
        if not (cookie["secure"] and cookie["httponly"] and cookie["samesite"] in ("Lax", "Strict")):
            told.append(f"cookie {name} without a flag")
        if cookie["domain"]:
            told.append(f"cookie {name} for a whole domain")
        # They open sessions; a page of another host below ours shall not be able to set one.
        if name.endswith(("session", "csrf", "device")) and not (
            name.startswith("__Host-") and cookie["path"] == "/"
        ):
            told.append(f"cookie {name} without __Host-")
    return told


def test_every_answer_of_every_address_carries_them(world):
    """Each address asked by each of three people and by each of three methods; who uses which method turns."""
    told, statuses = [], set()
    for address in every_address():
        methods = turned(("GET", "POST", "PUT"), address.name)
        for who, method in zip(("anonymous", PLAIN, Role.ADMINISTRATOR), methods, strict=True):
            url = world.url(address, who)
            world.restore(who)
            response = ask(world.clients[who], method, url)
            statuses.add(response.status_code)
            told += faults(response, url, is_in=who != "anonymous")

    assert not told, "\n".join(told[:40])
    assert {200, 302, 403, 404, 405} <= statuses


def test_pages_of_errors_and_files_carry_them(world, monkeypatch):
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError

    person = world.clients[Role.ADMINISTRATOR]
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answers = {
        "/static/js/theme.js": (200, ask(person, "GET", "/static/js/theme.js")),
        "/no/such/page/": (404, ask(person, "GET", "/no/such/page/")),
        "/login/": (403, ask(strict, "POST", "/login/")),
        "/directory/stores/": (
            200,
            ask(person, "POST", "/directory/stores/", data=b"format=csv", content_type=FORM),
        ),
    }
    monkeypatch.setattr(HomeView, "get_context_data", broken)
    answers["/"] = (500, ask(person, "GET", "/"))
    told = []
    for url, (status, response) in answers.items():
        told += faults(response, url, is_in=status != 403)
        assert response.status_code == status, url

    assert not told


FORM = "application/x-www-form-urlencoded"


def test_a_download_is_never_shown_as_a_page(world):
    response = ask(
        world.clients[Role.ADMINISTRATOR], "POST", "/directory/stores/", data=b"format=csv", content_type=FORM
    )

    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]


def test_the_cookies_of_a_login_are_the_browsers_and_the_hosts_alone(world):
    person, client = EmployeeFactory(pin=PIN), Client(raise_request_exception=False)
    first = client.post(reverse("login:nik"), {"nik": person.nik}, secure=True, HTTP_HOST=HOST)
    last = client.post(reverse("login:pin"), {"pin": PIN}, secure=True, HTTP_HOST=HOST)
    language = client.post(reverse("set_language"), {"language": "en"}, secure=True, HTTP_HOST=HOST)

    assert last.status_code == 302
    assert any("session" in name for name in last.cookies)
    assert [fault for response in (first, last, language) for fault in cookie_faults(response)] == []


def test_plain_http_leads_to_https_and_a_strange_host_nowhere(world):
    plain = Client().get("/login/", HTTP_HOST=HOST)
    strange = ask(Client(raise_request_exception=False), "GET", "/login/", HTTP_HOST="evil.example")

    assert (plain.status_code, plain["Location"]) == (301, f"https://{HOST}/login/")
    assert strange.status_code == 400
    assert "evil.example" not in strange.content.decode()


def test_a_form_without_the_token_does_nothing_anywhere(world):
    """Every address by POST and by another method that may change something: 403, or a refusal that comes before it."""
    told = []
    for address in every_address():
        strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
        world.restore(Role.ADMINISTRATOR)
        strict.cookies = world.clients[Role.ADMINISTRATOR].cookies
        url = world.url(address, Role.ADMINISTRATOR)
        for method in ("POST", turned(("PUT", "PATCH", "DELETE"), address.name)[0]):
            status = ask(strict, method, url, HTTP_REFERER=f"https://{HOST}/").status_code
            # What is signed by a program knows no session, and so no forged form either.
            signed = status == 401 and address.name.startswith(("api:ppob-", "api:beta-"))
            if status != 403 and not signed and not (status == 405 and address.name.startswith("health")):
                told.append(f"{method} {address.name}: {status}")

    assert not told, "\n".join(told)


def test_a_form_from_another_site_does_nothing(world):
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.cookies = world.clients[Role.ADMINISTRATOR].cookies
    page = ask(strict, "GET", "/patterns/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token
    body = f"csrfmiddlewaretoken={token[1]}".encode()

    own = ask(
        strict, "POST", reverse("login:logout"), data=body, content_type=FORM, HTTP_ORIGIN=f"https://{HOST}"
    )
    evil = ask(
        strict,
        "POST",
        reverse("login:logout"),
        data=body,
        content_type=FORM,
        HTTP_ORIGIN="https://evil.example",
    )

    assert own.status_code == 302
    assert evil.status_code == 403


def test_production_with_the_demo_does_not_start():
    done = django_in_production("-c", "from django.conf import settings; settings.DEBUG", GERAI_DEMO="1")

    assert done.returncode != 0
    assert "exclude each other" in done.stderr


@pytest.mark.parametrize(
    "missing", ["SECRET_KEY", "GERAI_PIN_PEPPER", "GERAI_FIELD_KEYS", "GERAI_AUDIT_KEYS"]
)
def test_production_without_a_secret_does_not_start(missing):
    """An empty variable would be read; the name is taken away."""
    code = f"import os; os.environ.pop({missing!r}); from django.conf import settings; settings.DEBUG"

    done = django_in_production("-c", code)

    assert done.returncode != 0
    assert missing in done.stderr


def test_the_deploy_check_is_clean():
    done = django_in_production("-m", "django", "check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr


def test_the_role_cards_door_is_shut_in_production_even_if_somebody_turns_the_demo_on(world, settings):
    settings.DEMO = True

    door = ask(Client(), "POST", reverse("login:role-card"), data=b"role=administrator", content_type=FORM)
    page = ask(Client(), "GET", reverse("login:nik"))

    assert door.status_code == 404
    assert reverse("login:role-card") not in page.content.decode()
