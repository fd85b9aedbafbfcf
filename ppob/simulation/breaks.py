"""What goes wrong between two books, put in on purpose and written down: the answer key of a reconciliation."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ppob.choices import TransactionState
from ppob.services.sales import Sale

KINDS = (
    "amount",
    "status",
    "missing_at_biller",
    "missing_here",
    "duplicate_at_biller",
    "duplicate_here",
    "carried_over",
)


@dataclass(frozen=True)
class Break:
    """One difference: the two sides as they differ. `twin` is the other noref of a sale that was sold twice."""

    kind: str
    noref: str
    ours: dict[str, Any] | None
    theirs: dict[str, Any] | None
    twin: str = ""


@dataclass
class Books:
    """Both sides of a day: what we report, and what the biller counts (success as it sees it)."""

    ours: list[Sale]
    theirs: list[Sale]
    breaks: list[Break]

    def counts(self) -> dict[str, int]:
        return {kind: sum(one.kind == kind for one in self.breaks) for kind in KINDS}


def gross(sale: Sale) -> int:
    """What the biller's file calls the amount: all that the customer pays it, before our commission."""
    return sale.bill + sale.fine + sale.biller_fee


def break_books(
    given: Sequence[Sale],
    share: float,
    chance: random.Random,
    new_noref: Any,
    cut_off: datetime | None = None,
    margin: timedelta = timedelta(minutes=30),
) -> Books:
    """Both books of these sales with so many differences (a share of the sales), of each kind alike, each on a sale of its
    own. Sales come in the order of their time: what is carried over lies within the margin before the cut-off, and nothing
    else there is broken.
    """
    sales = list(given)
    count = round(len(sales) * share)
    wanted = [KINDS[number % len(KINDS)] for number in range(count)]
    late = wanted.count("carried_over")
    ends = [sale.state for sale in sales]
    good = [number for number, state in enumerate(ends) if state == TransactionState.SUCCESS]
    carried = good[len(good) - late :] if late else []
    # A margin before the cut-off, so that nobody can take a missing line for one that comes tomorrow.
    early = good[: max(0, len(good) - late - len(good) // 50)]
    if cut_off is not None:
        early = [number for number in early if sales[number].occurred_at < cut_off - margin]
        for number in carried:
            if sales[number].occurred_at < cut_off - margin:
                moved = cut_off - timedelta(seconds=chance.randrange(60, int(margin.total_seconds()) - 60))
                sales[number] = replace(sales[number], occurred_at=moved)
    chosen = chance.sample(early, min(len(early), len(wanted) - late))
    plan = dict(zip(chosen, [kind for kind in wanted if kind != "carried_over"], strict=False))
    plan |= dict.fromkeys(carried, "carried_over")
    books = Books([], [], [])
    for number, sale in enumerate(sales):
        _write(books, sale, plan.get(number), chance, new_noref)
    return books


def _write(books: Books, sale: Sale, kind: str | None, chance: random.Random, new_noref: Any) -> None:
    ours: list[Sale] = [sale]
    # A biller's file has what it delivered; what failed on both sides is in nobody's.
    theirs: list[Sale] = [sale] if sale.state == TransactionState.SUCCESS else []
    twin = ""
    if kind == "amount":
        theirs = [
            replace(sale, bill=sale.bill + chance.choice((-1, 1)) * chance.choice((100, 500, 1_000, 2_500)))
        ]
    elif kind == "status" and chance.random() < 0.5:
        theirs = [replace(sale, state=TransactionState.FAILED, response_code="68", serial="")]
    elif kind == "status":
        ours = [replace(sale, state=TransactionState.FAILED, response_code="68", serial="")]
    elif kind in ("missing_at_biller", "carried_over"):
        theirs = []
    elif kind == "missing_here":
        ours = []
    elif kind == "duplicate_at_biller":
        theirs = [sale, sale]
    elif kind == "duplicate_here":
        # Tapped twice: the same customer, product and money within a minute, under a noref of its own.
        again = replace(
            sale, noref=new_noref(), occurred_at=sale.occurred_at + timedelta(seconds=chance.randrange(4, 40))
        )
        ours, twin = [sale, again], again.noref
    books.ours += ours
    books.theirs += theirs
    if kind:
        side = _side(ours[0]) if ours else None
        books.breaks.append(Break(kind, sale.noref, side, _side(theirs[0]) if theirs else None, twin))


def _side(sale: Sale) -> dict[str, Any]:
    return {"amount": gross(sale), "state": sale.state, "at": sale.occurred_at.isoformat()}
