"""A million damaged settlement files, and days of fifty thousand lines with every difference known. `GERAI_PROOF=full`."""

import os
from collections import Counter
from datetime import timedelta

import pytest

from ppob.models import DepositStatement, Difference, ReconciliationRun
from ppob.reconciliation.intake import receive_file
from ppob.reconciliation.running import run_day
from ppob.services.proof import verify_ledger
from ppob.simulation.forms import FORMS
from ppob.tests.reconciliation_world import YESTERDAY, market, simulated
from ppob.tests.settlement_fuzz import FORMS_OF_TEXT, SLOW_S, fuzz

FULL = os.environ.get("GERAI_PROOF") == "full"
SEED = int(os.environ.get("GERAI_PROOF_SEED", "1"))
TEXTS, PACKED, SEEDS, LINES = (1_000_000, 20_000, 20, 50_000) if FULL else (2_000, 40, 2, 5_000)


@pytest.mark.parametrize(("count", "codes"), [(TEXTS, FORMS_OF_TEXT), (PACKED, ("MULTIPLS", "TIRTA"))])
def test_damaged_files_are_read_right_or_refused(count, codes, report):
    told = fuzz(count, seed=SEED, codes=codes)
    report |= {
        "files": count,
        "lines taken": told.accepted,
        "lines rejected": told.rejected,
        "files refused": told.refused,
        "slowest": round(told.slowest, 2),
    }
    assert told.altered == []
    assert told.parted == []
    assert told.uncaught == []
    assert told.slowest < SLOW_S


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("code", list(FORMS))
def test_large_days_are_explained_to_the_rupiah(code, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    # A day is simulated in one transaction, in which each sale adds a version of its agent's balance.
    biller = market(code, agents=LINES // 100)[code]
    for number in range(SEEDS):
        day = YESTERDAY - timedelta(days=2 * (SEEDS - number))
        file, key = simulated(code, tmp_path, day=day, transactions=LINES, share=0.01, seed=SEED + number)
        with file.open("rb") as stream:
            receive_file(biller=biller, day=day, stream=stream, name=file.name, source="upload")
        run = run_day(biller=biller, day=day)

        assert run.breaks == key["counts"]
        found = Difference.objects.filter(business_on=day).values_list("kind", "noref")
        wanted = (
            (one["kind"], one["twin"] if one["kind"] == "duplicate_here" else one["noref"])
            for one in key["breaks"]
        )
        assert Counter(found) == Counter(wanted)
        assert DepositStatement.objects.get(business_on=day).unexplained in (0, None)
        assert run_day(biller=biller, day=day).digest == run.digest
    assert ReconciliationRun.objects.count() == 2 * SEEDS
    assert verify_ledger()["violations"] == []
