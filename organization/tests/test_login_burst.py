"""Sixty PINs at once, from threads, on a real PostgreSQL: at most five are checked."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from organization.login import counters
from organization.tests.doors import PIN, WRONG, is_in, log_in, type_nik, type_pin
from organization.tests.factories import EmployeeFactory
from organization.tests.fakes import CountingHasher

pytestmark = pytest.mark.django_db(transaction=True)
BURST = 60


def at_once(jobs):
    """Run all jobs from one starting shot, each with a database connection of its own."""
    start = threading.Barrier(len(jobs))

    def run(job):
        try:
            start.wait(30)
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def browser_at_the_pin(nik, address):
    client = Client(REMOTE_ADDR=address)
    type_nik(client, nik)
    return client


@pytest.fixture
def plenty_of_look_ups(monkeypatch):
    """The look-ups of one address are another test's matter."""
    generous = counters.Budget("look-up", 1000, counters.LOOK_UPS_OF_AN_ADDRESS.window)
    monkeypatch.setattr(counters, "LOOK_UPS_OF_AN_ADDRESS", generous)


@pytest.mark.usefixtures("plenty_of_look_ups")
def test_sixty_wrong_pins_at_once_get_five_checks():
    person = EmployeeFactory(pin=PIN)
    browsers = [browser_at_the_pin(person.nik, "10.0.0.9") for _ in range(BURST)]
    CountingHasher.hashes = 0

    answers = at_once([lambda b=b: type_pin(b, WRONG).status_code for b in browsers])

    assert CountingHasher.hashes <= 5
    assert answers.count(429) == BURST - 5


@pytest.mark.usefixtures("plenty_of_look_ups")
def test_the_right_pin_among_the_refused_does_not_get_in():
    """Five wrong tries are reserved; whatever comes while the lock holds is refused unread, the right PIN too."""
    person = EmployeeFactory(pin=PIN)
    browsers = [browser_at_the_pin(person.nik, "10.0.0.9") for _ in range(BURST)]
    for browser in browsers[:5]:
        type_pin(browser, WRONG)
    CountingHasher.hashes = 0

    at_once([lambda b=b: type_pin(b, PIN) for b in browsers[5:]])

    assert CountingHasher.hashes == 0
    assert not any(is_in(browser) for browser in browsers)


@pytest.mark.usefixtures("plenty_of_look_ups")
def test_the_right_pin_hidden_in_the_burst_gets_in_only_as_one_of_five():
    person = EmployeeFactory(pin=PIN)
    browsers = [browser_at_the_pin(person.nik, "10.0.0.9") for _ in range(BURST)]
    CountingHasher.hashes = 0
    right = browsers[BURST // 2]

    answers = at_once([lambda b=b: type_pin(b, PIN if b is right else WRONG).status_code for b in browsers])

    # Whoever has the right PIN is forgiven the wrong ones: then, and only then, five more may be checked.
    assert CountingHasher.hashes <= (10 if is_in(right) else 5)
    assert sum(is_in(browser) for browser in browsers) == (1 if answers[BURST // 2] == 302 else 0)


@pytest.mark.usefixtures("plenty_of_look_ups")
def test_meanwhile_another_person_and_the_persons_own_device_get_in():
    person, colleague = EmployeeFactory(pin=PIN), EmployeeFactory(pin=PIN)
    own = Client(REMOTE_ADDR="10.0.0.9")
    log_in(own, person.nik)
    own.post("/login/logout/")
    type_nik(own, person.nik)
    other = browser_at_the_pin(colleague.nik, "10.0.0.9")
    strangers = [browser_at_the_pin(person.nik, "10.0.0.9") for _ in range(BURST)]

    at_once(
        [
            *(lambda b=b: type_pin(b, WRONG) for b in strangers),
            lambda: type_pin(own, PIN),
            lambda: type_pin(other, PIN),
        ]
    )

    assert is_in(own)
    assert is_in(other)
    assert not any(is_in(browser) for browser in strangers)


def test_the_five_hold_over_many_addresses_up_to_the_budget():
    """A botnet has many addresses; the NIK has twenty tries an hour."""
    person = EmployeeFactory(pin=PIN)
    browsers = [browser_at_the_pin(person.nik, f"10.0.1.{n}") for n in range(BURST)]
    CountingHasher.hashes = 0

    at_once([lambda b=b: type_pin(b, WRONG) for b in browsers])

    assert CountingHasher.hashes <= 20
