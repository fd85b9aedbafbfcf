"""The websocket of a page, through the real application, session table and Redis."""

import asyncio
import json
import time

import pytest
import redis
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from core import consumers, live
from core.hub import QUEUE_LENGTH, Hub, Outbox
from organization.choices import EmployeeStatus
from organization.models import Employee
from organization.tests.factories import EmployeeFactory
from portal.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = (b"origin", b"http://localhost")
HOST = (b"host", b"localhost")


@pytest.fixture
def open_topic(monkeypatch):
    """Everybody may hear `test.<id>` but not test.secret, which is what the test changes."""
    refused = {"secret"}
    monkeypatch.setitem(live.authorisers, "test", lambda user, ids: set(ids) - refused)
    return refused


@pytest.fixture
def person():
    return EmployeeFactory()


def socket_of(person=None, origin=ORIGIN):
    headers = [HOST, origin] if origin else [HOST]
    if person is not None:
        client = Client()
        client.force_login(person)
        headers.append((b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()))
    return WebsocketCommunicator(application, "/ws/live/", headers=headers)


async def opened(socket):
    connected, _ = await socket.connect()
    assert connected
    await asyncio.wait_for(Hub.current().subscribed.wait(), 5)
    return socket


async def publish(topic, data):
    await asyncio.to_thread(live.publish, topic, data)


async def listening_to(socket, *topics):
    await socket.send_to(text_data=json.dumps({"subscribe": list(topics)}))
    # Its answer is silence: wait until the topics have been looked at.
    await asyncio.sleep(0.3)


async def closed_with(socket):
    while True:
        message = await socket.receive_output(timeout=5)
        if message["type"] == "websocket.close":
            return message["code"]


def test_news_reach_whoever_subscribed(open_topic, person):
    socket = socket_of(person)

    async def scene():
        await opened(socket)
        await listening_to(socket, "test.1")
        await publish("test.2", {"n": 0})
        await publish("test.1", {"n": 1})
        assert json.loads(await socket.receive_from(5)) == {"topic": "test.1", "data": {"n": 1}}
        await socket.disconnect()

    asyncio.run(scene())


def test_a_topic_that_is_not_allowed_stays_silent(open_topic, person):
    socket = socket_of(person)

    async def scene():
        await opened(socket)
        await listening_to(socket, "test.secret", "nobody.knows", "monitoring.machine.1", "", "test.1")
        for topic in ("test.secret", "nobody.knows", "monitoring.machine.1", ""):
            await publish(topic, {})
        await publish("test.1", {"n": 1})
        assert json.loads(await socket.receive_from(5))["topic"] == "test.1"
        await socket.disconnect()

    asyncio.run(scene())


def test_unsubscribed_is_silent_again(open_topic, person):
    socket = socket_of(person)

    async def scene():
        await opened(socket)
        await listening_to(socket, "test.1", "test.2")
        await socket.send_to(text_data='{"unsubscribe": ["test.1"]}')
        await asyncio.sleep(0.2)
        await publish("test.1", {})
        await publish("test.2", {})
        assert json.loads(await socket.receive_from(5))["topic"] == "test.2"
        await socket.disconnect()

    asyncio.run(scene())


def test_nobody_logged_in_is_told_so():
    socket = socket_of()

    async def scene():
        await socket.connect()
        assert await closed_with(socket) == consumers.NOT_LOGGED_IN

    asyncio.run(scene())


@pytest.mark.parametrize("origin", [(b"origin", b"https://evil.example"), (b"origin", b"null"), None])
def test_a_foreign_page_gets_no_socket(person, origin):
    socket = socket_of(person, origin)

    async def scene():
        connected, _ = await socket.connect()
        assert not connected

    asyncio.run(scene())


@pytest.mark.parametrize("message", ["nonsense", "[]", '{"subscribe": "test.1"}', "x" * 20_000, "[" * 9_000])
def test_what_our_page_would_not_send_ends_the_socket(person, message):
    socket = socket_of(person)

    async def scene():
        await opened(socket)
        await socket.send_to(text_data=message)
        assert await closed_with(socket) == consumers.NOT_UNDERSTOOD

    asyncio.run(scene())


def test_a_flood_of_messages_ends_the_socket(person):
    socket = socket_of(person)

    async def scene():
        await opened(socket)
        for _ in range(30):
            await socket.send_to(text_data="{}")
        assert await closed_with(socket) == consumers.TOO_MANY_MESSAGES

    asyncio.run(scene())


def test_whoever_is_frozen_hears_no_more(open_topic, person, monkeypatch):
    monkeypatch.setattr(consumers.LiveConsumer, "recheck_s", 0.2)
    socket = socket_of(person)

    async def scene():
        await opened(socket)
        await asyncio.to_thread(Employee.objects.filter(pk=person.pk).update, status=EmployeeStatus.FROZEN)
        assert await closed_with(socket) == consumers.NOT_LOGGED_IN

    asyncio.run(scene())


def test_who_cannot_be_checked_hears_no_more(open_topic, person, monkeypatch):
    monkeypatch.setattr(consumers.LiveConsumer, "recheck_s", 0.2)
    socket = socket_of(person)

    def away(user, ids):
        raise OperationalError

    async def scene():
        await opened(socket)
        await listening_to(socket, "test.1")
        monkeypatch.setitem(live.authorisers, "test", away)
        assert await closed_with(socket) == consumers.TRY_AGAIN

    asyncio.run(scene())


def test_a_database_that_is_away_while_somebody_subscribes_ends_the_socket_in_words(
    open_topic, person, monkeypatch
):
    socket = socket_of(person)

    def away(user, ids):
        raise OperationalError

    async def scene():
        await opened(socket)
        monkeypatch.setitem(live.authorisers, "test", away)
        await socket.send_to(text_data=json.dumps({"subscribe": ["test.1"]}))
        assert await closed_with(socket) == consumers.TRY_AGAIN

    asyncio.run(scene())


def test_what_nobody_foresaw_ends_no_subscription_for_good(open_topic, person, monkeypatch):
    socket = socket_of(person)
    deliver, broken = Hub._deliver, ["once"]

    def breaks_once(self, message):
        if broken:
            raise RuntimeError(broken.pop())
        deliver(self, message)

    async def scene():
        await opened(socket)
        await listening_to(socket, "test.1")
        monkeypatch.setattr(Hub, "_deliver", breaks_once)
        await publish("test.1", {"n": 1})
        assert json.loads(await socket.receive_from(10))["topic"] == "live.resumed"
        await publish("test.1", {"n": 2})
        assert json.loads(await socket.receive_from(5))["data"] == {"n": 2}
        await socket.disconnect()

    asyncio.run(scene())


def test_a_permission_that_was_taken_away_ends_the_news(open_topic, person, monkeypatch):
    monkeypatch.setattr(consumers.LiveConsumer, "recheck_s", 0.2)
    socket = socket_of(person)

    async def scene():
        await opened(socket)
        await listening_to(socket, "test.1", "test.2")
        open_topic.add("1")
        await asyncio.sleep(0.6)
        await publish("test.1", {})
        await publish("test.2", {})
        assert json.loads(await socket.receive_from(5))["topic"] == "test.2"
        await socket.disconnect()

    asyncio.run(scene())


def test_a_socket_that_does_not_keep_up_is_cut_off_and_delays_no_other(open_topic, person):
    socket = socket_of(person)

    async def scene():
        await opened(socket)
        await listening_to(socket, "test.1")
        hub = Hub.current()
        other = Outbox()
        hub.join(other)
        hub.subscribe(other, {"test.2"})
        (slow,) = hub._by_topic["test.1"]
        for number in range(QUEUE_LENGTH + 1):
            slow.put(str(number))
        assert await closed_with(socket) == consumers.TOO_SLOW
        await publish("test.2", {})
        assert json.loads(await asyncio.wait_for(other.queue.get(), 5))["topic"] == "test.2"
        await hub.leave(other)
        await socket.disconnect()

    asyncio.run(scene())


def test_a_lost_subscription_comes_back_and_pages_are_told(open_topic, person):
    socket = socket_of(person)

    async def scene():
        await opened(socket)
        await listening_to(socket, "test.1")
        await asyncio.to_thread(_end_subscriptions)
        resumed = json.loads(await socket.receive_from(10))
        await publish("test.1", {"n": 2})
        assert resumed["topic"] == "live.resumed"
        assert json.loads(await socket.receive_from(5))["data"] == {"n": 2}
        await socket.disconnect()

    asyncio.run(scene())


def test_without_redis_publishing_is_quick_and_harmless(settings, caplog):
    settings.LIVE_REDIS_URL = "redis://127.0.0.1:1/0"
    begun = time.monotonic()
    live.publish("test.1", {})
    live.publish("test.1", {})

    assert time.monotonic() - begun < 3
    assert caplog.text.count("Redis does not answer") == 1
    live._trouble.clear()
    live._silent_until = 0.0


def _end_subscriptions():
    server = redis.Redis.from_url(settings.LIVE_REDIS_URL)
    server.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    server.close()
