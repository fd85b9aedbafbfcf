"""Hypothesis walks through the ledger's verbs in any order; after every step everything adds up."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import get_state_machine_test

from ppob.services.proof import verify_ledger
from tests.proof.conftest import IS_FULL
from tests.proof.ledger_machine import LedgerMachine, World

pytestmark = pytest.mark.django_db(transaction=True)
SEQUENCES, STEPS = (500, 50) if IS_FULL else (200, 30)
SEQUENCES = int(os.environ.get("GERAI_PROOF_SEQUENCES") or SEQUENCES)


def test_whatever_is_called_in_whatever_order_the_ledger_adds_up(seed, report):
    LedgerMachine.world = World.make()
    walk = get_state_machine_test(
        LedgerMachine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            # A failure is told as it is, its steps and the seed: to make it shorter takes minutes, and is asked for.
            phases=[Phase.generate, *([Phase.shrink] if os.environ.get("GERAI_PROOF_SHRINK") else [])],
        ),
    )
    seeded(seed)(walk)()

    world = LedgerMachine.world
    report |= {"sequences": world.sequences, "steps": world.steps, "refused": world.refused}
    assert world.sequences >= SEQUENCES
    assert world.refused > SEQUENCES
    assert verify_ledger()["violations"] == []
