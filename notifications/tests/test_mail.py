"""E-mail through the outbox and a mail server on a socket: sent once, tried again, given up, and nothing else suffers."""

import pytest
from django.utils import timezone

from core.models import OutboxMessage
from core.outbox import deliver, drain
from notifications.models import Notification
from notifications.services import MAIL, notify
from notifications.tests.smtp import mail_server
from organization.choices import EmployeeStatus, Role
from organization.models import Employee
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings):
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 2
        settings.PORTAL_URL = "https://gerai.example"
        yield server


@pytest.fixture
def message(server):
    """The outbox message of a notification to Budi, whose language is English."""
    budi = EmployeeFactory(name="Budi", email="budi@example.com", language="en")
    notify([budi.pk], kind="test.news", title="Toko %(code)s\nmoved.", params={"code": "T1"}, key="k")
    return OutboxMessage.objects.get(kind=MAIL)


def due_again(message):
    OutboxMessage.objects.filter(pk=message.pk).update(due_at=timezone.now())


def test_a_mail_says_it_in_the_persons_language_and_leads_to_the_portal(server, message):
    assert deliver(message.pk)
    assert not deliver(message.pk)

    (mail,) = server.received
    text = mail.get_content()
    note = Notification.objects.get()
    assert mail["To"] == "budi@example.com"
    assert mail["Subject"] == "Toko T1 moved."
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Hello Budi," in text
    assert f"https://gerai.example/notifications/{note.pk}/open/" in text
    assert "https://gerai.example/notifications/preferences/" in text


def test_an_indonesian_gets_it_in_indonesian(server, message):
    Employee.objects.filter(email="budi@example.com").update(language="id")
    deliver(message.pk)

    assert "Hello" not in server.received[0].get_content()


@pytest.mark.parametrize("change", ["read", "frozen", "no address"])
def test_who_needs_no_mail_any_more_gets_none(server, message, change):
    if change == "read":
        Notification.objects.update(read_at=timezone.now())
    elif change == "frozen":
        Employee.objects.update(status=EmployeeStatus.FROZEN)
    else:
        Employee.objects.update(email="")

    assert deliver(message.pk)
    assert server.received == []


def test_a_mail_server_that_is_down_is_tried_three_times_and_administrators_see_it(server, message, settings):
    administrator = EmployeeFactory(roles=[Role.ADMINISTRATOR], email="admin@example.com")
    settings.EMAIL_PORT = 1
    for _try in range(3):
        assert not deliver(message.pk)
        due_again(message)
    message.refresh_from_db()

    assert message.dead_at
    assert "does not take mail" in message.error
    assert drain("default") == 1
    (told,) = Notification.objects.filter(person=administrator)
    assert told.kind == "operation.mail_dead"
    # It would be given up too, and be told of, for ever.
    assert OutboxMessage.objects.filter(kind=MAIL).count() == 1


def test_a_mail_server_that_comes_back_gets_it(server, message, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    deliver(message.pk)
    settings.EMAIL_PORT = port
    due_again(message)

    assert deliver(message.pk)
    assert len(server.received) == 1


def test_a_mail_server_that_asks_to_come_later_is_asked_later(server, message):
    server.answer_to_recipient = b"451 later"
    assert not deliver(message.pk)
    message.refresh_from_db()

    assert message.dead_at is None
    assert message.due_at > timezone.now()


def test_an_address_that_is_refused_for_good_is_not_tried_again(server, message):
    server.answer_to_recipient = b"550 nobody here"
    deliver(message.pk)
    message.refresh_from_db()

    assert message.dead_at
    assert message.attempts == 1


def test_a_connection_that_breaks_after_the_text_is_no_reason_to_send_it_twice(server, message):
    server.answer_to_text = b""
    deliver(message.pk)
    message.refresh_from_db()

    assert len(server.received) == 1
    assert message.dead_at
    assert "not known" in message.error
