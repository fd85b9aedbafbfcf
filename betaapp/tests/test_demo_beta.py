"""The demo's Beta-App: whole, the same for the same seed, and something to find in it."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from betaapp.demo.load import load
from betaapp.models import BetaProgram, Drift, Feedback, StoreTrial
from organization.demo.chain import load as load_chain

pytestmark = pytest.mark.django_db


def silent(done: float, what: str) -> None:
    """Nobody watches."""


def test_the_demo_has_programmes_of_every_state_and_versions_that_differ():
    now = datetime.combine(timezone.localdate(), datetime.min.time(), tzinfo=UTC).replace(hour=5)
    load_chain(stores=400, seed=1, progress=silent)

    counts = load(seed=1, progress=silent, now=now)

    assert set(BetaProgram.objects.values_list("state", flat=True)) == {"draft", "running", "ended"}
    assert StoreTrial.objects.exists()
    assert Drift.objects.filter(program__isnull=False).exists()
    assert Drift.objects.filter(program__isnull=True).exists()
    assert Feedback.objects.exists()
    assert all(counts.values())
