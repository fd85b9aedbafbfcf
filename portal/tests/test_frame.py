"""The frame of every page: menu by role, scope in the header, strict CSP, errors that stay calm."""

import re

import pytest
from django.http import HttpRequest
from django.urls import reverse

from organization.choices import Role
from organization.models import Store
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory, StoreFactory
from portal.views import server_error

pytestmark = pytest.mark.django_db
PAGES = ["/", "/search/?q=toko", "/patterns/", "/directory/stores/", "/directory/employees/", "/nowhere/"]


@pytest.fixture
def administrator(client):
    person = EmployeeFactory(roles=[Role.ADMINISTRATOR], language="en")
    client.force_login(person)
    return person


def menu_of(page):
    return re.findall(r'class="menu-link" href="([^"]+)"', page.content.decode())


def test_the_menu_shows_what_the_roles_may_open(client, administrator):
    assert {reverse("organization:employee-list"), reverse("admin:index")} <= set(menu_of(client.get("/")))

    client.force_login(EmployeeFactory())
    assert set(menu_of(client.get("/"))) == {"/", reverse("jobs:list"), reverse("betaapp:feedback-list")}


def test_the_header_says_role_and_scope(client):
    branch = BranchFactory(name="DC Malang")
    person = EmployeeFactory(language="id")
    RoleGrantFactory(employee=person, role=Role.COORDINATOR, branch=branch)
    RoleGrantFactory(employee=person, role=Role.STORE_SUPPORT)
    client.force_login(person)

    page = client.get("/").content.decode()

    assert "DC Malang +1" in page
    assert person.nik in page
    assert person.name in page


def test_home_has_no_more_queries_than_a_list(client, administrator, django_assert_max_num_queries):
    client.get("/")
    with django_assert_max_num_queries(8):
        client.get("/")


def test_home_of_an_empty_portal_says_where_to_begin(client, administrator):
    page = client.get("/").content.decode()
    assert reverse("admin:organization_branch_import_table") in page

    StoreFactory()
    assert reverse("admin:organization_branch_import_table") not in client.get("/").content.decode()

    Store.objects.all().delete()
    client.force_login(EmployeeFactory(roles=[Role.AUDITOR]))
    assert "panel-first-steps" not in client.get("/").content.decode()


def test_home_of_a_person_without_roles_shows_the_own_place_of_work(client):
    person = EmployeeFactory(in_store=True, language="id")
    client.force_login(person)

    assert person.store.code in client.get("/").content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_carries_inline_script_or_style(client, administrator, path):
    response = client.get(path)
    html = response.content.decode()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", html)
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert html.count("<h1") == 1


def test_patterns_are_for_whoever_works_in_the_administration(client, administrator):
    assert client.get("/patterns/").status_code == 200

    client.force_login(EmployeeFactory(roles=[Role.STORE_SUPPORT]))
    assert client.get("/patterns/").status_code == 403


def test_a_form_with_errors_keeps_what_was_typed_and_sums_them_up(client, administrator):
    response = client.post("/patterns/", {"code": "T0012", "reason": "short", "kind": ""})
    html = response.content.decode()

    assert response.status_code == 422
    assert 'value="T0012"' in html
    assert "2 things need correcting" in html
    assert re.search(r'aria-describedby="id_reason_error"[^>]*id="id_reason"', html)


def test_the_error_page_of_a_fault_asks_no_database(django_assert_num_queries):
    request = HttpRequest()
    with django_assert_num_queries(0):
        response = server_error(request)

    assert response.status_code == 500
    assert b"<h1>" in response.content
    assert b"csrfmiddlewaretoken" not in response.content


def test_the_theme_of_the_cookie_is_there_before_any_script(client, administrator):
    client.cookies["theme"] = "dark"
    assert 'data-bs-theme="dark"' in client.get("/").content.decode()

    client.cookies["theme"] = '"><script>'
    assert 'data-theme-choice="auto"' in client.get("/").content.decode()
