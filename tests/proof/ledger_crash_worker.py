"""The core's batch through the signed API, killed at one point after another:
`python -m tests.proof.ledger_crash_worker FIRST STEP` takes every STEP-th of them.

A point is the moment before a statement, after it, before a commit, after it, as in `crash_worker`. Each batch is new;
the second try is signed anew, as the core does it. The database is DATABASE_URL's.
"""

import json
import os
import sys
from dataclasses import replace
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
BATCH, MOST_POINTS = 50, 400
# What a batch without a crash comes to, beside its fifty transactions.
CHARGED, HELD = 52_000, 5


def main(first: int, step: int) -> None:
    import django
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    django.setup()
    from django.db import connections
    from django.urls import get_resolver

    from ppob.services.proof import verify_ledger
    from ppob.tests.core import Core
    from ppob.tests.ledger_factories import House

    get_resolver().url_patterns  # noqa: B018  loads every app's pages once, and not in each child
    core, point, points, faults = Core.make(), first, 0, []
    poor = House.make(balance=0)
    while point < MOST_POINTS:
        house = House.make(balance=10_000_000)
        sales = [house.sale() for _ in range(BATCH - HELD - 1)]
        sales += [house.sale(state="suspect") for _ in range(HELD)]
        sales.append(replace(house.sale(), agent=poor.agent.agent_id))
        before = _state(house, poor)
        connections.close_all()
        ended = _child(core, sales, point)
        if ended != -9:
            faults += [f"the last child ended with {ended}"] if ended else []
            faults += _faults(house, poor, before, point)
            break
        connections.close_all()
        answer = _child(core, sales, None)
        faults += [f"the second try ended with {answer}"] if answer else []
        faults += _faults(house, poor, before, point)
        point, points = point + step, points + 1
    faults += [str(each) for each in verify_ledger()["violations"]]
    print(json.dumps({"points": points, "of": point, "batch": BATCH, "faults": faults}))  # noqa: T201  read by the test


def _child(core: Any, sales: Any, dies_at: int | None) -> int:
    """Send the batch, have what it asked for done, fold: in a process of its own. Its exit code, or minus its signal."""
    pid = os.fork()
    if pid == 0:
        try:
            from core import outbox
            from ppob.ledger_notices import ask_to_tell_exceptions
            from ppob.services.shared_accounts import fold_all
            from tests.proof.crash_worker import _killed_at

            with _killed_at(dies_at):
                answer = core.report(*sales)
                assert answer.status_code == 200, answer.content
                results = [each["answer"] for each in answer.json()["results"]]
                assert results == ["taken"] * BATCH, results
                ask_to_tell_exceptions()
                fold_all()
                while outbox.drain("default", seconds=20):
                    pass
            os._exit(0)
        except BaseException:  # noqa: BLE001  the child ends here, whatever it was
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _state(house: Any, poor: Any) -> tuple[int, ...]:
    from ppob.models import PostingException, Transaction
    from ppob.tests.ledger_factories import account, total_of

    own = account(house.agent)
    return (
        Transaction.objects.filter(biller=house.biller.pk).count(),
        own.balance, own.held, account(house.agent, "points").balance, total_of(house.biller),
        account(poor.agent, "receivable").balance, PostingException.objects.filter(agent=poor.agent.pk).count(),
    )  # fmt: skip


def _faults(house: Any, poor: Any, before: tuple[int, ...], point: int) -> list[str]:
    sold = BATCH - HELD - 1
    wanted = (BATCH, -sold * CHARGED, HELD * CHARGED, sold * 5, -(sold + 1) * 50_500, CHARGED, 1)
    seen = tuple(now - then for now, then in zip(_state(house, poor), before, strict=True))
    return [] if seen == wanted else [f"{point}: {seen} instead of {wanted}"]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
