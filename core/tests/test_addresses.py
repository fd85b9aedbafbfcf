"""Where a request came from, as the trail and the counters of guesses take it."""

import pytest
from django.test import Client

from core.addresses import plain_ip
from core.models import AuditEntry
from organization.tests.doors import PIN, is_in, log_in
from organization.tests.factories import EmployeeFactory


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:0DB8::0001", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),  # a neighbour's own address names our network card
        ("fe80::1%", None),
        ("192.0.2.7%eth0", None),
        ("", None),
        ("unix:", None),
    ],
)
def test_an_address_has_one_way_of_writing(text, plain):
    assert plain_ip(text) == plain


@pytest.mark.django_db
def test_people_come_in_from_the_address_of_a_neighbour():
    client, person = Client(), EmployeeFactory(pin=PIN)

    log_in(client, person.nik, REMOTE_ADDR="fe80::1%eth0")

    assert is_in(client)
    assert AuditEntry.objects.get(act="login.by_pin").address == "fe80::1"
