"""The eight stored operations of the original: each one's success and its refusals, which change no row."""

import pytest
from django.db import connection

from ppob import ledger
from ppob.models import Account, LimitUsage, Transfer
from ppob.services.proof import verify_ledger
from ppob.services.shared_accounts import fold_all
from ppob.tests.ledger_factories import account, make_agent, make_biller, total_of

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = "089900000000"


@pytest.fixture
def agent():
    return make_agent(100_000)


@pytest.fixture
def biller():
    return make_biller()


def rows() -> list:
    """Every row that an operation may touch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT md5(string_agg(x, '' ORDER BY x)) FROM (SELECT a::text FROM ppob_account a"
            " UNION ALL SELECT t::text FROM ppob_transfer t UNION ALL SELECT e::text FROM ppob_entry e"
            " UNION ALL SELECT d::text FROM ppob_delta d UNION ALL SELECT l::text FROM ppob_limit_usage l) rows (x)"
        )
        return cursor.fetchall()


def refused(answer_of, description: str) -> None:
    before = rows()
    answer = answer_of()
    assert (answer.status, answer.description, answer.current, answer.previous) == (
        "FAILED",
        description,
        None,
        None,
    )
    assert rows() == before
    assert verify_ledger()["violations"] == []


def test_money_comes_in(agent):
    answer = ledger.receive_money(agent=agent.agent_id, amount=25_000, key="in")
    assert answer == (125_000, 100_000, "SUCCESS", "done")
    assert ledger.receive_money(agent=agent.agent_id, amount=25_000, key="in")[2:] == ("SUCCESS", "repeated")
    refused(lambda: ledger.receive_money(agent=agent.agent_id, amount=1, key="in"), "different")
    refused(lambda: ledger.receive_money(agent=NOBODY, amount=1, key="nobody"), "unknown")
    for amount in (0, -1, 10**15 + 1):
        refused(
            lambda amount=amount: ledger.receive_money(agent=agent.agent_id, amount=amount, key="odd"),
            "amount",
        )


def test_points_come_in(agent):
    assert ledger.receive_points(agent=agent.agent_id, amount=30, key="in") == (30, 0, "SUCCESS", "done")
    assert account(agent).balance == 100_000
    refused(lambda: ledger.receive_points(agent=agent.agent_id, amount=0, key="none"), "amount")
    refused(lambda: ledger.receive_points(agent=NOBODY, amount=1, key="nobody"), "unknown")


def test_a_sale_s_money_goes_out_within_floor_and_limits(agent):
    Account.objects.filter(pk=account(agent).pk).update(item_cap=60_000, day_cap=80_000, month_cap=90_000)
    assert ledger.take_money(agent=agent.agent_id, amount=50_000, key="out") == (
        50_000,
        100_000,
        "SUCCESS",
        "done",
    )
    assert sorted(LimitUsage.objects.values_list("kind", "used")) == [("day", 50_000), ("month", 50_000)]
    refused(lambda: ledger.take_money(agent=agent.agent_id, amount=30_001, key="day"), "limit")
    refused(lambda: ledger.take_money(agent=agent.agent_id, amount=50_001, key="floor"), "balance")
    Account.objects.filter(pk=account(agent).pk).update(item_cap=1_000)
    refused(lambda: ledger.take_money(agent=agent.agent_id, amount=1_001, key="item"), "limit")
    refused(lambda: ledger.take_money(agent=agent.agent_id, amount=50_000, key="out2"), "limit")
    refused(lambda: ledger.take_money(agent=NOBODY, amount=1, key="nobody"), "unknown")


def test_money_goes_back_with_what_it_counted_for_the_limits(agent):
    ledger.take_money(agent=agent.agent_id, amount=10_000, key="uncounted")
    Account.objects.filter(pk=account(agent).pk).update(day_cap=80_000)
    ledger.take_money(agent=agent.agent_id, amount=20_000, key="counted")
    give_back = ledger.give_back_money
    assert give_back(agent=agent.agent_id, amount=10_000, key="b1") == (80_000, 70_000, "SUCCESS", "done")
    assert LimitUsage.objects.get().used == 20_000  # the first was taken when there was no limit
    assert give_back(agent=agent.agent_id, amount=20_000, key="b2") == (100_000, 80_000, "SUCCESS", "done")
    assert LimitUsage.objects.get().used == 0
    assert give_back(agent=agent.agent_id, amount=20_000, key="b2")[2:] == ("SUCCESS", "repeated")
    assert Transfer.objects.get(key="b2").reverses.key == "counted"
    refused(lambda: give_back(agent=agent.agent_id, amount=20_000, key="b3"), "nothing")
    refused(lambda: give_back(agent=agent.agent_id, amount=-5, key="b4"), "amount")
    refused(lambda: give_back(agent=agent.agent_id, amount=10_000, key="b2"), "different")
    refused(lambda: give_back(agent=NOBODY, amount=10_000, key="b5"), "unknown")


def test_points_go_out_and_never_more_than_there_are(agent):
    ledger.receive_points(agent=agent.agent_id, amount=30, key="in")
    assert ledger.take_points(agent=agent.agent_id, amount=30, key="out") == (0, 30, "SUCCESS", "done")
    assert ledger.take_points(agent=agent.agent_id, amount=30, key="out")[2:] == ("SUCCESS", "repeated")
    refused(lambda: ledger.take_points(agent=agent.agent_id, amount=1, key="more"), "balance")
    refused(lambda: ledger.take_points(agent=NOBODY, amount=1, key="nobody"), "unknown")


def test_a_sale_s_cost_leaves_the_deposit_and_comes_back(biller):
    assert ledger.take_deposit(biller=biller.code, amount=40_000, key="out") == (
        -40_000,
        0,
        "SUCCESS",
        "done",
    )
    refused(lambda: ledger.take_deposit(biller="NOBODY", amount=1, key="nobody"), "unknown")
    refused(lambda: ledger.take_deposit(biller=biller.code, amount=0, key="none"), "amount")
    ledger.take_deposit(biller=biller.code, amount=1_000, key="another")
    for fold in (False, True):  # said again it is what it was, whatever came since
        if fold:
            fold_all()
        again = ledger.take_deposit(biller=biller.code, amount=40_000, key="out")
        assert again == (-40_000, 0, "SUCCESS", "repeated")
    ledger.give_back_deposit(biller=biller.code, amount=1_000, key="another back")
    answer = ledger.give_back_deposit(biller=biller.code, amount=40_000, key="back")
    assert (answer.status, answer.description) == ("SUCCESS", "done")
    assert total_of(biller) == total_of("clearing:idr") == 0
    refused(lambda: ledger.give_back_deposit(biller="NOBODY", amount=1, key="nobody"), "unknown")
    refused(lambda: ledger.give_back_deposit(biller=biller.code, amount=1, key="back"), "different")


def test_whether_a_login_is_registered_and_active(agent):
    assert ledger.check_id(agent.agent_id)[2:] == ("SUCCESS", "active")
    assert ledger.check_id(NOBODY)[2:] == ("FAILED", "unknown")
    blocked = make_agent(status="blocked")
    assert ledger.check_id(blocked.agent_id)[2:] == ("FAILED", "blocked")
    refused(lambda: ledger.receive_money(agent=blocked.agent_id, amount=1, key="blocked"), "unknown")
