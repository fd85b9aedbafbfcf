"""`ppob_simulate`: agents through the public API, and a biller's day whose differences are known."""

import csv
import json
from collections import Counter
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ppob.choices import ProductKind
from ppob.models import BillerProduct, PostingException, Transaction
from ppob.services.proof import verify_ledger
from ppob.tests.core import Core
from ppob.tests.ledger_factories import make_agent, make_biller, make_product

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture(autouse=True)
def market():
    """Two billers with a prepaid product and a bill each, and three agents."""
    for code in ("FINNET", "OTHER"):
        biller = make_biller(code=code)
        for kind, price in ((ProductKind.CREDIT, 52_000), (ProductKind.WATER, None)):
            product = make_product(kind=kind, price=price, agent_share=900, points=2)
            BillerProduct.objects.create(
                biller=biller, product=product, biller_code=product.code, cost=price and 50_000,
                admin_fee=0 if price else 2_500, commission=0 if price else 1_000, route=1,
            )  # fmt: skip
    for _ in range(3):
        make_agent(balance=0)


def run(**options) -> dict:
    answer = StringIO()
    call_command("ppob_simulate", json=True, stdout=answer, **options)
    return json.loads(answer.getvalue())


def day(folder, **options) -> dict:
    usual = {"biller": "FINNET", "date": YESTERDAY, "transactions": 200, "breaks": 14, "seed": 3}
    return run(out=folder, **{**usual, **options})


def test_a_day_has_the_differences_that_its_key_names(tmp_path):
    answer = day(tmp_path)
    key = json.loads((tmp_path / "answer.json").read_text())
    with Path(answer["file"]).open(newline="") as file:
        lines = list(csv.DictReader(file))
    ours = {row.noref: row for row in Transaction.objects.all()}
    theirs = Counter(line["reference"] for line in lines)

    assert answer["transactions"] == len(ours) == key["transactions"]
    assert answer["breaks"] == dict.fromkeys(answer["breaks"], 4)
    assert len(answer["breaks"]) == 7
    assert len(lines) == key["lines"]
    assert sum(int(line["net"]) for line in lines) == key["net"]
    for one in key["breaks"]:
        noref, line = one["noref"], next((line for line in lines if line["reference"] == one["noref"]), None)
        match one["kind"]:
            case "amount":
                row = ours[noref]
                assert int(line["amount"]) != row.bill + row.fine + row.biller_fee
            case "status":
                assert (ours[noref].state == "success") != (line["status"] == "SUCCESS")
            case "missing_at_biller" | "carried_over":
                assert noref in ours
                assert line is None
            case "missing_here":
                assert noref not in ours
                assert line
            case "duplicate_at_biller":
                assert theirs[noref] == 2
            case "duplicate_here":
                assert ours[one["twin"]].customer_id == ours[noref].customer_id
                assert one["twin"] not in theirs
    # Everything else is the same on both sides.
    broken = {one["noref"] for one in key["breaks"]} | {one["twin"] for one in key["breaks"]}
    for noref, row in ours.items():
        if noref not in broken:
            assert theirs[noref] == (row.state == "success")
    assert {row.business_on for row in ours.values()} == {YESTERDAY}
    assert not PostingException.objects.exists()
    assert verify_ledger()["violations"] == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"biller": "NONE"}, "no biller"),
        ({"biller": "OTHER"}, "form"),
        ({"date": timezone.localdate() + timedelta(days=2)}, "begun"),
        ({"date": None}, "--date"),
        ({"transactions": 0}, "one transaction"),
        ({"breaks": -1}, "percent"),
    ],
)
def test_a_day_that_cannot_be_made_is_refused_in_one_line(tmp_path, change, reason):
    with pytest.raises(CommandError, match=reason):
        day(tmp_path, **change)
    assert not Transaction.objects.exists()


def test_a_day_that_has_transactions_is_refused(tmp_path):
    day(tmp_path, transactions=5, breaks=0)
    with pytest.raises(CommandError):
        day(tmp_path, transactions=5, breaks=0)
    assert Transaction.objects.count() == 5


def test_agents_sell_through_the_api_of_a_portal_that_is_up(live_server, tmp_path):
    core = Core.make()
    log = tmp_path / "log"

    answer = run(
        live=True,
        rate=60,
        seconds=2,
        url=live_server.url,
        key_id=core.client.key_id,
        secret=core.secret,
        log=log,
    )

    assert answer["sent"] >= 100
    assert answer["accepted"] == answer["sent"]
    assert answer["refused"] == 0
    assert answer["p95_ms"] > 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    ends = {line["noref"]: line["state"] for line in lines}
    assert ends == dict(Transaction.objects.values_list("noref", "state"))
    assert not Transaction.objects.filter(state="pending").exists()
    assert not Transaction.objects.filter(biller__code="FINNET").exists()
    assert verify_ledger()["violations"] == []


def test_without_a_portal_it_says_so_in_one_line():
    with pytest.raises(CommandError, match=r"No portal answers at http://127\.0\.0\.1:1"):
        run(live=True, url="http://127.0.0.1:1")


def test_a_wrong_key_is_said_at_once(live_server):
    with pytest.raises(CommandError, match="401"):
        run(live=True, url=live_server.url, key_id="ppob_x", secret="x")
