"""Beat triggers; when it falls silent, polling goes on."""

import time

import pytest

from monitoring.models import MachineState
from monitoring.polling.keeper import Keeper
from monitoring.tests.factories import MachineFactory
from monitoring.tests.fakes import FakePoller, FakeTransport

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def keeper():
    MachineFactory(name="A")
    poller = FakePoller({"A": FakeTransport()})
    keeper = Keeper(poller, tick_s=0.1)
    yield keeper
    keeper.end()
    poller.close()


def test_a_worker_polls_by_itself_after_two_silent_intervals(keeper):
    until = time.monotonic() + 5
    while not MachineState.objects.exists() and time.monotonic() < until:
        time.sleep(0.05)

    assert MachineState.objects.get().status == "safe"


def test_it_leaves_polling_to_beat_while_beat_is_heard(keeper):
    for _ in range(12):
        keeper.heard()
        time.sleep(0.05)

    assert not MachineState.objects.exists()
