"""What a run answers to programs: the keys are a contract."""

from typing import Any

from ppob.models import DepositStatement, ReconciliationRun

_DEPOSIT = ("opening", "topups", "sales", "adjustments", "expected", "reported", "difference", "unexplained")


def as_facts(run: ReconciliationRun, seconds: float) -> dict[str, Any]:
    statement = DepositStatement.objects.get(biller_id=run.biller_id, business_on=run.business_on)
    facts: dict[str, Any] = {
        "run": run.number, "state": "different" if any(run.breaks.values()) or run.rejected else "matched", "lines": run.lines,
        "ours": run.ours, "matched": run.matched, "breaks": run.breaks, "rejected": run.rejected,
    }  # fmt: skip
    if statement.payable is None:
        facts["deposit"] = {name: getattr(statement, name) for name in _DEPOSIT}
    else:
        facts |= {"deposit": None, "payable": statement.payable}
    return facts | {"resolved": run.resolved, "digest": bytes(run.digest).hex(), "seconds": round(seconds, 2)}
