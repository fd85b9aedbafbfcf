"""News of an inbox through the real consumer and Redis, to its owner alone."""

import asyncio
import json

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string

from core.hub import Hub
from notifications.models import Notification
from notifications.services import mark_all_read, notify
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db(transaction=True)


def socket_of(person):
    application = import_string(settings.ASGI_APPLICATION)
    client = Client()
    client.force_login(person)
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", cookie)]
    return WebsocketCommunicator(application, "/ws/live/", headers=headers)


async def listening(socket, *people):
    connected, _ = await socket.connect()
    assert connected
    await asyncio.wait_for(Hub.current().subscribed.wait(), 5)
    topics = [f"notifications.person.{person.pk}" for person in people]
    await socket.send_to(text_data=json.dumps({"subscribe": topics}))
    await asyncio.sleep(0.3)


def test_a_person_hears_of_their_own_and_of_nobody_elses():
    budi, siti = EmployeeFactory.create_batch(2)
    socket = socket_of(budi)

    async def scene():
        await listening(socket, siti, budi)
        for person in (siti, budi):
            await asyncio.to_thread(notify, [person.pk], kind="test.news", title="News.", key="k")
        note = await Notification.objects.aget(person=budi)
        first = json.loads(await socket.receive_from(5))
        assert first == {"topic": f"notifications.person.{budi.pk}", "data": {"id": note.pk}}

        await asyncio.to_thread(mark_all_read, actor=budi)
        assert json.loads(await socket.receive_from(5))["data"] == {"id": None}
        await socket.disconnect()

    asyncio.run(scene())
