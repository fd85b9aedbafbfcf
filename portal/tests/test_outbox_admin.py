"""The outbox in the admin: to read for administrators, and to try again what was given up."""

import pytest
from django.utils import timezone

from core.models import AuditEntry, OutboxMessage
from organization.choices import Role
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/core/outboxmessage/"


@pytest.fixture
def dead():
    return OutboxMessage.objects.create(
        kind="core.ping", key="17", attempts=3, dead_at=timezone.now(), error="ValueError: as always"
    )


def enter(client, role):
    person = EmployeeFactory(roles=[role], language="en")
    client.force_login(person)
    return person


def test_an_administrator_reads_it_and_changes_nothing(client, dead):
    enter(client, Role.ADMINISTRATOR)
    assert "ValueError: as always" in client.get(LIST).content.decode()
    assert "Given up" in client.get(f"{LIST}?state=dead").content.decode()
    assert "as always" not in client.get(f"{LIST}?state=done").content.decode()
    page = f"{LIST}{dead.pk}/change/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"key": "18"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403


def test_others_do_not_see_it(client, dead):
    enter(client, Role.MANAGER)
    assert client.get(LIST).status_code == 403


def test_what_was_given_up_is_tried_again_and_that_is_recorded(client, dead):
    person = enter(client, Role.ADMINISTRATOR)
    client.post(LIST, {"action": "try_again", "_selected_action": [dead.pk]})
    dead.refresh_from_db()
    assert (dead.dead_at, dead.attempts) == (None, 0)
    entry = AuditEntry.objects.get(act="outbox.requeued")
    assert entry.actor_id == person.pk
    assert client.get("/audit/").status_code == 200


def test_a_list_costs_the_same_at_2_and_at_20_rows(client, dead, django_assert_max_num_queries):
    enter(client, Role.ADMINISTRATOR)
    OutboxMessage.objects.bulk_create(OutboxMessage(kind="core.ping", key=f"k{n}") for n in range(20))
    client.get(LIST)
    with django_assert_max_num_queries(8):
        client.get(LIST)
