"""The door, as somebody meets it who does not get in at once. The messages are fixed, word for word."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from organization.choices import Role
from tests.e2e.people import make_person

FAILED_LOOK_UP = """
from django.db import connections
with connections["owner"].cursor() as cursor:
    cursor.execute("{} SELECT ON organization_employee {} gerai_app")
"""


@pytest.fixture
def door(screen):
    made = screen("phone")
    made.open("/login/")
    return made


def type_nik(door, nik: str) -> None:
    door.page.get_by_label("NIK").fill(nik)
    door.page.get_by_label("NIK").press("Enter")


def type_pin(door, pin: str) -> None:
    door.page.get_by_label("PIN", exact=True).fill(pin)
    door.page.get_by_label("PIN", exact=True).press("Enter")


@contextmanager
def a_database_that_refuses(portal):
    portal.python(FAILED_LOOK_UP.format("REVOKE", "FROM"))
    try:
        yield
    finally:
        portal.python(FAILED_LOOK_UP.format("GRANT", "TO"))


def test_an_unknown_nik(door):
    type_nik(door, "99999999")
    expect(door.page.get_by_text("NIK Belum Terdaftar!")).to_be_visible()
    expect(door.page.get_by_label("NIK")).to_have_value("99999999")
    door.assert_accessible()


def test_a_frozen_account(door, portal):
    type_nik(door, make_person(portal, status="frozen").nik)
    expect(door.page.get_by_text("Maaf akun ini telah dinonaktifkan oleh admin!")).to_be_visible()


def test_a_look_up_that_fails(door, portal):
    person = make_person(portal)
    door.allow("503")
    with a_database_that_refuses(portal):
        type_nik(door, person.nik)
        expect(door.page.get_by_text("Gagal Mendapatkan Data User!")).to_be_visible()


def test_a_wrong_pin_then_the_right_one(door, portal):
    person = make_person(portal)
    type_nik(door, person.nik)
    type_pin(door, "314159")
    expect(door.page.get_by_text("PIN salah, silakan ulangi")).to_be_visible()
    door.assert_accessible()
    type_pin(door, person.pin)
    expect(door.page).to_have_url(re.compile(r"/$"))
    expect(door.page.get_by_text(person.nik).first).to_be_attached()


def test_five_wrong_pins_lock(door, portal):
    person = make_person(portal)
    type_nik(door, person.nik)
    for _try in range(5):
        type_pin(door, "314159")
        door.page.wait_for_load_state()
    expect(door.page.get_by_text(re.compile(r"Terkunci sampai \d\d\.\d\d WI(B|TA|T)"))).to_be_visible()
    door.assert_accessible()


def test_the_first_login_forces_a_new_pin_that_is_not_trivial(door, portal):
    person = make_person(portal, must_change=True)
    type_nik(door, person.nik)
    type_pin(door, person.pin)
    first, second = (door.page.locator("input[type=password]").nth(number) for number in (0, 1))
    first.fill("123456")
    second.fill("123456")
    second.press("Enter")
    expect(door.page.get_by_text("PIN terlalu mudah ditebak")).to_be_visible()
    door.assert_accessible()
    first.fill("582934")
    second.fill("582934")
    second.press("Enter")
    expect(door.page).to_have_url(re.compile(r"/$"))


def test_a_page_asked_for_before_login_comes_first(screen, portal):
    person = make_person(portal)
    made = screen()
    made.open("/login/new-pin/")
    type_nik(made, person.nik)
    type_pin(made, person.pin)
    expect(made.page).to_have_url(re.compile(r"/login/new-pin/$"))


def test_changing_the_role_in_the_demo(as_role):
    screen = as_role(Role.REPORTER)
    screen.open("/")
    screen.page.get_by_text("Ganti peran").first.click()
    screen.page.get_by_role("button", name=re.compile("Auditor")).first.click()
    expect(screen.page.get_by_text("Auditor").first).to_be_visible()
