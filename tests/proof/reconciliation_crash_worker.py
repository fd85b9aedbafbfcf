"""A biller's day, received and compared, killed at one point after another:
`python -m tests.proof.reconciliation_crash_worker MEDIA FIRST STEP` takes every STEP-th of them.

A point is the moment before a statement, after it, before a commit, after it, as in `crash_worker`; the COPY of the lines
is one. After each the next run does what is left, and must come to the digest, the rows and the balances of a day that
nobody killed. The days are of one biller of FINNET's form, one after another, each with the same sales and lines. The
database is DATABASE_URL's.
"""

import json
import os
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
MOST_POINTS = 400
SUSPECTS = 3


def main(media: str, first: int, step: int) -> None:
    import django
    from django.conf import settings

    settings.MEDIA_ROOT = media
    django.setup()
    from django.db import connections

    from ppob.services.proof import verify_ledger

    faults: list[str] = []
    wanted, points = None, 0
    point = -1  # nobody is killed on the first day: it says what the others have to come to
    while point < MOST_POINTS:
        biller, day, file = _day()
        connections.close_all()
        ended = _child(biller.pk, day, file, dies_at=None if wanted is None else point)
        if wanted is None:
            faults += [f"the first day ended with {ended}"] if ended else []
            wanted = _state(biller, day)
            point = first
            continue
        if ended != -9:
            faults += [f"the last child ended with {ended}"] if ended else []
            break
        _let_go()
        connections.close_all()
        answer = _child(biller.pk, day, file, dies_at=None)
        faults += [f"{point}: the next run ended with {answer}"] if answer else []
        seen = _state(biller, day)
        faults += [] if seen == wanted else [f"{point}: {seen} instead of {wanted}"]
        point, points = point + step, points + 1
    faults += [str(each) for each in verify_ledger()["violations"]]
    print(json.dumps({"points": points, "of": point, "faults": faults}))  # noqa: T201  read by the test


def _day() -> tuple[Any, date, bytes]:
    """A new biller whose day yesterday has sales, suspects among them, and a file that differs from them in each way."""
    from django.utils import timezone

    from ppob.models import BillerProduct, SettlementProfile
    from ppob.services.sales import report_sales
    from ppob.simulation.forms import PROFILES
    from ppob.simulation.forms.finnet import HEADER
    from ppob.tests.ledger_factories import House

    house = House.make(balance=100_000_000)
    SettlementProfile.objects.create(biller=house.biller, **PROFILES["FINNET"])
    BillerProduct.objects.create(
        biller=house.biller, product=house.product, biller_code="P1", cost=50_000, route=1
    )
    at = (timezone.localtime() - timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    sales = [
        house.sale(noref=f"{number:012}", occurred_at=at + timedelta(minutes=number), state="suspect" if number < SUSPECTS else "success")
        for number in range(20)
    ]  # fmt: skip
    report_sales(sales)
    rows = [
        [f"{at:%Y-%m-%d}", f"{at + timedelta(minutes=number):%H:%M:%S}", f"{number:012}", "012345678901", "P1", "1", "51000", "500",
         "50500", "SUCCESS", "00", f"{number:06}", "S"]
        for number in range(20)
    ]  # fmt: skip
    rows[5][6] = "52000"
    rows[6][9] = "FAILED"
    del rows[7]
    rows.append([*rows[8]])
    rows.append([*rows[9][:2], "999999999999", *rows[9][3:]])
    rows.append([*rows[10][:6], "1.000", *rows[10][7:]])
    text = "\r\n".join(",".join(row) for row in [list(HEADER), *rows]) + "\r\n"
    return house.biller, at.date(), text.encode()


def _let_go() -> None:
    """Wait for the server to see that the killed one is gone: until then its transaction holds the day. On a machine that is
    busy this takes a moment, and who compares the day again in it is told that it is being compared."""
    from django.db import connection

    deadline = time.monotonic() + 60
    held = """
        SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                        WHERE l.locktype = 'advisory' AND d.datname = current_database())
    """
    with connection.cursor() as cursor:
        while True:
            cursor.execute(held)
            if not cursor.fetchone()[0]:
                return
            assert time.monotonic() < deadline, "the day is held still"
            time.sleep(0.01)


def _child(biller_id: int, day: date, file: bytes, *, dies_at: int | None) -> int:
    """Bring the file, compare, and do what the run asked for: in a process of its own. Its exit code, or minus its signal."""
    pid = os.fork()
    if pid == 0:
        try:
            import io

            from core import outbox
            from ppob.models import Biller
            from ppob.reconciliation.intake import receive_file
            from ppob.reconciliation.running import run_day
            from tests.proof.crash_worker import _killed_at

            with _killed_at(dies_at):
                biller = Biller.objects.get(pk=biller_id)
                receive_file(biller=biller, day=day, stream=io.BytesIO(file), name="a.csv", source="upload")
                run_day(biller=biller, day=day)
                while outbox.drain("default", seconds=20):
                    pass
            os._exit(0)
        except BaseException:  # noqa: BLE001  the child ends here, whatever it was
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _state(biller: Any, day: date) -> dict[str, Any]:
    """What the day came to. How often it was run is no part of it; what stands there twice is."""
    from django.db import connection

    from ppob.models import DepositStatement, Difference, ReconciliationRun, SettlementFile, Transaction
    from ppob.tests.ledger_factories import total_of

    runs = ReconciliationRun.objects.filter(biller=biller, business_on=day).order_by("number")
    newest = runs.last()
    assert newest is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ppob_settlement_line l JOIN ppob_settlementfile f ON f.id = l.file_id WHERE f.biller_id = %s",
            [biller.pk],
        )
        lines = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM ppob_matched_pair WHERE run_id IN (SELECT id FROM ppob_reconciliationrun WHERE biller_id = %s)",
            [biller.pk],
        )
        pairs = cursor.fetchone()[0]
    differences = Difference.objects.filter(biller=biller).order_by("kind", "key", "copy")
    statement = DepositStatement.objects.get(biller=biller)
    return {
        "files": SettlementFile.objects.filter(biller=biller).count(), "lines": lines, "pairs": pairs,
        "differences": list(differences.values_list("kind", "key", "copy", "state", "impact", "gone")),
        "breaks": newest.breaks, "matched": newest.matched, "unexplained": statement.unexplained, "sales": statement.sales,
        "states": sorted(Transaction.objects.filter(biller=biller).values_list("noref", "state")),
        "deposit": total_of(biller), "digests": len({bytes(run.digest) for run in runs}), "digest": bytes(newest.digest).hex(),
    }  # fmt: skip


if __name__ == "__main__":
    main(str(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3]))
