"""What becomes of each item of a batch, whatever stands beside it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from ppob.models import AdviceRequest, BillerDay, Hold, Transaction, Transfer
from ppob.services.proof import verify_ledger
from ppob.tests.core import HOLDS, Core, item_of
from ppob.tests.ledger_factories import House, account

pytestmark = pytest.mark.django_db(transaction=True)
NOW = object()


@pytest.fixture
def core() -> Core:
    return Core.make()


@pytest.fixture
def house() -> House:
    return House.make()


def answers(response) -> list:
    """`taken` or the code and field of the refusal, in order."""
    assert response.status_code == 200, response.content
    return [
        each["answer"] if each["answer"] == "taken" else (each["error"]["code"], each["error"]["field"])
        for each in response.json()["results"]
    ]


NOT_WHOLE: tuple[object, ...] = (1.5, 50_000.0, True, "50000", None, [], float("nan"))
BAD: list[tuple[dict[str, Any], tuple[str, str]]] = [
    *[({"bill": value}, ("not_whole", "bill")) for value in NOT_WHOLE],
    *[({"bill": value}, ("range", "bill")) for value in (-1, 10**18, 10**15 + 1, 10**30)],
    ({"fine": -1}, ("range", "fine")),
    ({"biller_fee": 10**15}, ("range", "bill")),
    ({"bill": 0, "biller_fee": 0, "counter_fee": 0, "commission": 0}, ("range", "bill")),
    ({"commission": 51_000}, ("range", "commission")),
    ({"agent_share": 53_000}, ("range", "agent_share")),
    ({"bill": ...}, ("missing", "bill")),
    ({"amount": 5}, ("unknown_field", "amount")),
    ({"noref": ""}, ("length", "noref")),
    ({"noref": "1" * 21}, ("length", "noref")),
    ({"noref": 12345678901}, ("not_text", "noref")),
    ({"noref": "12\x0034"}, ("not_printable", "noref")),
    ({"noref": "12\n34"}, ("not_printable", "noref")),
    ({"customer_id": ""}, ("length", "customer_id")),
    ({"customer_id": "1" * 31}, ("length", "customer_id")),
    ({"customer_id": "\ud800"}, ("not_printable", "customer_id")),
    ({"serial": "9" * 61}, ("length", "serial")),
    ({"response_code": "\x00"}, ("not_printable", "response_code")),
    ({"state": "done"}, ("unknown_value", "state")),
    ({"state": None}, ("unknown_value", "state")),
    ({"state": {}}, ("unknown_value", "state")),
    ({"sheets": 0}, ("range", "sheets")),
    ({"sheets": 40_000}, ("range", "sheets")),
    ({"points": -1}, ("range", "points")),
    ({"milliseconds": 2**31}, ("range", "milliseconds")),
    ({"occurred_at": "2026-11-25T08:30:00"}, ("no_zone", "occurred_at")),
    ({"occurred_at": "yesterday"}, ("not_moment", "occurred_at")),
    ({"occurred_at": 1_795_600_000}, ("not_moment", "occurred_at")),
    ({"occurred_at": "0001-01-01T00:00:00+14:00"}, ("too_far", "occurred_at")),
    ({"occurred_at": "9999-12-31T23:59:59-14:00"}, ("too_far", "occurred_at")),
    ({"agent": "089999999999"}, ("unknown_agent", "agent")),
    ({"agent": 8999}, ("not_text", "agent")),
    ({"product": "NONE"}, ("unknown_product", "product")),
    ({"biller": "NONE"}, ("unknown_biller", "biller")),
    ({"hold": "none"}, ("unknown_hold", "hold")),
    ({"hold": "a b"}, ("form", "hold")),
]  # fmt: skip


def test_bad_items_are_refused_one_by_one_and_their_neighbours_taken(core, house):
    good, last = house.sale(), house.sale()
    bad = [item_of(house.sale(), **changes) for changes, _ in BAD]
    odd = [None, 5, [], "sale", {}]

    response = core.report(good, *bad, *odd, last)

    assert answers(response) == [
        "taken",
        *[error for _, error in BAD],
        *[("not_object", "")] * 4,
        ("missing", "noref"),
        "taken",
    ]
    assert set(Transaction.objects.values_list("noref", flat=True)) == {good.noref, last.noref}
    assert account(house.agent).balance == 1_000_000 - 2 * 52_000
    assert verify_ledger()["violations"] == []


@pytest.mark.parametrize(
    ("ago", "is_taken"),
    [
        (timedelta(days=92, minutes=1), False),
        (timedelta(days=91, hours=23), True),
        (-timedelta(minutes=4), True),
        (-timedelta(minutes=6), False),
    ],
)
def test_a_sale_is_at_most_92_days_old_and_not_of_tomorrow(core, house, ago, is_taken):
    sale = house.sale(occurred_at=datetime.now(UTC) - ago)
    assert answers(core.report(sale)) == ["taken" if is_taken else ("too_far", "occurred_at")]


def test_leading_zeros_stay(core, house):
    core.report(house.sale(noref="00000000012", customer_id="000123"))
    row = Transaction.objects.get()
    assert (row.noref, row.customer_id) == ("00000000012", "000123")


def test_a_state_never_moves_backwards(core, house):
    sale = house.sale()
    core.report(sale)
    response = core.report(replace(sale, state="pending"))
    assert answers(response) == [("backwards", "state")]
    assert response.json()["results"][0]["transaction"] == Transaction.objects.get().pk


def test_a_poisoned_item_does_not_hold_its_neighbours_up(core, house):
    """An agent without accounts is a fault of ours; the ledger raises for the whole batch."""
    from ppob.models import Agent

    Agent.objects.create(agent_id="08129999", name="X", status="active", registered_at=timezone.now())
    response = core.report(house.sale(), house.sale(agent="08129999"), house.sale())
    assert answers(response) == ["taken", ("unpostable", ""), "taken"]


def test_a_hold_is_captured_by_its_sale(core, house):
    wish = {"key": "h-1", "agent": house.agent.agent_id, "amount": 52_000}
    first, again = core.call(HOLDS, wish), core.call(HOLDS, wish)

    assert first.status_code == 200
    assert first.json() == again.json()
    assert account(house.agent).held == 52_000
    assert answers(core.report(house.sale(hold="h-1"))) == ["taken"]
    assert (account(house.agent).balance, account(house.agent).held) == (948_000, 0)
    # Its answer does not change, and what it held does not come back.
    assert core.call(HOLDS, wish).json() == first.json()
    release = core.call(f"{HOLDS}h-1/release/")
    assert (release.status_code, release.json()["code"]) == (409, "hold_ended")


def item_with_hold(sale, hold):
    return item_of(sale, hold=hold)


def test_another_agents_hold_is_not_touched(core, house):
    other = House.make()
    core.call(HOLDS, {"key": "theirs", "agent": other.agent.agent_id, "amount": 40_000})
    response = core.report(item_with_hold(house.sale(state="failed"), "theirs"))
    assert answers(response) == [("unknown_hold", "hold")]
    assert account(other.agent).held == 40_000


def test_a_hold_may_be_refused_and_says_what_is_short(core, house):
    response = core.call(
        HOLDS, {"key": "big", "agent": house.agent.agent_id, "amount": 1_000_001}, nonce="n" * 20
    )

    assert response.status_code == 409
    assert response.json()["code"] == "not_enough"
    assert response.json()["extra"] == {"need": 1_000_001, "available": 1_000_000}
    assert not Hold.objects.exists()
    # Who overheard it cannot make it come true later.
    assert core.call(HOLDS, {}, nonce="n" * 20).json()["code"] == "replayed_nonce"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"amount": 0}, 400, "invalid"),
        ({"amount": True}, 400, "invalid"),
        ({"amount": 10**18}, 400, "invalid"),
        ({"agent": "08000000"}, 409, "unknown_agent"),
        ({"key": "a/b"}, 400, "invalid"),
        ({"expires_in": 5}, 400, "invalid"),
        ({"amount": 53_000}, 409, "different_payload"),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused(core, house, change, status, code):
    wish = {"key": "h-1", "agent": house.agent.agent_id, "amount": 52_000}
    core.call(HOLDS, wish)
    response = core.call(HOLDS, {**wish, **change})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert account(house.agent).held == 52_000


def test_a_hold_is_released_once(core, house):
    core.call(HOLDS, {"key": "h-1", "agent": house.agent.agent_id, "amount": 52_000})
    for _ in range(2):
        assert core.call(f"{HOLDS}h-1/release/").json() == {"key": "h-1", "released": True}
    assert account(house.agent).held == 0
    assert core.call(f"{HOLDS}h-2/release/").status_code == 404


def ask_for_advice(noref: str) -> AdviceRequest:
    row = Transaction.objects.get(noref=noref)
    return AdviceRequest.objects.create(
        transaction_id=row.pk,
        occurred_at=row.occurred_at,
        noref=row.noref,
        biller=row.biller,
        business_on=row.business_on,
    )


def test_advice_is_fetched_and_answered_by_a_report(core, house):
    sale = house.sale(state="suspect")
    core.report(sale)
    question = ask_for_advice(sale.noref)
    # Nobody has fetched it: "suspect" once more is no answer to it.
    core.report(sale)
    question.refresh_from_db()
    assert question.answered_at is None

    for _ in range(2):  # until it is answered it comes again
        results = core.call("/api/v1/ppob/advices/", method="GET").json()["results"]
        assert [(each["noref"], each["transaction"]) for each in results] == [
            (sale.noref, question.transaction_id)
        ]
    core.report(replace(sale, state="success"))

    question.refresh_from_db()
    assert question.fetched_at is not None
    assert question.answered_at is not None
    assert core.call("/api/v1/ppob/advices/", method="GET").json() == {"results": []}


@pytest.mark.parametrize("state", ["reversed", "success"])
def test_what_is_reported_of_a_signed_day_leaves_that_day_as_it_was(core, house, state):
    """A late sale and a late reversal are taken, and counted today."""
    sale = house.sale(occurred_at=timezone.now().replace(microsecond=0) - timedelta(days=2))
    answers(core.report(sale))
    day = Transaction.objects.get().business_on
    BillerDay.objects.update_or_create(
        biller=house.biller, business_on=day, defaults={"signed_at": timezone.now()}
    )
    of_the_day = {"biller_id": house.biller.pk, "business_on": day}
    before = [list(model.objects.filter(**of_the_day).values()) for model in (Transaction, Transfer)]

    late = (
        replace(sale, state="reversed") if state == "reversed" else house.sale(occurred_at=sale.occurred_at)
    )
    assert answers(core.report(late)) == ["taken"]

    assert [list(model.objects.filter(**of_the_day).values()) for model in (Transaction, Transfer)] == before
    newest = Transfer.objects.latest("pk")
    assert newest.pk not in {row["id"] for row in before[1]}
    assert newest.business_on != day
    assert verify_ledger()["violations"] == []
