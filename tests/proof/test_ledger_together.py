"""Many who post at the same moment: nobody overspends, nobody waits in a circle, a key has one effect."""

import os
import random
import time
from datetime import timedelta
from functools import partial

import psycopg
import pytest
from django.db import connection, connections
from django.utils import timezone

from ppob import ledger
from ppob.ledger import payload_hash
from ppob.models import Account, Entry, Hold, Transfer
from ppob.services.proof import CHECKS, verify_ledger
from ppob.tests.ledger_factories import account, make_agent, make_biller, total_of
from tests.proof.conftest import IS_FULL
from tests.proof.sessions import at_once, interleavings, outcome, session, sessions, walk

pytestmark = pytest.mark.django_db(transaction=True)
THREADS, EACH, PRICE = 50, 4, 1_000
MOVE = "SELECT transfer_id FROM ppob_move(%s, %s, 'move', %s, %s, %s)"
BROKEN = " UNION ALL ".join(
    f"SELECT '{kind}', what FROM ({sql}) AS _{kind} (what)" for kind, sql in CHECKS.items()
)
HASH = payload_hash(proof=1)


def broken() -> list:
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        return cursor.fetchall()


# Double spending.

NAIVE = "CREATE TABLE IF NOT EXISTS proof_naive (balance bigint)"


@pytest.fixture
def naive_account(transactional_db):
    """What one would write without thinking: read the balance, look at it, write it."""
    owner = connections["owner"].get_connection_params()
    with psycopg.connect(**owner, autocommit=True) as database:
        database.execute(NAIVE)
        database.execute("INSERT INTO proof_naive VALUES (0)")
    yield
    connection.close()
    with psycopg.connect(**owner, autocommit=True) as database:
        database.execute("DROP TABLE proof_naive")


def withdraw_naively(database) -> bool:
    with database.transaction():
        balance = database.execute("SELECT balance FROM proof_naive").fetchone()[0]
        if balance < PRICE:
            return False
        database.execute("UPDATE proof_naive SET balance = %s", [balance - PRICE])
    return True


def test_50_threads_spend_what_is_there_and_not_once_more(naive_account, chance, report):
    overspent, turns = 0, 20 if IS_FULL else 3
    with sessions(THREADS) as threads:
        for turn in range(turns):
            affords = chance.randrange(20, THREADS * EACH - 20)
            agent, other = make_agent(affords * PRICE + chance.randrange(PRICE)), make_agent()
            ids = [account(agent).pk, account(other).pk, PRICE]

            def withdraw(thread, database, turn=turn, ids=ids):
                keys = [f"w{turn}-{thread}-{number}" for number in range(EACH)]
                return [outcome(database, MOVE, [key, HASH, *ids]) for key in keys]

            said = at_once([lambda t=t, d=d: withdraw(t, d) for t, d in enumerate(threads)])
            answers = [answer for each in said for answer in each]
            assert sum(isinstance(answer, int) for answer in answers) == affords
            assert answers.count("PB004") == THREADS * EACH - affords
            assert account(agent).balance < PRICE
            assert account(other).balance == affords * PRICE
            threads[0].execute("UPDATE proof_naive SET balance = %s", [affords * PRICE])
            done = at_once([lambda d=d: sum(withdraw_naively(d) for _ in range(EACH)) for d in threads])
            overspent += sum(done) > affords
    report |= {"turns": turns, "naive_overspent": overspent}
    assert broken() == []
    assert overspent, "the naive way has to overspend, or this test would see nothing"


# Every order of two sessions.


def two_debits(turn):
    agent, other = make_agent(100_000), make_agent()
    ids = [account(agent).pk, account(other).pk, 60_000]
    return (MOVE, MOVE), ([f"a{turn}", HASH, *ids], [f"b{turn}", HASH, *ids]), {"PB004+ok"}


def debit_and_close(turn):
    """Into a day that the other closes: it is in the day's hash, or was refused."""
    moment = timezone.now() - timedelta(days=60 - turn)
    day = ledger.post(key=f"first{turn}", kind="move", legs=_legs(make_agent(10_000), 5), at=moment)
    day = Transfer.objects.get(pk=day.id).posted_on
    legs = _legs(make_agent(10_000), 7)
    post = "SELECT transfer_id FROM ppob_post(%s, %s, 'move', 7, %s::bigint[], %s::bigint[], p_at => %s)"
    params = [f"late{turn}", HASH, [leg[0] for leg in legs], [leg[1] for leg in legs], moment]
    return (post, "SELECT ppob_close_day(%s)"), (params, [day]), {"ok+ok", "PB001+ok"}


def capture_and_release(turn, state="released"):
    agent = make_agent(100_000)
    hold = ledger.hold(key=f"{state}{turn}", account=account(agent).pk, amount=60_000)
    capture = (
        "SELECT transfer_id FROM ppob_capture(%s, %s, 'move', %s, %s::bigint[], ARRAY[-60000]::bigint[])"
    )
    params = ([f"c{state}{turn}", HASH, hold.id, [account("clearing:idr").pk]], [hold.id, state])
    return (capture, "SELECT ppob_release(%s, %s)"), params, {"ok+PB006", "PB006+ok"}


def capture_and_expiry(turn):
    return capture_and_release(turn, "expired")


def two_reversals(turn):
    moved = ledger.move(
        key=f"m{turn}",
        kind="move",
        debit=account(make_agent(50_000)).pk,
        credit=account(make_agent()).pk,
        amount=50_000,
    )
    reverse = "SELECT transfer_id FROM ppob_reverse(%s, %s, %s)"
    params = ([f"r{turn}a", HASH, moved.id], [f"r{turn}b", HASH, moved.id])
    return (reverse, reverse), params, {"23505+ok"}


def two_within_a_limit(turn):
    agent = make_agent(500_000)
    Account.objects.filter(pk=account(agent).pk).update(day_cap=100_000, month_cap=300_000)
    hold = "SELECT hold_id FROM ppob_hold(%s, %s, %s, 60000)"
    params = tuple([f"l{turn}{who}", HASH, account(agent).pk] for who in "ab")
    return (hold, hold), params, {"PB005+ok"}


def _legs(agent, amount):
    return [(account(agent).pk, amount), (account("clearing:idr").pk, -amount)]


@pytest.mark.parametrize(
    "scene",
    [two_debits, debit_and_close, capture_and_release, capture_and_expiry, two_reversals, two_within_a_limit],
)
def test_every_order_of_two_sessions_ends_well(report, scene):
    seen: dict[str, int] = {}
    orders = interleavings()
    for turn, order in enumerate(orders):
        work, params, allowed = scene(turn)
        results = ["ok" if not isinstance(each, str) else each for each in walk(order, work, params)]
        # Of two who do the same either may win.
        ended = "+".join(results if len(set(work)) > 1 else sorted(results, key=lambda each: each == "ok"))
        assert ended in allowed, (order, results)
        seen[ended] = seen.get(ended, 0) + 1
    report |= {"orders": len(orders), "ended": seen}
    if len(set(work)) > 1:
        assert set(seen) == allowed, "each allowed end has to be reached by some order"
    assert verify_ledger()["violations"] == []


# No circle.


def test_random_transfers_at_once_never_wait_in_a_circle(seed, report):
    people, total = 12, 100_000 if IS_FULL else 4_000
    own = [account(make_agent(10**9)).pk for _ in range(people)]
    shared = [account(make_biller()).pk, account("clearing:idr").pk, account("income:idr").pk]
    threads = 8

    def work(number):
        chance = random.Random(seed * 100 + number)
        answers = {}
        with session() as database:
            for turn in range(total // threads):
                accounts = chance.sample(own, chance.randrange(3, 5)) + chance.sample(
                    shared, chance.randrange(0, 3)
                )
                chance.shuffle(accounts)
                amounts = [chance.randrange(1, 1000) for _ in accounts[1:]]
                key, what = f"t{number}-{turn}", chance.randrange(10)
                if what < 7:
                    answer = outcome(
                        database,
                        "SELECT transfer_id FROM ppob_post(%s, %s, 'move', %s, %s::bigint[], %s::bigint[])",
                        [key, HASH, sum(amounts), accounts, [sum(amounts), *(-each for each in amounts)]],
                    )
                elif what == 7:
                    answer = outcome(
                        database, MOVE, [key, HASH, own[turn % people], own[(turn + 5) % people], 5]
                    )
                elif what == 8:
                    hold = outcome(
                        database, "SELECT hold_id FROM ppob_hold(%s, %s, %s, 9)", [key, HASH, accounts[0]]
                    )
                    if not isinstance(hold, int):
                        continue
                    legs = [each for each in accounts if each != accounts[0]][:2]
                    answer = outcome(
                        database,
                        "SELECT transfer_id FROM ppob_capture(%s, %s, 'move', %s, %s::bigint[], ARRAY[-4, -5]::bigint[])",
                        [key, HASH, hold, legs],
                    )
                else:
                    back = chance.randrange(1, turn + 2)
                    answer = outcome(
                        database,
                        "SELECT r.transfer_id FROM ppob_transfer t, ppob_reverse(%s, %s, t.id) r WHERE t.key = %s",
                        [key, HASH, f"t{(number + 1) % threads}-{turn - back}"],
                    )
                kind = answer if isinstance(answer, str) else "ok"
                answers[kind] = answers.get(kind, 0) + 1
                if turn % 200 == 0:
                    database.execute("SELECT ppob_fold(%s)", [chance.choice(shared)])
        return answers

    counted: dict[str, int] = {}
    for answers in at_once([lambda n=n: work(n) for n in range(threads)]):
        for kind, number in answers.items():
            counted[kind] = counted.get(kind, 0) + number
    report |= {"transfers": total, "answers": counted}
    # The same transfer reversed twice, a shared account held: refusals that were asked for.
    assert set(counted) <= {"ok", "23505", "PB011", "PB004", "PB009"}, counted
    assert counted["ok"] > total * 0.8
    assert broken() == []


# One key, one effect.

BY_NAME = {"receive", "charge", "give back", "points in", "points out", "deposit"}


def verbs(turn, biller):
    """Each verb as a statement that a client repeats."""
    agent, other = make_agent(100_000), make_agent()
    mine, theirs, clearing = account(agent).pk, account(other).pk, account("clearing:idr").pk
    hold = ledger.hold(key=f"to capture {turn}", account=mine, amount=500).id
    moved = ledger.move(key=f"to reverse {turn}", kind="move", debit=mine, credit=theirs, amount=300).id
    charged = ledger.take_money(agent=agent.agent_id, amount=700, key=f"to give back {turn}")
    assert charged.status == "SUCCESS"
    assert ledger.receive_points(agent=agent.agent_id, amount=200, key=f"to spend {turn}").status == "SUCCESS"
    who = [agent.agent_id]
    legs = "ARRAY[%s, %s]::bigint[], ARRAY[100, -100]::bigint[]"
    return {
        "post": (f"SELECT transfer_id FROM ppob_post(%s, %s, 'move', 100, {legs})", [mine, clearing]),
        "move": ("SELECT transfer_id FROM ppob_move(%s, %s, 'move', %s, %s, 100)", [mine, theirs]),
        "hold": ("SELECT hold_id FROM ppob_hold(%s, %s, %s, 100)", [mine]),
        "capture": (
            "SELECT transfer_id FROM ppob_capture(%s, %s, 'move', %s, ARRAY[%s]::bigint[], ARRAY[-400]::bigint[])",
            [hold, clearing],
        ),
        "reverse": ("SELECT transfer_id FROM ppob_reverse(%s, %s, %s)", [moved]),
        "receive": ("SELECT current FROM ppob_receive_money(%s, 100, %s, %s)", who),
        "charge": ("SELECT current FROM ppob_take_money(%s, 100, %s, %s)", who),
        "give back": ("SELECT current FROM ppob_give_back_money(%s, 700, %s, %s)", who),
        "points in": ("SELECT current FROM ppob_receive_points(%s, 50, %s, %s)", who),
        "points out": ("SELECT current FROM ppob_take_points(%s, 250, %s, %s)", who),
        "deposit": ("SELECT current FROM ppob_take_deposit(%s, 900, %s, %s)", [biller.code]),
    }


def test_20_at_once_and_5_later_have_one_effect_and_one_answer(report):
    turns, calls, biller = 20 if IS_FULL else 1, 0, make_biller()
    with sessions(20) as clients:
        for turn in range(turns):
            for verb, (sql, rest) in verbs(turn, biller).items():
                key = f"idempotent {verb} {turn}"
                params = [*rest, key, HASH] if verb in BY_NAME else [key, HASH, *rest]
                before = Transfer.objects.count() + Hold.objects.count()
                answers = at_once([partial(outcome, client, sql, params) for client in clients])
                answers += [outcome(clients[0], sql, params) for _ in range(5)]
                assert len(set(answers)) == 1, (verb, set(answers))
                assert isinstance(answers[0], int), (verb, answers[0])
                assert Transfer.objects.count() + Hold.objects.count() == before + 1, verb
                other = [payload_hash(other=1) if each is HASH else each for each in params]
                assert outcome(clients[0], sql, other) in ("PB003", None), verb
                assert Transfer.objects.count() + Hold.objects.count() == before + 1, verb
                calls += 26
    report |= {"calls": calls}
    assert broken() == []


def test_a_charge_given_back_by_20_calls_with_one_key_at_once_is_given_back_once(report):
    """There is an older charge of the same amount, and once it is gone there is none: each call gives the same back."""
    agent, turns = make_agent(10**9), 200 if IS_FULL else 12
    give_back = "SELECT current || ' ' || status FROM ppob_give_back_money(%s, 700, %s, %s)"
    with sessions(20) as clients:
        for turn in range(turns):
            assert (
                ledger.take_money(agent=agent.agent_id, amount=700, key=f"charge {turn}").status == "SUCCESS"
            )
            assert (
                ledger.take_money(agent=agent.agent_id, amount=700, key=f"again {turn}").status == "SUCCESS"
            )
            for charge in (f"again {turn}", f"charge {turn}"):
                params = [agent.agent_id, f"back {charge}", HASH]
                answers = at_once([partial(outcome, client, give_back, params) for client in clients])
                assert set(answers) == {f"{total_of(agent)} SUCCESS"}, (charge, set(answers))
                made = Transfer.objects.get(key=f"back {charge}")
                assert made.reverses.key == charge
    report |= {"calls": turns * 40}
    assert Transfer.objects.filter(kind="give_back").count() == 2 * turns
    assert total_of(agent) == 10**9
    assert broken() == []


def test_a_client_that_dies_before_it_hears_the_answer_tries_again_with_one_effect(chance, report):
    agent, other = make_agent(10**6), make_agent()
    ids = [account(agent).pk, account(other).pk]
    turns, had_committed = 100 if IS_FULL else 20, 0
    for turn in range(turns):
        params = [f"dies{turn}", HASH, *ids, 100]
        pause = chance.random() * 0.004
        child = os.fork()
        if child == 0:
            database = session()
            values = [
                str(each).encode() if not isinstance(each, bytes) else b"\\x" + each.hex().encode()
                for each in params
            ]
            sql = b"SELECT * FROM ppob_move($1, $2, 'move', $3, $4, $5)"
            database.pgconn.send_query_params(sql, values)
            database.pgconn.flush()
            time.sleep(pause)
            os._exit(9)
        os.waitpid(child, 0)
        had_committed += Transfer.objects.filter(key=params[0]).exists()
        with session() as database:
            assert isinstance(outcome(database, MOVE, params), int)
        assert Entry.objects.filter(transfer__key=params[0]).count() == 2
    report |= {"turns": turns, "had_committed": had_committed}
    assert total_of(other) == 100 * turns
    assert broken() == []
