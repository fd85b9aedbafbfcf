"""One message's life on a real PostgreSQL: written with its change, done once, tried again, given up."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import outbox
from core.models import OutboxMessage
from core.outbox import GiveUp, NotInTransaction, OutboxDead, UnknownKind, leases, registry

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = (timedelta(0),)


@pytest.fixture(autouse=True)
def hints(monkeypatch):
    """Who is hinted at; no broker is asked."""
    told = []
    for module in ("delivery", "repair", "hints"):
        monkeypatch.setattr(f"core.outbox.{module}.hint", told.append)
    return told


@pytest.fixture
def make_handler():
    """Register a handler for one test: `make_handler(kind, run, **options)`."""
    made = []

    def make(run, kind="test.act", **options):
        made.append(kind)
        registry.handler(kind, **{"backoff": AT_ONCE, **options})(run)
        return kind

    yield make
    for kind in made:
        registry.forget(kind)


@pytest.fixture
def done(make_handler):
    """What the handler of test.act did, in order."""
    did = []
    make_handler(lambda message: did.append(message.payload["n"]))
    return did


def enqueue(n=1, kind="test.act", **options):
    with transaction.atomic():
        return outbox.enqueue(kind, key=str(n), payload={"n": n}, **options)


def row():
    return OutboxMessage.objects.exclude(kind="core.dead").get()


def expire_claims():
    OutboxMessage.objects.exclude(claimed_until=None).update(
        claimed_until=timezone.now() - timedelta(seconds=1)
    )


def test_a_message_is_done_and_says_so(done, hints):
    message = enqueue(3)
    assert hints == ["default"]
    assert outbox.drain("default") == 1
    assert done == [3]
    assert row().done_at
    assert (row().attempts, row().claimed_until) == (1, None)
    assert outbox.deliver(message.pk) is False
    assert done == [3]


def test_outside_a_transaction_nothing_is_taken(done):
    with pytest.raises(NotInTransaction):
        outbox.enqueue("test.act", key="1")


def test_a_kind_that_nobody_handles_is_refused_at_once():
    with pytest.raises(UnknownKind), transaction.atomic():
        outbox.enqueue("test.nobody", key="1")


def test_asked_twice_is_asked_once_also_after_it_was_done(done):
    assert enqueue(1) is not None
    assert enqueue(1) is None
    outbox.drain("default")
    assert enqueue(1) is None
    outbox.drain("default")
    assert done == [1]


def test_what_was_rolled_back_was_never_asked_for(done, hints):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.enqueue("test.act", key="1")
        raise ZeroDivisionError
    assert not OutboxMessage.objects.exists()
    assert hints == []


def test_many_messages_of_one_transaction_are_one_hint(done, hints):
    with transaction.atomic():
        for n in range(5):
            outbox.enqueue("test.act", key=str(n), payload={"n": n})
    assert hints == ["default"]


def test_a_hint_of_a_rolled_back_savepoint_is_given_by_the_next_message(done, hints):
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            outbox.enqueue("test.act", key="1")
            raise ZeroDivisionError
        outbox.enqueue("test.act", key="2", payload={"n": 2})
    assert hints == ["default"]


def test_what_is_not_due_waits(done):
    enqueue(1, due_at=timezone.now() + timedelta(hours=1))
    assert outbox.drain("default") == 0


def test_a_queue_does_only_its_own(make_handler, done):
    other = []
    make_handler(other.append, kind="test.slow", queue="slow")
    enqueue(1)
    enqueue(2, kind="test.slow")
    assert outbox.drain("slow") == 1
    assert (len(other), done) == (1, [])


def test_a_failed_try_leaves_no_effect_and_is_made_again(make_handler):
    def fail_once(message):
        OutboxMessage.objects.create(kind="effect", key=f"{message.attempt}")
        if message.attempt == 1:
            raise ValueError("not yet")

    make_handler(fail_once)
    message = enqueue()
    assert outbox.deliver(message.pk) is False
    failed = OutboxMessage.objects.get(pk=message.pk)
    assert failed.error == "ValueError: not yet"
    assert failed.claimed_until is None
    assert outbox.deliver(message.pk) is True
    assert list(OutboxMessage.objects.filter(kind="effect").values_list("key", flat=True)) == ["2"]
    assert OutboxMessage.objects.get(pk=message.pk).error == ""


def test_between_two_tries_there_is_a_pause(make_handler):
    make_handler(lambda message: 1 / 0, backoff=(timedelta(seconds=30), timedelta(minutes=5)))
    enqueue()
    outbox.drain("default")
    assert timedelta(seconds=25) < row().due_at - timezone.now() <= timedelta(seconds=30)
    OutboxMessage.objects.update(due_at=timezone.now())
    outbox.drain("default")
    assert timedelta(minutes=4) < row().due_at - timezone.now() <= timedelta(minutes=5)


def test_after_three_tries_it_is_dead_and_told(make_handler, announced):
    make_handler(lambda message: 1 / 0)
    message = enqueue()
    assert outbox.drain("default") == 4  # three tries, and that it was given up
    assert row().dead_at
    assert "ZeroDivisionError" in row().error
    assert announced == [OutboxDead(message_id=message.pk, kind="test.act")]
    assert outbox.drain("default") == 0


@pytest.fixture
def announced(monkeypatch):
    from core import events

    told = []
    monkeypatch.setattr(events, "_listeners", {OutboxDead: [told.append]})
    return told


def test_give_up_is_the_last_word(make_handler, announced):
    def refuse(message):
        raise GiveUp("the address does not exist")

    make_handler(refuse)
    enqueue()
    assert outbox.drain("default") == 2
    assert row().dead_at
    assert len(announced) == 1


def test_a_worker_that_dies_costs_a_try_and_nothing_else(done):
    enqueue(1)
    assert leases.claim_next("default")
    assert outbox.drain("default") == 0  # its lease still runs
    expire_claims()
    assert outbox.drain("default") == 1
    assert (done, row().attempts) == ([1], 2)


def test_three_dead_workers_are_three_tries(done, announced):
    enqueue(1)
    for _ in range(3):
        assert leases.claim_next("default")
        expire_claims()
    assert leases.claim_next("default") is None
    assert outbox.bury_lost() == 1
    assert row().dead_at
    assert outbox.drain("default") == 1
    assert len(announced) == 1


def test_whoever_buries_and_is_killed_has_told_all_the_same(make_handler, announced, monkeypatch):
    """What is due after the burial's commit never comes to pass; another worker tells, once, and again if it dies again."""
    make_handler(lambda message: 1 / 0)
    message = enqueue()
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "on_commit", lambda *args, **kwargs: None)
        for _ in range(3):
            outbox.deliver(message.pk)
    assert row().dead_at
    assert announced == []
    outbox.drain("default")
    outbox.drain("default")
    assert len(announced) == 1
    outbox.requeue(OutboxMessage.objects.filter(pk=message.pk))
    outbox.drain("default")
    assert len(announced) == 2


def test_a_death_that_cannot_be_told_is_called_out_once_more(make_handler, announced, monkeypatch):
    from core import events

    def deaf(event):
        raise ConnectionRefusedError

    make_handler(lambda message: 1 / 0)
    enqueue()
    monkeypatch.setattr(events, "_listeners", {OutboxDead: [deaf, announced.append]})
    for _ in range(3):
        outbox.drain("default")
        OutboxMessage.objects.update(due_at=timezone.now())
    told = OutboxMessage.objects.get(kind="core.dead")
    assert told.dead_at
    assert announced == [OutboxDead(message_id=told.pk, kind="core.dead")]
    assert OutboxMessage.objects.count() == 2


def test_an_outside_effect_with_an_unknown_end_is_never_repeated(make_handler, announced):
    did = []
    make_handler(did.append, transactional=False)
    enqueue()
    assert leases.claim_next("default")
    expire_claims()
    assert outbox.drain("default") == 0
    assert outbox.sweep() == 1  # that it was given up
    assert row().dead_at
    assert did == []
    assert "not known" in row().error


def test_an_outside_effect_that_failed_for_certain_is_tried_again(make_handler):
    tries = []

    def refuse_once(message):
        tries.append(message.attempt)
        if message.attempt == 1:
            raise ConnectionRefusedError

    make_handler(refuse_once, transactional=False)
    enqueue()
    assert outbox.drain("default") == 2
    assert tries == [1, 2]
    assert row().done_at


def test_an_idempotent_outside_effect_is_repeated(make_handler):
    did = []
    make_handler(did.append, transactional=False, idempotent=True)
    enqueue()
    leases.claim_next("default")
    expire_claims()
    assert outbox.drain("default") == 1
    assert [message.attempt for message in did] == [2]


def test_an_outside_effect_that_ends_after_its_burial_is_done_after_all(make_handler):
    def slow(message):
        expire_claims()
        outbox.bury_lost()
        assert row().dead_at

    make_handler(slow, transactional=False)
    enqueue()
    outbox.drain("default")
    assert row().done_at
    assert row().dead_at is None


def test_the_claim_of_an_outside_effect_is_committed_before_it_runs(make_handler):
    seen = []
    make_handler(
        lambda message: seen.append((connection.in_atomic_block, row().claimed_until is not None)),
        transactional=False,
    )
    enqueue()
    outbox.drain("default")
    assert seen == [(False, True)]


def test_hold_prolongs_a_claim_and_tells_when_it_was_lost(make_handler):
    make_handler(lambda message: None, transactional=False, idempotent=True)
    enqueue()
    first = leases.claim_next("default")
    assert outbox.hold(first, 600)
    assert row().claimed_until > timezone.now() + timedelta(minutes=9)
    expire_claims()
    assert leases.claim_next("default")
    assert not outbox.hold(first, 600)


def test_a_claim_that_was_lost_does_nothing(done):
    enqueue(1)
    late = leases.claim_next("default")
    expire_claims()
    newer = leases.claim_next("default")
    from core.outbox.delivery import _do

    assert _do(late) is False
    assert done == []
    assert _do(newer) is True
    assert done == [1]


def test_the_sweep_hints_at_what_is_due(done, hints):
    for n in range(6):
        enqueue(n)
    hints.clear()
    assert outbox.sweep() == 6
    assert hints == ["default"] * 4


def test_a_dead_message_can_be_tried_again(make_handler):
    fail = [True]

    def run(message):
        if fail:
            raise ValueError

    make_handler(run)
    enqueue()
    outbox.drain("default")
    assert row().dead_at
    fail.clear()
    assert outbox.requeue(OutboxMessage.objects.all()) == 1
    outbox.drain("default")
    assert row().done_at


def test_only_what_was_done_a_month_ago_is_forgotten(done):
    now = timezone.now()
    for days in (29, 31):
        OutboxMessage.objects.create(kind="test.act", key=f"{days}", done_at=now - timedelta(days=days))
        OutboxMessage.objects.create(kind="test.act", key=f"dead {days}", dead_at=now - timedelta(days=days))
    assert outbox.prune() == 1
    assert not OutboxMessage.objects.filter(key="31").exists()


def in_threads(count, run):
    """Run at the same moment in so many threads, each with a connection of its own."""
    barrier, errors = threading.Barrier(count), []

    def body():
        try:
            barrier.wait(10)
            run()
        except Exception as error:  # noqa: BLE001  the test's own thread shall fail, not this one
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=body) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []


def test_eight_workers_do_two_hundred_messages_once_each(make_handler):
    did, lock = [], threading.Lock()

    def run(message):
        with lock:
            did.append(message.payload["n"])

    make_handler(run)
    with transaction.atomic():
        for n in range(200):
            outbox.enqueue("test.act", key=str(n), payload={"n": n})
    in_threads(8, lambda: outbox.drain("default"))
    assert sorted(did) == list(range(200))
    assert OutboxMessage.objects.filter(done_at=None).count() == 0


def test_eight_workers_at_one_message_do_it_once(make_handler):
    did = []
    make_handler(did.append)
    message = enqueue()
    in_threads(8, lambda: outbox.deliver(message.pk))
    assert len(did) == 1
    assert row().attempts == 1


def test_a_slow_worker_keeps_its_message_beyond_its_lease(make_handler):
    """The row stays locked while a transactional handler runs, so nobody takes it over or buries it."""
    entered, leave, did = threading.Event(), threading.Event(), []

    def slow(message):
        did.append(message.attempt)
        entered.set()
        assert leave.wait(10)

    make_handler(slow, lease=timedelta(0))
    message = enqueue()
    OutboxMessage.objects.update(attempts=2)

    def work():
        outbox.deliver(message.pk)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert entered.wait(10)
    assert outbox.drain("default") == 0
    assert outbox.bury_lost() == 0
    leave.set()
    thread.join(10)
    assert did == [3]
    assert row().done_at


def test_the_same_key_from_eight_requests_at_once_is_one_message(done):
    in_threads(8, lambda: enqueue(1))
    assert OutboxMessage.objects.count() == 1


def test_the_command_counts_first_and_requeues_what_is_named(make_handler, capsys):
    from django.core.management import call_command

    make_handler(lambda message: 1 / 0)
    enqueue(1)
    outbox.drain("default")
    call_command("outbox_requeue", "--json")
    call_command("outbox_requeue", "--kind", "test.act", "--json")
    assert capsys.readouterr().out.split("\n")[:2] == [
        '{"requeued": 0, "dead": 1}',
        '{"requeued": 1, "dead": 0}',
    ]
    assert row().dead_at is None
