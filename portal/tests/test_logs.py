"""What stands in the log, and what does not: probes and names that strangers try."""

import logging

import pytest
import structlog
from django.test import Client

from portal.settings.logs import without_probes

pytestmark = pytest.mark.django_db


def test_a_probe_is_no_line():
    with pytest.raises(structlog.DropEvent):
        without_probes(None, "error", {"request": "GET /health/ready", "event": "request_finished"})
    kept = {"request": "GET /directory/stores/", "event": "request_finished"}
    assert without_probes(None, "error", kept) == kept


def test_a_strangers_host_name_is_refused_without_a_trace(capsys):
    assert Client().get("/login/", headers={"host": "evil.example"}).status_code == 400
    assert "evil.example" not in capsys.readouterr().err
    assert logging.getLogger("django.security.DisallowedHost").handlers
