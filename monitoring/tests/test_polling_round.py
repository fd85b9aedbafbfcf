"""A round: who is asked, what is written, and what one bad machine does to the others (nothing)."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from monitoring.choices import Status
from monitoring.models import Machine, MachineFacts, MachineState, Sample
from monitoring.polling import lease as leases
from monitoring.polling.poller import NO_ANSWER_IN_TIME, Poller
from monitoring.polling.silence import grey_silent_machines
from monitoring.services import ensure_local_machine
from monitoring.tests.factories import MachineFactory, MachineStateFactory, reading
from monitoring.tests.fakes import FakePoller, FakeTransport
from monitoring.transports import TransportError

pytestmark = pytest.mark.django_db


def fail():
    raise TransportError("Connection refused.")


@pytest.fixture
def fakes():
    made = {name: FakeTransport() for name in ("A", "B")}
    for name in made:
        MachineFactory(name=name)
    yield made
    for fake in made.values():
        fake.may_go_on.set()


@pytest.fixture
def poller(fakes):
    made = FakePoller(fakes)
    yield made
    made.close()


def state_of(name):
    return MachineState.objects.get(machine__name=name)


def test_this_host_is_read_from_its_proc():
    machine = ensure_local_machine()
    poller = Poller(0)
    poller.round()
    poller.close()

    sample = Sample.objects.get(machine=machine)
    assert 0 < sample.mem_pct < 100
    assert MachineFacts.objects.get(machine=machine).cores >= 1


def test_a_round_writes_samples_states_and_facts(fakes, poller):
    poller.round()

    assert Sample.objects.count() == 2
    assert state_of("A").status == Status.SAFE
    assert state_of("A").sparkline == [20]
    assert MachineFacts.objects.count() == 2


def test_a_round_costs_the_same_queries_for_two_and_for_twenty_machines(django_assert_max_num_queries):
    names = [f"M{number}" for number in range(20)]
    for name in names:
        MachineFactory(name=name)
    fakes = {name: FakeTransport() for name in names}
    poller = FakePoller(fakes)

    with django_assert_max_num_queries(12):
        poller.round()
    poller.close()
    assert Sample.objects.count() == 20


def test_an_unanswered_poll_keeps_the_colour_and_the_second_is_grey(fakes, poller):
    poller.round()
    fakes["A"].answers = fail
    poller.round()
    assert (state_of("A").status, state_of("A").failures_in_a_row) == (Status.SAFE, 1)
    poller.round()

    assert state_of("A").status == Status.NO_DATA
    assert state_of("A").failure == "Connection refused."
    assert state_of("B").status == Status.SAFE


def test_a_machine_that_never_answered_is_grey_at_once(fakes, poller):
    fakes["A"].answers = fail
    poller.round()

    assert state_of("A").status == Status.NO_DATA


def test_a_dead_machine_delays_no_other(fakes, poller):
    fakes["A"].hangs.set()
    begun = time.monotonic()
    poller.round()

    assert time.monotonic() - begun < 2
    assert state_of("A").failure == NO_ANSWER_IN_TIME
    assert state_of("B").status == Status.SAFE


def test_a_machine_that_still_owes_an_answer_is_not_asked_again(fakes, poller):
    fakes["A"].hangs.set()
    poller.round()
    begun = threading.active_count()
    poller.round()

    assert threading.active_count() <= begun
    assert state_of("A").failures_in_a_row == 2


def test_a_surprise_in_one_transport_is_its_failure_alone(fakes, poller):
    fakes["A"].answers = lambda: 1 / 0
    poller.round()

    assert "ZeroDivisionError" in state_of("A").failure
    assert state_of("B").status == Status.SAFE


def test_the_colour_changes_at_the_second_bad_poll(fakes, poller):
    poller.round()
    fakes["A"].answers = lambda: reading(cpu=99.0)
    poller.round()
    assert state_of("A").status == Status.SAFE
    poller.round()

    assert state_of("A").status == Status.DANGER
    assert state_of("A").reasons[0]["metric"] == "cpu"


def test_a_worker_without_the_lease_polls_nothing(fakes, poller):
    leases.claim(0, "somebody else")
    poller.round()

    assert not MachineState.objects.exists()


def test_a_worker_that_lost_its_shard_while_reading_writes_nothing(fakes, poller):
    def ask(machines):
        answers = FakePoller._ask(poller, machines)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE monitoring_shardlease SET holder = 'newer', fence = fence + 1")
        return answers

    poller._ask = ask
    poller.round()

    assert not Sample.objects.exists()
    assert not MachineState.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_late_round_is_dropped_and_not_queued(fakes, poller):
    fakes["A"].hangs.set()
    fakes["A"].deadline_s = 5

    def round_in_a_thread():
        poller.round()
        connection.close()

    first = threading.Thread(target=round_in_a_thread)
    first.start()
    while poller._lines.get(Machine.objects.get(name="A").pk) is None:
        time.sleep(0.01)
    assert poller.round() == {}
    fakes["A"].may_go_on.set()
    first.join()


def test_a_disabled_machine_is_not_polled_and_its_connection_ends(fakes, poller):
    poller.round()
    Machine.objects.filter(name="A").update(is_enabled=False)
    poller.round()

    assert fakes["A"].is_closed
    assert not fakes["B"].is_closed


def test_ssh_is_not_pretended():
    MachineFactory(name="S", transport="ssh", address="10.0.0.5")
    poller = Poller(0)
    poller.round()
    poller.close()

    assert state_of("S").status == Status.NO_DATA
    assert "SSH" in state_of("S").failure


def test_machines_are_due_once_in_their_interval():
    machine = MachineFactory(interval_s=15)
    poller = Poller(0)
    poller._line(machine)
    start = 15 * 1_000_000 - machine.pk * 5

    due = [poller._is_due(machine, start + second) for second in range(0, 60, 5)]
    assert due.count(True) == 4


def test_whom_nobody_polls_turns_grey():
    now = timezone.now()
    silent = MachineStateFactory(sampled_at=now - timedelta(minutes=3))
    polled = MachineStateFactory(sampled_at=now)

    assert grey_silent_machines() == 1
    silent.refresh_from_db()
    polled.refresh_from_db()
    assert (silent.status, polled.status) == (Status.NO_DATA, Status.SAFE)


def test_there_is_one_local_machine_however_often_it_is_ensured():
    assert ensure_local_machine() == ensure_local_machine()
