"""The night: the ledger is proved, yesterday is closed, and what was found stays written down."""

import time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from core import outbox
from ppob.models import LedgerProof
from ppob.services.proof import prove_and_close

PROOF_BROKEN = "ppob.proof_broken"
ZONE = ZoneInfo("Asia/Jakarta")
_ADVISORY_LOCK = 742_106


def prove_the_night() -> LedgerProof | None:
    """Prove the ledger and close its days; None when another worker is at it.

    What breaks a promise closes nothing, turns /health/status, and is told to administrators and accountants: the
    message is written in the transaction of the result. Again, it proves again, and tells the day's trouble once.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ADVISORY_LOCK])
        if not cursor.fetchone()[0]:
            return None
    try:
        return _prove()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])


def _prove() -> LedgerProof:
    today = timezone.localdate(timezone=ZONE)
    begun = time.monotonic()
    found: dict[str, Any] = prove_and_close(today)
    with transaction.atomic():
        proof = LedgerProof.objects.create(
            proved_on=today, accounts=found["accounts"], transfers=found["transfers"], violations=found["violations"],
            closed=found["closed"], seconds=round(time.monotonic() - begun, 1),
        )  # fmt: skip
        if proof.violations:
            outbox.enqueue(PROOF_BROKEN, key=today.isoformat(), payload={"violations": len(proof.violations)})
    return proof
