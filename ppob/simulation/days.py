"""A biller's business day: our transactions loaded, its settlement file, and the key of every difference between them."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from core.exceptions import GeraiError
from core.partitions import partitions_for, tables_of
from ppob.business_days import bounds_of
from ppob.choices import TransactionState
from ppob.models import Biller, LedgerDay, ReportedBalance, SettlementProfile, Transaction
from ppob.reconciliation.deposit import CLOSING, OPENING, opening_of, topups_of
from ppob.services.sales import Sale, report_sales
from ppob.simulation.breaks import break_books, gross
from ppob.simulation.catalogue import Catalogue, Norefs, draw_sale
from ppob.simulation.forms import FORMS, Line
from ppob.simulation.treasury import top_up_agents, top_up_deposit

AT_ONCE = 1000
# Sales by the local hour: quiet at night, busy after work.
HOURS = (2, 1, 1, 1, 2, 4, 7, 10, 12, 13, 14, 13, 12, 12, 12, 13, 15, 18, 22, 24, 22, 16, 9, 5)


class CannotSimulate(GeraiError):
    """The day cannot be made; the text says why, and nothing was changed."""


@dataclass(frozen=True)
class SimulatedDay:
    file: Path
    answer: Path
    transactions: int
    breaks: dict[str, int]


def simulate_day(
    *,
    biller: str,
    day: date,
    transactions: int,
    share: float,
    seed: int,
    folder: Path,
    now: datetime | None = None,
) -> SimulatedDay:
    """Load so many of our transactions of an empty business day and write the biller's file with a share of differences.

    All of it or nothing. Raises CannotSimulate.
    """
    house = _refused(biller, day, now or timezone.now())
    chance = random.Random(f"{seed}/{biller}/{day}")  # noqa: S311  repeatable on purpose
    catalogue = Catalogue.read(biller=biller)
    if catalogue.is_empty:
        raise CannotSimulate(f"{biller} has no product that an agent could sell.")
    norefs = Norefs(chance)
    sales = [
        draw_sale(chance, norefs, at=at, agent=catalogue.draw_agent(chance), route=catalogue.draw_route(chance))
        for at in _moments(house, day, transactions, chance, now or timezone.now())
    ]  # fmt: skip
    # A few fail on both sides, as they do.
    sales = [
        replace(sale, state=TransactionState.FAILED, response_code="05", serial="")
        if chance.randrange(1000) < 25
        else sale
        for sale in sales
    ]
    end, margin = bounds_of(house, day)[1], margin_of(biller)
    is_over = end <= (now or timezone.now())
    books = break_books(sales, share, chance, norefs, end if is_over else None, margin)
    for table in tables_of("ppob"):
        if table.table == "ppob_transaction":
            partitions_for(table, *bounds_of(house, day))
    folder.mkdir(parents=True, exist_ok=True)
    zone = ZoneInfo(house.time_zone)
    lines = [
        _line(sale, zone) for sale in sorted(books.theirs, key=lambda sale: (sale.occurred_at, sale.noref))
    ]
    with transaction.atomic():
        opening = opening_of(house, day) if house.is_prefunded else 0
        _load(books.ours, house, day, catalogue)
        if house.is_prefunded and is_over:
            state_balances(house, day, opening=opening, used=sum(line.net for line in lines))
        file = FORMS[biller](lines, biller=biller, day=day, folder=folder)
        answer = folder / "answer.json"
        key = {
            "biller": biller, "date": day.isoformat(), "seed": seed, "file": file.name, "transactions": len(books.ours),
            "lines": len(lines), "amount": sum(line.amount for line in lines if line.is_success),
            "net": sum(line.net for line in lines), "counts": books.counts(), "breaks": [asdict(one) for one in books.breaks],
        }  # fmt: skip
        answer.write_text(json.dumps(key, indent=1) + "\n")
    return SimulatedDay(file, answer, len(books.ours), books.counts())


def _refused(code: str, day: date, now: datetime) -> Biller:
    """The biller, when this day of it can be made."""
    house = Biller.objects.filter(code=code).first()
    if house is None:
        raise CannotSimulate(f"There is no biller {code}.")
    if code not in FORMS:
        raise CannotSimulate(
            f"No form of a settlement file is known for {code}; there is one for: {', '.join(sorted(FORMS))}."
        )
    if bounds_of(house, day)[0] >= now:
        raise CannotSimulate(f"{day} has not begun at {code}.")
    if Transaction.objects.filter(biller=house, business_on=day).exists():
        raise CannotSimulate(f"{code} has transactions on {day}: choose an empty day.")
    return house


def _moments(
    house: Biller, day: date, count: int, chance: random.Random, now: datetime
) -> Sequence[datetime]:
    """So many within the business day, by the hours in which people buy, in order; none that is still to come."""
    start, end = bounds_of(house, day)
    zone = ZoneInfo(house.time_zone)
    hours = [start + timedelta(hours=number) for number in range(24)]
    weights = [HOURS[hour.astimezone(zone).hour] for hour in hours]
    drawn = (
        hour + timedelta(seconds=chance.randrange(3600)) for hour in chance.choices(hours, weights, k=count)
    )
    last = min(end, now) - timedelta(seconds=60)
    return sorted(moment if moment <= last else start + (last - start) * chance.random() for moment in drawn)


def _load(sales: list[Sale], house: Biller, day: date, catalogue: Catalogue) -> None:
    """Post them as of that day, or as of today where its ledger day is closed already."""
    start, _end = bounds_of(house, day)
    closed = LedgerDay.objects.order_by("-day").values_list("day", flat=True).first()
    zone = ZoneInfo("Asia/Jakarta")

    def at(moment: datetime) -> datetime | None:
        return moment if closed is None or moment.astimezone(zone).date() > closed else None

    need: Counter[str] = Counter()
    for sale in sales:
        need[sale.agent] += gross(sale) + sale.counter_fee
    key = f"day:{house.code}:{day}"
    top_up_agents(dict(need), at=at(start), key=key)
    spent = sum(gross(sale) - sale.commission for sale in sales)
    if spent:
        top_up_deposit(house.code, spent, at=at(start), key=key, business_on=day)
    for first in range(0, len(sales), AT_ONCE):
        batch = sales[first : first + AT_ONCE]
        outcomes = report_sales(
            batch, source="simulation", at=at(max(sale.occurred_at for sale in batch) + timedelta(seconds=3))
        )
        for sale, outcome in zip(batch, outcomes, strict=True):
            if not outcome.is_taken:
                raise CannotSimulate(f"{sale.noref}: {outcome.answer}")


def margin_of(biller: str) -> timedelta:
    """How long before its cut-off a sale of this biller may be left for the next day's file."""
    found = (
        SettlementProfile.objects.filter(biller__code=biller).values_list("cut_off_margin", flat=True).first()
    )
    return timedelta(minutes=found or 30)


def state_balances(house: Biller, day: date, *, opening: int, used: int) -> None:
    """What the biller says our deposit was when the day began and when it ended, by its own count of what was used."""
    start, end = bounds_of(house, day)
    closing = opening + topups_of(house, day) - used
    for at, amount, source in ((start, opening, OPENING), (end, closing, CLOSING)):
        ReportedBalance.objects.create(biller=house, at=at, amount=amount, source=source)


def _line(sale: Sale, zone: ZoneInfo) -> Line:
    return Line(
        at=sale.occurred_at.astimezone(zone), noref=sale.noref, customer_id=sale.customer_id, product=sale.product,
        sheets=sale.sheets, amount=gross(sale), commission=sale.commission,
        is_success=sale.state == TransactionState.SUCCESS, response_code=sale.response_code, stan=sale.stan,
        serial=sale.serial,
    )  # fmt: skip


def as_facts(day: SimulatedDay) -> dict[str, Any]:
    """What the command answers."""
    return {
        "file": str(day.file),
        "answer": str(day.answer),
        "transactions": day.transactions,
        "breaks": day.breaks,
    }
