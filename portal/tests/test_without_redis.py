"""Redis is stopped, or worse, frozen: people go on working, and the page says what comes later. A real server."""

import html
import os
import signal
import subprocess
import time

import pytest

from core import caching, live
from core.models import OutboxMessage
from core.models.imports import ImportState
from core.outbox import hints
from core.tests.jobs import work
from monitoring.choices import Status
from monitoring.exceptions import NoWorker
from monitoring.models import LoadRun
from monitoring.tests.pages import PolledMachineFactory
from organization import services
from organization.choices import EmployeeStatus, Role
from organization.tests.doors import log_in
from organization.tests.factories import EmployeeFactory, RoleGrantFactory, StoreFactory
from organization.tests.tables import confirm, previewed, text
from portal import delays
from portal.celery import app
from portal.servers.binaries import valkey_server

pytestmark = pytest.mark.django_db(transaction=True)
BANNER = "Some things are delayed"
# A page may wait for a frozen Redis once for each of its three uses, and not again for five seconds.
PATIENCE_S = 3.0


class OwnRedis:
    """A server of the test's own, which it may stop, freeze and start again."""

    def __init__(self, folder):
        self.folder, self.socket = folder, folder / "r.sock"
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [valkey_server(), "--port", "0", "--unixsocket", self.socket, "--dir", self.folder, "--save", ""],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while not self.socket.exists() and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)

    def freeze(self):
        os.kill(self.process.pid, signal.SIGSTOP)


def forget_the_past():
    """What a process remembers of Redis between requests."""
    caching.ForgivingRedisCacheClient.silent_until = 0.0
    caching.ForgivingRedisCacheClient.is_in_trouble = False
    delays._until, hints._silent_until, live._silent_until = 0.0, 0.0, 0.0
    live._trouble.clear()


@pytest.fixture
def own_redis(tmp_path_factory, settings, monkeypatch):
    server = OwnRedis(tmp_path_factory.mktemp("r"))
    server.start()
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"unix://{server.socket}?db=1"}}
    settings.LIVE_REDIS_URL = f"unix://{server.socket}?db=2"
    monkeypatch.setattr(app.conf, "broker_url", f"redis+socket://{server.socket}?virtual_host=0")
    forget_the_past()
    yield server
    server.stop()
    forget_the_past()


@pytest.fixture(params=["stopped", "frozen"])
def no_redis(request, own_redis):
    own_redis.stop() if request.param == "stopped" else own_redis.freeze()
    return request.param


@pytest.fixture
def administrator(client):
    person = EmployeeFactory(roles=[Role.ADMINISTRATOR], language="en")
    client.force_login(person)
    return person


def test_while_redis_is_there_nothing_is_said(client, administrator, own_redis):
    assert BANNER not in client.get("/").content.decode()


def test_people_can_log_in(client, no_redis):
    person = EmployeeFactory(language="en", pin="482913")
    begun = time.monotonic()
    assert log_in(client, person.nik).status_code == 302
    assert time.monotonic() - begun < PATIENCE_S
    assert BANNER in client.get("/").content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/directory/stores/",
        "/directory/employees/",
        "/monitoring/machines/",
        "/admin/organization/store/",
    ],
)
def test_pages_work_and_say_what_is_delayed(client, administrator, no_redis, path):
    StoreFactory()
    begun = time.monotonic()
    page = client.get(path)
    first = time.monotonic() - begun
    again = client.get(path)
    assert page.status_code == again.status_code == 200
    assert BANNER in again.content.decode()
    assert first < PATIENCE_S
    assert time.monotonic() - begun - first < 2


def test_services_that_ask_for_more_are_done_and_the_rest_waits_in_the_outbox(administrator, no_redis):
    from django.db import transaction

    from core import outbox

    person = EmployeeFactory()
    begun = time.monotonic()
    with transaction.atomic():
        services.freeze_employee(employee=person, actor=administrator)
        outbox.enqueue("core.ping", key="1")
    assert time.monotonic() - begun < PATIENCE_S
    person.refresh_from_db()
    assert person.status == EmployeeStatus.FROZEN
    assert OutboxMessage.objects.filter(key="1", done_at=None).exists()


def test_a_load_that_no_worker_can_take_is_refused_in_words_and_can_be_asked_for_again(
    client, administrator, no_redis
):
    machine = PolledMachineFactory(local=True, status=Status.SAFE)
    RoleGrantFactory(employee=administrator, role=Role.MONITORING_ADMIN)
    begun = time.monotonic()
    page = client.post(f"/monitoring/machines/{machine.pk}/load/", follow=True).content.decode()
    assert time.monotonic() - begun < PATIENCE_S
    assert str(NoWorker()) in html.unescape(page)
    assert not LoadRun.objects.filter(ended_at=None).exists()


def test_a_small_table_is_imported_in_the_request_and_a_large_one_waits(
    client, administrator, no_redis, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    small = previewed(client, text("code;name\nA1;Satu\n"), "division")
    assert confirm(client, small, "division").state == ImportState.APPLIED

    lines = "".join(f"B{number};Divisi {number}\n" for number in range(501))
    large = previewed(client, text(f"code;name\n{lines}"), "division")

    assert large.state == ImportState.READING
    assert BANNER in client.get(f"/admin/organization/division/import/{large.pk}/").content.decode()
    work()  # what a worker does once the broker, or the sweep, tells it
    large.refresh_from_db()
    assert (large.state, large.counts["added"]) == (ImportState.PREVIEWED, 501)


def test_health_is_degraded_and_the_portal_stays_ready(client, no_redis, monkeypatch):
    monkeypatch.setattr("portal.health._has_been_ready", True)
    assert client.get("/health/ready").status_code == 200
    status = client.get("/health/status").json()
    assert status["status"] == "degraded"
    assert status["checks"]["database"]["status"] == "well"


def test_when_redis_is_back_nothing_is_said_any_more(client, administrator, own_redis):
    own_redis.stop()
    assert BANNER in client.get("/").content.decode()
    own_redis.start()
    forget_the_past()
    assert BANNER not in client.get("/").content.decode()
