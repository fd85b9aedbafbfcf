"""What a balancer and an operator are told; without a login, and without a word too many."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import OperationalError, connection
from django.utils import timezone

from core import audit, outbox
from portal import health, heartbeats
from portal.tasks import heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _just_started(monkeypatch):
    """No answer given yet, and nothing in the queues: other tests' messages wait there, for no worker takes them."""
    monkeypatch.setattr(health, "_has_been_ready", False)
    with heartbeats.current_app.connection_for_write() as broker:
        broker.default_channel.client.delete(*heartbeats.QUEUES)


class LostDatabase:
    def __call__(self, execute, *arguments):
        raise OperationalError("connection refused by db.internal")


def test_it_is_not_ready_before_a_worker_has_answered(client):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["missing"]) == (503, "worker")


def test_it_is_ready_once_a_worker_has_answered(client):
    heartbeat("default")
    assert client.get("/health/ready").status_code == 200


def test_once_ready_silence_of_the_workers_takes_nothing_back(client):
    heartbeat("default")
    client.get("/health/ready")
    heartbeats.forget()
    assert client.get("/health/ready").status_code == 200


def test_once_ready_only_the_lost_database_takes_it_back_and_its_return_gives_it_again(client):
    heartbeat("default")
    client.get("/health/ready")
    with connection.execute_wrapper(LostDatabase()):
        answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "missing": "database"})
    assert client.get("/health/ready").status_code == 200


def test_a_demo_whose_data_is_not_there_is_not_ready(client, settings):
    settings.DEMO = True
    heartbeat("default")
    assert client.get("/health/ready").json()["missing"] == "demo"


def test_it_lives_without_asking_the_database(client):
    with connection.execute_wrapper(LostDatabase()):
        assert client.get("/health/live").status_code == 200


def test_status_is_well_when_beat_and_workers_gave_signs_of_life(client):
    for queue in heartbeats.QUEUES:
        heartbeat(queue)
    cache.set("heartbeat:beat", time.time())
    outbox.ask()
    outbox.drain("default")
    assert client.get("/health/status").json()["status"] == "well"


def test_status_names_what_is_silent_and_still_answers(client):
    for queue in heartbeats.QUEUES:
        heartbeat(queue)
    cache.set("heartbeat:beat", time.time() - 600)

    answer = client.get("/health/status")

    assert answer.status_code == 200
    degraded = [name for name, check in answer.json()["checks"].items() if check["status"] != "well"]
    assert (answer.json()["status"], degraded) == ("degraded", ["beat", "outbox round trip"])


def test_the_age_of_a_queue_is_known_though_no_worker_lives(client):
    heartbeats.ask()
    length, oldest = heartbeats.backlog("default")
    assert length == 1
    assert 0 <= oldest < 30


def test_a_broken_check_tells_its_kind_and_no_address(client):
    with connection.execute_wrapper(LostDatabase()):
        answer = client.get("/health/status")
    assert answer.json()["checks"]["database"] == {"status": "degraded", "error": "OperationalError"}
    assert b"db.internal" not in answer.content


def test_an_entry_that_nobody_seals_is_seen(client):
    audit.record(None, "object.changed", audit.Ref("organization.store", uuid4()))
    assert client.get("/health/status").json()["checks"]["audit seals"]["status"] == "well"
    with time_machine.travel(timezone.now() - timedelta(minutes=5)):
        audit.record(None, "object.changed", audit.Ref("organization.store", uuid4()))

    found = client.get("/health/status").json()["checks"]["audit seals"]

    assert found["status"] == "degraded"
    assert 299 < found["oldest_unsealed_seconds"] < 320
