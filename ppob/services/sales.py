"""What the core reports: each item checked and completed here, posted by one database function a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.events import announce
from ppob import ledger
from ppob.business_days import business_day
from ppob.events import SalesReported
from ppob.models import Agent, Biller, Product

# Answers that leave the sale as it is stated; the others refuse the item, and nothing of it changes.
TAKEN = frozenset({"new", "moved", "same"})


@dataclass(frozen=True, kw_only=True)
class Sale:
    """One item of a batch as the core states it; money in whole Rupiah, `occurred_at` aware.

    Who, what and how much is what a retry must repeat to the letter; state, response code and serial number move on.
    """

    noref: str
    biller: str
    agent: str
    product: str
    customer_id: str
    occurred_at: datetime
    state: str
    bill: int
    fine: int = 0
    biller_fee: int = 0
    counter_fee: int = 0
    sheets: int = 1
    commission: int = 0
    agent_share: int = 0
    points: int = 0
    source_account: str = ""
    response_code: str = ""
    stan: str = ""
    serial: str = ""
    milliseconds: int | None = None
    hold: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of an item: `answer` is new, moved, same, different, backwards, unknown_agent, unknown_biller or
    unknown_product; `exception` says why the money went to the agent's receivable."""

    answer: str
    transaction_id: int | None = None
    business_on: Any = None
    exception: str | None = None

    @property
    def is_taken(self) -> bool:
        return self.answer in TAKEN


@transaction.atomic
def report_sales(sales: Sequence[Sale], *, source: str = "api", at: datetime | None = None) -> list[Outcome]:
    """Take what was sold, each item for itself, in one transaction; the outcomes stand in the order of the items.

    Never refused for want of money: such a sale is posted to the agent's receivable and listed as an exception.
    `at` is the moment it is taken, the clock's unless a history is loaded. Three queries to find names, one to post.
    """
    moment = at or timezone.now()
    billers = {one.code: one for one in Biller.objects.filter(code__in={sale.biller for sale in sales})}
    agents = dict(
        Agent.objects.filter(agent_id__in={sale.agent for sale in sales}).values_list("agent_id", "pk")
    )
    products = dict(
        Product.objects.filter(code__in={sale.product for sale in sales}).values_list("code", "pk")
    )
    outcomes: list[Outcome | None] = []
    items = []
    for number, sale in enumerate(sales):
        unknown = (
            "unknown_biller" if sale.biller not in billers
            else "unknown_agent" if sale.agent not in agents
            else "unknown_product" if sale.product not in products
            else None
        )  # fmt: skip
        outcomes.append(Outcome(unknown) if unknown else None)
        if not unknown:
            items.append(
                _item(number, sale, billers[sale.biller], agents[sale.agent], products[sale.product], moment)
            )
    if items:
        for row in ledger.report(items, source=source, at=at):
            outcomes[row["n"]] = Outcome(
                row["answer"], row["transaction_id"], row["business_on"], row["exception"]
            )
        announce(SalesReported(count=len(items)))
    return [outcome for outcome in outcomes if outcome is not None]


def sale_hash(sale: Sale) -> bytes:
    """What states the sale; a retry has the same, and another sale under the same noref has not."""
    return ledger.payload_hash(
        noref=sale.noref, biller=sale.biller, agent=sale.agent, product=sale.product, customer=sale.customer_id,
        at=sale.occurred_at.timestamp(), bill=sale.bill, fine=sale.fine, biller_fee=sale.biller_fee,
        counter_fee=sale.counter_fee, sheets=sale.sheets, commission=sale.commission, share=sale.agent_share,
    )  # fmt: skip


def _item(
    number: int, sale: Sale, biller: Biller, agent: int, product: int, moment: datetime
) -> dict[str, Any]:
    return {
        "n": number,
        "biller_id": biller.pk,
        "noref": sale.noref,
        "business_on": business_day(biller, sale.occurred_at).isoformat(),
        "today_on": business_day(biller, moment).isoformat(),
        "hash": "\\x" + sale_hash(sale).hex(),
        "occurred_at": sale.occurred_at.isoformat(),
        "agent_id": agent,
        "product_id": product,
        "customer_id": sale.customer_id,
        "source_account": sale.source_account,
        "state": sale.state,
        "response_code": sale.response_code,
        "stan": sale.stan,
        "serial": sale.serial,
        "milliseconds": sale.milliseconds,
        "bill": sale.bill,
        "fine": sale.fine,
        "biller_fee": sale.biller_fee,
        "counter_fee": sale.counter_fee,
        "sheets": sale.sheets,
        "commission": sale.commission,
        "agent_share": sale.agent_share,
        "points": sale.points,
        "hold_id": sale.hold,
    }
