"""What must happen once happens once, whatever dies. In CI: seconds and dozens instead of minutes and hundreds."""

import time

import pytest
from django.db.models.functions import Now

from core import outbox
from core.models import OutboxMessage
from core.outbox import hints
from portal.celery import app
from tests.proof.conftest import IS_FULL, ask, effects, open_count
from tests.proof.scene import kill, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
DRAINED_WITHIN_S = 30


@pytest.fixture(autouse=True)
def _our_hints(monkeypatch):
    """This process hints at the proof's broker as the web process would; `use` names it."""
    monkeypatch.setattr(hints, "_silent_until", 0.0)
    return lambda here: monkeypatch.setattr(
        app.conf, "broker_url", f"redis+socket://{here.socket}?virtual_host=0"
    )


@pytest.fixture
def use(_our_hints):
    return _our_hints


def keys(count, prefix="m"):
    return {f"{prefix}{number}": 1 for number in range(count)}


def test_broker_gone(proof_scene, report, use):
    """Killed while messages are made: all are done, once each, within 30 s of its return. CI: 5 s and 50; full: 60 s and 500."""
    outage, count = (60.0, 500) if IS_FULL else (5.0, 50)
    with proof_scene() as here:
        use(here)
        here.start_worker("worker")
        here.start_beat("beat")
        ask(1, prefix="first")
        wait_for(lambda: open_count() == 0, 90)

        here.kill_broker()
        begun, slowest = time.monotonic(), 0.0
        for number in range(count):
            asked = time.monotonic()
            ask(1, prefix=f"{number}-")
            slowest = max(slowest, time.monotonic() - asked)
            time.sleep(max(0.0, begun + outage * (number + 1) / count - time.monotonic()))
        assert open_count() == count
        here.start_broker()
        drained = wait_for(lambda: open_count() == 0, DRAINED_WITHIN_S)

    found = effects()
    report |= {
        "outage_s": outage,
        "messages": count,
        "effects": sum(found.values()) - 1,
        "twice": sum(times > 1 for times in found.values()),
        "drained_after_s": round(drained, 1),
        "slowest_request_s": round(slowest, 3),
    }
    assert found == {f"{number}-0": 1 for number in range(count)} | {"first0": 1}
    assert slowest < 1


def test_killed_worker(proof_scene, report, use, chance):
    """`kill -9` of all workers at a random moment of a message, again and again. CI: 2 rounds; full: 30, with the
    leases and sweeps of real life."""
    rounds, count, options = (
        (30, 600, {}) if IS_FULL else (2, 60, {"PROOF_LEASE_S": "1", "PROOF_SWEEP_S": "1"})
    )
    taken = OutboxMessage.objects.filter(kind="proof.effect", done_at=None, claimed_until__gt=Now())
    with proof_scene(**options) as here:
        use(here)
        here.start_beat("beat")
        ask(count, ms=100)
        workers = [here.start_worker("one", 1), here.start_worker("two", 1)]
        for number in range(rounds):
            before = set(taken.values_list("pk", "attempts"))
            wait_for(lambda seen=before: set(taken.values_list("pk", "attempts")) - seen, 90)
            time.sleep(chance.uniform(0, 0.12))
            for worker in workers:
                kill(worker)
            workers = [here.start_worker(f"{name}{number}", 1) for name in ("one", "two")]
        drained = wait_for(lambda: open_count() == 0, 300 if IS_FULL else 90)
        died = OutboxMessage.objects.filter(dead_at__isnull=False).count()
        if died:  # killed three times in the same message: a person tries again
            outbox.requeue(OutboxMessage.objects.all())
            wait_for(lambda: open_count() == 0, 60)

    found = effects()
    tried_again = OutboxMessage.objects.filter(kind="proof.effect", attempts__gt=1).count()
    report |= {
        "kills": 2 * rounds,
        "messages": count,
        "effects": sum(found.values()),
        "twice": sum(times > 1 for times in found.values()),
        "tried_again": tried_again,
        "given_up_and_requeued": died,
        "drained_after_last_kill_s": round(drained, 1),
    }
    alerts = {key: times for key, times in found.items() if key.startswith("alert ")}
    assert len(alerts) == died  # each that was killed three times told somebody, once
    assert found == keys(count) | dict.fromkeys(alerts, 1)
    assert tried_again or died  # else no kill struck a message, and this proves nothing


def test_two_beats_and_poison(proof_scene, report, use):
    """Two beats sweep side by side; poison gets three tries and an alert, and everything else is done once.

    CI: 40 messages; full: 2000, and five of each poison.
    """
    count, poisons = (2000, 5) if IS_FULL else (40, 1)
    options = {"PROOF_LEASE_S": "1", "PROOF_SWEEP_S": "1"}
    with proof_scene(**options) as here:
        use(here)
        here.start_worker("worker")
        here.start_beat("one")
        here.start_beat("two")
        ask(poisons, kind="proof.raises", prefix="raises")
        ask(poisons, kind="proof.exits", prefix="exits")
        ask(count)
        good = OutboxMessage.objects.filter(kind="proof.effect", done_at=None)
        others = wait_for(lambda: not good.exists(), 120)
        buried = wait_for(lambda: open_count() == 0, 60)
        dead = list(OutboxMessage.objects.filter(kind__in=["proof.raises", "proof.exits"]))
        wait_for(lambda: sum(key.startswith("alert ") for key in effects()) == len(dead), 5)

    found = effects()
    pings = OutboxMessage.objects.filter(kind="core.ping")
    report |= {
        "messages": count,
        "poison": len(dead),
        "tries_of_poison": sorted({row.attempts for row in dead}),
        "others_done_after_s": round(others, 1),
        "poison_dead_after_s": round(others + buried, 1),
        "alerts": sum(key.startswith("alert ") for key in found),
        "pings": pings.count(),
    }
    assert all(row.dead_at and row.attempts == 3 for row in dead)
    assert found == keys(count) | {
        f"alert {row.pk}": 1 for row in dead
    }  # poison's own traces were rolled back
    assert pings.exists()
