"""A market at the billers whose file forms are known, and its days from the simulator."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from ppob.choices import ProductKind, Settlement
from ppob.models import (
    Biller,
    BillerDay,
    BillerProduct,
    DepositStatement,
    Difference,
    ReconciliationRun,
    SettlementFile,
    SettlementProfile,
)
from ppob.reconciliation.intake import receive_file
from ppob.reconciliation.running import run_day
from ppob.simulation.days import simulate_day
from ppob.simulation.forms import PROFILES
from ppob.tests.ledger_factories import make_agent, make_biller, make_product

YESTERDAY = timezone.localdate() - timedelta(days=2)


def market(*codes: str, agents: int = 3) -> dict[str, Biller]:
    """Each biller with its profile and two products, and some agents."""
    billers = {}
    for code in codes or PROFILES:
        biller = make_biller(
            code=code,
            cut_off_minute=720 if code == "TIRTA" else 0,
            settlement=Settlement.TRANSFER if code == "LISTRA" else Settlement.PREFUNDED,
        )
        SettlementProfile.objects.create(biller=biller, **PROFILES[code])
        for kind, price in ((ProductKind.CREDIT, 52_000), (ProductKind.PLN_BILL, None)):
            product = make_product(kind=kind, price=price, agent_share=900, points=2)
            BillerProduct.objects.create(
                biller=biller, product=product, biller_code=product.code, cost=price and 50_000,
                admin_fee=0 if price else 2_500, commission=0 if price else 1_000, route=1,
            )  # fmt: skip
        billers[code] = biller
    for _ in range(agents):
        make_agent(balance=0)
    return billers


def simulated(
    biller: str, folder: Path, *, day: date = YESTERDAY, **options: Any
) -> tuple[Path, dict[str, Any]]:
    """The file and the answer key."""
    usual = {"transactions": 300, "share": 0.07, "seed": 5}
    made = simulate_day(biller=biller, day=day, folder=folder / f"{biller}-{day}", **{**usual, **options})
    return made.file, json.loads(made.answer.read_text())


def compared_day(
    count: int = 3, *, biller: Biller | None = None, day: date = YESTERDAY, **fields: Any
) -> list[Difference]:
    """A biller's day as a run leaves it, with so many amounts that differ by 1,000, made without a file."""
    biller = biller or make_biller(contact="Rina", contact_phone="021-1")
    profile = {**PROFILES["FINNET"]}
    SettlementProfile.objects.get_or_create(biller=biller, defaults=profile)
    now = timezone.now()
    file = SettlementFile.objects.create(
        biller=biller, business_on=day, name="finnet.csv", sha256=f"{biller.pk:032x}{day.toordinal():032x}", size=1,
        source="upload", received_at=now, lines=count, amount=51_000 * count,
    )  # fmt: skip
    run = ReconciliationRun.objects.create(
        biller=biller, business_on=day, number=1, started_at=now, ended_at=now, files=[file.pk], lines=count,
        lines_amount=51_000 * count, ours=count, ours_amount=50_000 * count, matched=0, matched_lines=0, matched_amount=0,
        different_lines=count, different_amount=51_000 * count, rejected=0, breaks={"amount": count}, digest=b"\0" * 32,
    )  # fmt: skip
    impact = -1_000 * count
    DepositStatement.objects.create(
        biller=biller, business_on=day, run=run, opening=10**7, topups=0, sales=50_000 * count, expected=10**7 - 50_000 * count,
        reported=10**7 - 50_000 * count + impact, difference=impact, explained=impact, unexplained=0,
        breakdown={"amount": impact} if count else {},
    )  # fmt: skip
    BillerDay.objects.get_or_create(biller=biller, business_on=day)
    usual = {
        "kind": "amount", "our_state": "success", "our_amount": 50_000, "our_net": 50_000, "our_commission": 0,
        "their_success": True, "their_amount": 51_000, "their_net": 51_000, "their_commission": 0, "impact": -1_000,
        "correction": -1_000, "found_at": now, "file": file, "line": 2,
    }  # fmt: skip
    rows = [
        Difference(biller=biller, business_on=day, run=run, key=f"{n:012}", noref=f"{n:012}", **{**usual, **fields})
        for n in range(count)
    ]  # fmt: skip
    return Difference.objects.bulk_create(rows)


def reconciled(code: str, folder: Path, **options: Any) -> tuple[Biller, ReconciliationRun]:
    """A day of the market from the simulator, its file taken in and compared."""
    biller = market(code)[code]
    file, _key = simulated(code, folder, **{"transactions": 60, "share": 0.4, **options})
    with file.open("rb") as stream:
        receive_file(
            biller=biller, day=options.get("day", YESTERDAY), stream=stream, name=file.name, source="upload"
        )
    return biller, run_day(biller=biller, day=options.get("day", YESTERDAY))
