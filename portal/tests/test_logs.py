"""What stands in the log, and what does not: probes and names that strangers try."""

import asyncio
import json
import logging
import os
import subprocess
import sys

import pytest
import structlog
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal import health
from portal.asgi import application
from portal.settings.logs import without_probes

pytestmark = pytest.mark.django_db

# In a process of its own: pytest puts handlers of its own under the loggers.
ASK = """
import json, os, sys
import django
from django.conf import settings
django.setup()
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import path
from portal import urls
def forbidden(request):
    raise PermissionDenied
urls.urlpatterns.append(path("forbidden", forbidden))
settings.ALLOWED_HOSTS = ["testserver"]
client = Client()
print(json.dumps([client.get(address).status_code for address in ("/forbidden", "/nothing")]))
"""


def test_a_probe_is_no_line():
    with pytest.raises(structlog.DropEvent):
        without_probes(None, "error", {"request": "GET /health/ready", "event": "request_finished"})
    kept = {"request": "GET /directory/stores/", "event": "request_finished"}
    assert without_probes(None, "error", kept) == kept


def test_a_strangers_host_name_is_refused_without_a_trace(capsys):
    assert Client().get("/login/", headers={"host": "evil.example"}).status_code == 400
    assert "evil.example" not in capsys.readouterr().err
    assert logging.getLogger("django.security.DisallowedHost").handlers


def test_refusals_are_one_line_and_no_trace():
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [403, 404]
    assert "Traceback" not in done.stderr
    assert sum("/forbidden" in line for line in done.stderr.splitlines()) == 1
    assert sum("/nothing" in line for line in done.stderr.splitlines()) == 1


def test_probes_are_no_line_even_when_the_portal_is_not_ready(client, monkeypatch, capfd):
    monkeypatch.setattr(health, "_database_missing", lambda: "database")
    assert client.get(reverse("health-ready")).status_code == 503
    assert "health" not in capfd.readouterr().err


def test_a_socket_that_is_nowhere_is_refused_and_no_fault():
    headers = [(b"origin", b"http://testserver"), (b"host", b"testserver")]

    async def knock():
        return await WebsocketCommunicator(application, "/ws/nowhere/", headers=headers).connect()

    assert asyncio.run(knock())[0] is False
