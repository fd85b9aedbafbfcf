import pytest

from ppob.models import PostingException, Transaction, Transfer
from ppob.services.proof import verify_ledger
from ppob.services.sales import report_sales
from ppob.tests.ledger_factories import House, account, total_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> House:
    return House.make()


def report(*sales):
    outcomes = report_sales(list(sales))
    assert verify_ledger()["violations"] == []
    return [outcome.answer for outcome in outcomes]


def test_a_successful_sale_moves_money_and_points_in_its_parts(house):
    assert report(house.sale()) == ["new"]

    assert account(house.agent).balance == 1_000_000 - 52_000
    assert total_of(house.biller) == -50_500
    assert total_of("income:idr") == 1_500
    assert account(house.agent, "points").balance == 5
    row = Transaction.objects.get()
    assert (row.total, row.net, row.charged, row.income) == (53_000, 50_500, 52_000, 1_500)
    assert row.transfer_id == Transfer.objects.get(kind="sale").pk


def test_a_retry_has_one_effect_and_the_first_answer(house):
    sale = house.sale()
    assert report(sale, sale) == ["new", "same"]
    assert report(sale) == ["same"]
    assert account(house.agent).balance == 1_000_000 - 52_000


def test_another_payload_under_the_same_noref_is_refused(house):
    sale = house.sale()
    report(sale)
    assert report(house.sale(noref=sale.noref, bill=60_000, occurred_at=sale.occurred_at)) == ["different"]
    assert account(house.agent).balance == 1_000_000 - 52_000


def test_a_suspect_sale_holds_the_money_and_success_captures_it(house):
    sale = house.sale(state="suspect")
    assert report(sale) == ["new"]
    assert (account(house.agent).balance, account(house.agent).held) == (1_000_000, 52_000)

    from dataclasses import replace

    assert report(replace(sale, state="success", serial="TOKEN 1")) == ["moved"]
    assert (account(house.agent).balance, account(house.agent).held) == (948_000, 0)
    assert Transaction.objects.get().serial == "TOKEN 1"


def test_failure_releases_the_hold_and_nothing_moves_backwards(house):
    from dataclasses import replace

    sale = house.sale(state="pending")
    assert report(sale, replace(sale, state="failed")) == ["new", "moved"]
    assert (account(house.agent).balance, account(house.agent).held) == (1_000_000, 0)
    assert report(replace(sale, state="success")) == ["backwards"]
    assert account(house.agent).balance == 1_000_000


def test_a_reversal_gives_everything_back(house):
    from dataclasses import replace

    sale = house.sale()
    assert report(sale, replace(sale, state="reversed")) == ["new", "moved"]
    assert account(house.agent).balance == 1_000_000
    assert account(house.agent, "points").balance == 0
    assert total_of(house.biller) == total_of("income:idr") == 0
    assert report(replace(sale, state="reversed")) == ["same"]


def test_a_sale_that_the_balance_cannot_carry_goes_to_the_receivable_and_is_listed():
    house = House.make(balance=40_000)
    assert report(house.sale()) == ["new"]
    assert account(house.agent).balance == 40_000
    assert account(house.agent, "receivable").balance == 52_000
    assert PostingException.objects.get().reason == "floor"


def test_what_is_not_known_is_refused_by_itself(house):
    answers = report(
        house.sale(agent="089999999999"), house.sale(), house.sale(biller="NOBODY"), house.sale(product="X")
    )
    assert answers == ["unknown_agent", "new", "unknown_biller", "unknown_product"]
