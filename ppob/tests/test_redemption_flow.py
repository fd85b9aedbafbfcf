"""Points for rewards: asked for by one, approved by another, taken in the same transaction."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from organization.tests.factories import EmployeeFactory
from ppob import ledger
from ppob.choices import RedemptionState
from ppob.exceptions import AlreadySo, NotEnough, OutOfStock, OwnRequest
from ppob.models import Redemption, Reward, Transfer
from ppob.services.redemptions import (
    approve_redemption,
    ask_redemption,
    hand_over_reward,
    refuse_redemption,
)
from ppob.tests.balance_world import prove
from ppob.tests.ledger_factories import account, make_agent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    return EmployeeFactory(), EmployeeFactory()


@pytest.fixture
def redemption(people):
    agent = make_agent()
    ledger.receive_points(agent=agent.agent_id, amount=500, key=f"p:{agent.agent_id}")
    reward = Reward.objects.create(code="MUG", name="Mug", points=300, stock=5)
    return ask_redemption(agent=agent, reward=reward, actor=people[0])


def points_of(redemption):
    return account(redemption.agent, "points").balance


def test_somebody_else_approves_and_the_points_go(redemption, people):
    with pytest.raises(OwnRequest):
        approve_redemption(redemption=redemption, actor=people[0])
    assert points_of(redemption) == 500
    approve_redemption(redemption=redemption, actor=people[1])
    assert points_of(redemption) == 200
    redemption.refresh_from_db()
    assert redemption.transfer_id == Transfer.objects.get(key=f"redemption:{redemption.uuid}").pk
    hand_over_reward(redemption=redemption, actor=people[1])
    with pytest.raises(AlreadySo):
        hand_over_reward(redemption=redemption, actor=people[1])
    prove()


def test_the_database_knows_four_eyes_too(redemption, people):
    with pytest.raises(IntegrityError), transaction.atomic():
        Redemption.objects.filter(pk=redemption.pk).update(decided_by=people[0])


def test_too_few_points_are_refused_and_nothing_moves(redemption, people):
    ledger.take_points(agent=redemption.agent.agent_id, amount=400, key="spent")
    with pytest.raises(NotEnough):
        approve_redemption(redemption=redemption, actor=people[1])
    redemption.refresh_from_db()
    assert (redemption.state, points_of(redemption)) == (RedemptionState.ASKED, 100)
    assert Reward.objects.get().stock == 5
    prove()


def test_an_empty_shelf_refuses(redemption, people):
    Reward.objects.update(stock=0)
    with pytest.raises(OutOfStock):
        approve_redemption(redemption=redemption, actor=people[1])
    assert points_of(redemption) == 500


def test_refused_takes_nothing(redemption, people):
    refuse_redemption(redemption=redemption, actor=people[1])
    with pytest.raises(AlreadySo):
        approve_redemption(redemption=redemption, actor=people[1])
    assert points_of(redemption) == 500


def test_two_who_approve_at_once_take_the_points_once(redemption, people):
    third = EmployeeFactory()
    start, told = threading.Barrier(2), []

    def approve(actor):
        start.wait()
        try:
            approve_redemption(redemption=redemption, actor=actor)
            told.append("approved")
        except AlreadySo:
            told.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=[actor]) for actor in (people[1], third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["approved", "refused"]
    assert (points_of(redemption), Reward.objects.get().stock) == (200, 4)
    prove()
