from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings as project_settings
from django.test import Client
from django.urls import reverse

from organization.choices import EmployeeStatus, TimeZone
from organization.models import Employee, KnownDevice
from organization.services import reset_pin, unlock_login
from organization.tests.doors import PIN, WRONG, is_in, log_in, type_nik, type_pin
from organization.tests.factories import BranchFactory, EmployeeFactory
from organization.tests.fakes import CountingHasher

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 2, 1, 40, tzinfo=UTC)  # 08.40 WIB


@pytest.fixture
def client():
    made = Client()
    made.cookies[project_settings.LANGUAGE_COOKIE_NAME] = "en"
    return made


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def wrong_times(client, person, times, **extra):
    type_nik(client, person.nik, **extra)
    return [type_pin(client, WRONG, **extra) for _ in range(times)][-1]


def test_the_right_pin_opens_a_session_under_a_new_key(client):
    person = EmployeeFactory(pin=PIN)
    client.get(reverse("login:nik"))
    session = client.session
    session["before"] = True
    session.save()
    client.cookies[project_settings.SESSION_COOKIE_NAME] = session.session_key
    before = session.session_key

    answer = log_in(client, person.nik)

    assert answer.url == "/"
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.session.session_key != before


def test_a_wrong_pin_is_told_so(client):
    person = EmployeeFactory(pin=PIN)
    answer = log_in(client, person.nik, WRONG)
    assert "Wrong PIN, please try again" in answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_no_pin_costs_no_try(client, pin):
    person = EmployeeFactory(pin=PIN)
    log_in(client, person.nik, pin)
    assert CountingHasher.hashes <= 1  # the factory's own
    assert not person.login_counters.exists()


def test_somebody_without_a_pin_does_not_get_in(client):
    person = EmployeeFactory()
    for pin in (PIN, "000000"):
        log_in(client, person.nik, pin)
    assert not is_in(client)


def test_the_pin_page_needs_the_nik_page_first(client):
    assert client.get(reverse("login:pin")).url == reverse("login:nik")
    client.cookies["login_nik"] = "forged"
    assert type_pin(client, PIN).url == reverse("login:nik")


def test_somebody_frozen_between_the_pages_stays_out(client):
    person = EmployeeFactory(pin=PIN)
    type_nik(client, person.nik)
    Employee.objects.update(status=EmployeeStatus.FROZEN)
    assert "disabled by the admin" in type_pin(client, PIN).content.decode()
    assert not is_in(client)


def test_five_wrong_in_a_row_lock_for_5_then_15_then_60_minutes(client, clock):
    person = EmployeeFactory(pin=PIN)
    for minutes in (5, 15, 60, 60):
        fifth = wrong_times(client, person, 5)
        until = datetime.now(UTC) + timedelta(minutes=minutes)
        text = f"Locked until {until + timedelta(hours=7):%H.%M} WIB"
        assert text in fifth.content.decode()

        clock.move_to(until - timedelta(seconds=1))
        CountingHasher.hashes = 0
        refused = log_in(client, person.nik)
        assert refused.status_code == 429
        assert text in refused.content.decode()
        assert CountingHasher.hashes == 0
        # Past the hour's budget over all addresses too, which is the next test's matter.
        clock.move_to(until + timedelta(minutes=61) if minutes == 60 else until + timedelta(seconds=1))
    log_in(client, person.nik)
    assert is_in(client)


def test_four_wrong_and_a_right_one_start_from_nothing(client):
    person = EmployeeFactory(pin=PIN)
    for _ in range(3):
        wrong_times(client, person, 4)
        type_pin(client, PIN)
        assert is_in(client)
        client.post(reverse("login:logout"))
        client.cookies.pop("device")


def test_a_quiet_day_forgets_mistakes_and_earlier_locks(client, clock):
    person = EmployeeFactory(pin=PIN)
    wrong_times(client, person, 5)
    clock.shift(timedelta(days=2))
    assert "Locked" not in wrong_times(client, person, 4).content.decode()
    assert "Locked until 08.45 WIB" in wrong_times(client, person, 1).content.decode()


@pytest.mark.parametrize(
    ("zone", "shown"),
    [(TimeZone.WIB, "08.45 WIB"), (TimeZone.WITA, "09.45 WITA"), (TimeZone.WIT, "10.45 WIT")],
)
def test_the_lock_speaks_the_persons_own_clock(client, clock, zone, shown):
    person = EmployeeFactory(pin=PIN, branch_office=BranchFactory(time_zone=zone))
    assert f"Locked until {shown}" in wrong_times(client, person, 5).content.decode()


def test_a_lock_holds_for_its_address_and_its_nik_only(client):
    person, colleague = EmployeeFactory(pin=PIN), EmployeeFactory(pin=PIN)
    wrong_times(client, person, 5)
    elsewhere, beside = Client(REMOTE_ADDR="10.9.9.9"), Client()
    log_in(elsewhere, person.nik)
    log_in(beside, colleague.nik)
    assert is_in(elsewhere)
    assert is_in(beside)


def test_a_forged_forwarded_for_header_gives_no_new_tries(client):
    person = EmployeeFactory(pin=PIN)
    type_nik(client, person.nik)
    CountingHasher.hashes = 0
    for n in range(12):
        type_pin(client, WRONG, HTTP_X_FORWARDED_FOR=f"10.3.0.{n}")
    assert CountingHasher.hashes == 5


def test_behind_a_proxy_only_its_own_entry_counts(client, settings):
    settings.TRUSTED_PROXIES = 1
    person = EmployeeFactory(pin=PIN)
    type_nik(client, person.nik, HTTP_X_FORWARDED_FOR="203.0.113.5")
    CountingHasher.hashes = 0
    for n in range(12):
        type_pin(client, WRONG, HTTP_X_FORWARDED_FOR=f"10.3.0.{n}, 203.0.113.5")
    assert CountingHasher.hashes == 5
    assert type_pin(client, PIN, HTTP_X_FORWARDED_FOR="203.0.113.99").status_code == 302


def test_twenty_tries_an_hour_over_all_addresses(client, clock):
    person = EmployeeFactory(pin=PIN)
    CountingHasher.hashes = 0
    for n in range(30):
        last = log_in(Client(REMOTE_ADDR=f"10.4.0.{n}"), person.nik, WRONG)
    assert CountingHasher.hashes == 20
    assert last.status_code == 429
    assert "09.40 WIB" in last.content.decode()
    assert log_in(client, person.nik, REMOTE_ADDR="10.5.0.1").status_code == 429
    clock.shift(timedelta(minutes=61))
    assert log_in(client, person.nik, REMOTE_ADDR="10.5.0.1").status_code == 302


def test_the_own_device_gets_in_while_strangers_exhaust_the_nik():
    person, own = EmployeeFactory(pin=PIN), Client()
    log_in(own, person.nik)
    own.post(reverse("login:logout"))
    for n in range(25):
        log_in(Client(REMOTE_ADDR=f"10.4.0.{n}"), person.nik, WRONG)
    for _ in range(6):
        log_in(Client(), person.nik, WRONG)  # from the device's own address too

    log_in(own, person.nik)

    assert is_in(own)


def test_the_own_device_has_five_tries_as_well():
    person, own = EmployeeFactory(pin=PIN), Client()
    log_in(own, person.nik)
    own.post(reverse("login:logout"))
    assert wrong_times(own, person, 5).status_code == 200
    assert type_pin(own, PIN).status_code == 429


def test_a_known_device_of_one_person_is_not_anothers():
    first, second, shared = EmployeeFactory(pin=PIN), EmployeeFactory(pin=PIN), Client()
    log_in(shared, first.nik)
    shared.post(reverse("login:logout"))
    wrong_times(Client(), second, 5)
    assert log_in(shared, second.nik).status_code == 429


def test_a_shared_computer_is_known_to_all_who_use_it():
    shared = Client()
    people = EmployeeFactory.create_batch(2, pin=PIN)
    for person in people:
        log_in(shared, person.nik)
        shared.post(reverse("login:logout"))
    for person in people:
        wrong_times(Client(), person, 6)
        log_in(shared, person.nik)
        assert is_in(shared)
        shared.post(reverse("login:logout"))


def test_the_device_cookie_is_kept_from_scripts_and_its_token_from_the_database(client):
    log_in(client, EmployeeFactory(pin=PIN).nik)
    cookie = client.cookies["device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] > 300 * 86400
    assert cookie.value not in KnownDevice.objects.get().token_digest


def test_an_administrator_unlocks(client):
    person, administrator = EmployeeFactory(pin=PIN), EmployeeFactory()
    wrong_times(client, person, 5)
    unlock_login(employee=person, actor=administrator)
    assert type_pin(client, PIN).status_code == 302


def test_the_reserved_try_outlives_a_request_that_is_a_transaction():
    """`ATOMIC_REQUESTS` would roll the counter back with a failing request; the door's views refuse to take part."""
    from organization.login import views

    for view in (views.NikView, views.PinView, views.NewPinView, views.FirstAdminView):
        assert view.as_view()._non_atomic_requests


def test_a_pin_that_was_reset_lifts_the_lock(client):
    person = EmployeeFactory(pin=PIN)
    wrong_times(client, person, 5)
    pin = reset_pin(employee=person, actor=None)
    assert type_pin(client, pin).url.startswith(reverse("login:new-pin"))
