"""Every difference that was put in is found in its own kind, nothing else is, and all of it adds up to the Rupiah."""

import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from ppob.models import DepositStatement, Difference, ReconciliationRun, Transaction
from ppob.services.proof import verify_ledger
from ppob.simulation.forms import FORMS
from ppob.tests.reconciliation_world import YESTERDAY, market, simulated

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def _own_place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def reconcile(biller: str, *, day=YESTERDAY, **options) -> dict:
    answer = StringIO()
    call_command("ppob_reconcile", biller=biller, date=day, json=True, stdout=answer, **options)
    return json.loads(answer.getvalue())


UNKNOWN = """
    SELECT count(*) FROM ppob_transaction x
     WHERE state IN ('failed', 'reversed') AND NOT EXISTS (SELECT FROM ppob_settlement_line l WHERE l.noref = x.noref)
"""


def failed_here_and_unknown_there() -> int:
    """Nobody's business: neither counted nor summed."""
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("code", list(FORMS))
def test_each_difference_in_its_own_kind_and_no_other(code, seed, tmp_path):
    market(code)
    file, key = simulated(code, tmp_path, seed=seed, transactions=1000, share=0.07)

    answer = reconcile(code, file=[file])

    assert answer["breaks"] == key["counts"]
    wanted = Counter(
        (one["kind"], one["twin"] if one["kind"] == "duplicate_here" else one["noref"])
        for one in key["breaks"]
    )
    found = Counter((one.kind, one.noref) for one in Difference.objects.all())
    # Of two that were tapped, either is the one too many; the biller's line names the first.
    assert found == wanted
    run = ReconciliationRun.objects.get()
    assert answer["rejected"] == 0
    assert run.lines_amount == run.matched_amount + run.different_amount
    assert key["transactions"] == Transaction.objects.count()
    assert answer["ours"] == key["transactions"] - failed_here_and_unknown_there()
    if code == "LISTRA":
        assert answer["lines"] >= key["lines"]
        assert answer["deposit"] is None
        assert answer["payable"] > 0
    else:
        assert answer["lines"] == key["lines"]
        assert run.lines_amount == sum(one["amount"] for one in [key]) + failed_amounts(key)
        deposit = answer["deposit"]
        assert deposit["unexplained"] == 0
        assert (
            deposit["expected"]
            == deposit["opening"] + deposit["topups"] - deposit["sales"] + deposit["adjustments"]
        )
        assert deposit["opening"] + deposit["topups"] - deposit["reported"] == key["net"]
    assert DepositStatement.objects.count() == 1
    assert verify_ledger()["violations"] == []


def failed_amounts(key: dict) -> int:
    """Lines of failed sales carry an amount too."""
    return sum(
        one["theirs"]["amount"]
        for one in key["breaks"]
        if one["theirs"] and one["theirs"]["state"] == "failed"
    )
