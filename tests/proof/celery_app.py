"""What the proofs' workers and beats run: the portal's application with their handlers, and beat at another pace."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from core.events import listen  # noqa: E402  after the setup
from core.outbox import OutboxDead  # noqa: E402
from portal.celery import app  # noqa: E402
from tests.proof import handlers  # noqa: E402  registers the handlers

listen(OutboxDead, handlers.alert)

# PROOF_CLOCK_S: all that happens by the clock, each so often; else what moves the outbox alone.
EVERYTHING_S = os.environ.get("PROOF_CLOCK_S")
app.conf.beat_schedule = {
    name: dict(entry)
    for name, entry in app.conf.beat_schedule.items()
    if EVERYTHING_S or ("outbox" in name and "prune" not in name)
}
if pace := EVERYTHING_S or os.environ.get("PROOF_SWEEP_S"):
    for entry in app.conf.beat_schedule.values():
        entry["schedule"] = float(pace)

__all__ = ["app"]
