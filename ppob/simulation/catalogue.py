"""Who sells what for whom, read once; and one sale drawn from it."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Self

from ppob.choices import AccountKind, AgentLevel, AgentStatus, ProductKind, TransactionState
from ppob.models import Account, Agent, BillerProduct
from ppob.services.sales import Sale

# Its days stay empty for trials: `ppob_simulate --biller FINNET`.
KEPT_EMPTY = frozenset({"FINNET"})
# How often a product is asked for, and what a bill comes to (Rupiah: least, most).
WEIGHTS = {
    ProductKind.CREDIT: 30,
    ProductKind.DATA: 22,
    ProductKind.PLN_TOKEN: 20,
    ProductKind.PLN_BILL: 60,
    ProductKind.WATER: 20,
    ProductKind.GAME: 6,
    ProductKind.INSURANCE: 25,
    ProductKind.OTHER: 8,
}
BILLS = {
    ProductKind.PLN_BILL: (60_000, 900_000),
    ProductKind.WATER: (35_000, 280_000),
    ProductKind.INSURANCE: (35_000, 450_000),
}
OTHER_BILL = (90_000, 650_000)
# What one sale comes to at the most, whatever its periods: the limit of a basic agent's sale.
MOST_BILL = 950_000
# How much more agents of a level sell; their limits grow alike.
SELLS = {AgentLevel.BASIC: 5, AgentLevel.SILVER: 15, AgentLevel.GOLD: 50}
PREPAID = {ProductKind.CREDIT, ProductKind.DATA, ProductKind.GAME, ProductKind.PLN_TOKEN}
# Of a thousand sales that end. Suspects stay so until the core or the next day's file says more.
SUSPECT, FAILED, REVERSED = 6, 28, 4
RESPONSE_CODES = {"success": "00", "suspect": "68", "pending": "", "reversed": "00"}
FAILURES = ("05", "14", "61", "76", "88", "91")


@dataclass(frozen=True)
class Route:
    biller: str
    product: str
    kind: str
    price: int | None
    cost: int
    biller_fee: int
    counter_fee: int
    commission: int
    agent_share: int
    points: int


@dataclass
class Catalogue:
    """Agents by their weight, and routes by theirs; `balances` are what agents may still spend."""

    routes: list[Route]
    agents: list[str]
    balances: dict[str, int]
    route_weights: list[float]
    agent_weights: list[int]
    _cumulated: list[int]

    @classmethod
    def read(cls, *, biller: str = "", without: Collection[str] = (), agents: int = 0) -> Self:
        """Of one biller, or of all but some; so many agents at the most, the oldest."""
        routes = BillerProduct.objects.filter(
            biller__is_active=True, product__is_active=True, is_available=True
        ).select_related("biller", "product")
        if biller:
            routes = routes.filter(biller__code=biller)
        found = [
            (_route(one), WEIGHTS[ProductKind(one.product.kind)] / one.route**2)
            for one in routes.order_by("biller__code", "product__code")
            if one.biller.code not in without
        ]
        sellers = Agent.objects.filter(status=AgentStatus.ACTIVE, accounts__kind=AccountKind.AGENT)
        levels = dict(sellers.order_by("pk").values_list("agent_id", "level")[: agents or None])
        return cls(
            routes=[route for route, _ in found],
            agents=list(levels),
            balances=balances_of(levels),
            route_weights=[weight for _, weight in found],
            agent_weights=[SELLS[AgentLevel(level)] for level in levels.values()],
            _cumulated=list(accumulate(SELLS[AgentLevel(level)] for level in levels.values())),
        )

    def draw_agent(self, chance: random.Random) -> str:
        return chance.choices(self.agents, cum_weights=self._cumulated)[0]

    def draw_route(self, chance: random.Random) -> Route:
        return chance.choices(self.routes, self.route_weights)[0]

    @property
    def is_empty(self) -> bool:
        return not (self.routes and self.agents)


def balances_of(agents: Collection[str]) -> dict[str, int]:
    """What each may spend now, by agent id."""
    rows = Account.objects.filter(agent__agent_id__in=agents, kind=AccountKind.AGENT)
    return {
        agent: balance - held - floor
        for agent, balance, held, floor in rows.values_list(
            "agent__agent_id", "balance", "held", "min_balance"
        )
    }


class Norefs:
    """Twelve digits, one after another from a number of chance; leading zeros are part of them."""

    def __init__(self, chance: random.Random) -> None:
        self.last = chance.randrange(10**11)

    def __call__(self) -> str:
        self.last = (self.last + 1) % 10**12
        return f"{self.last:012}"


def draw_sale(chance: random.Random, norefs: Norefs, *, at: datetime, agent: str, route: Route) -> Sale:
    """A sale that succeeded, as the core would state it."""
    sheets = 1
    if route.price is None:
        least, most = BILLS.get(ProductKind(route.kind), OTHER_BILL)
        sheets = chance.choices((1, 2, 3), (92, 5, 3))[0] if route.kind in BILLS else 1
        bill = sheets * chance.randrange(least, min(most, MOST_BILL // sheets), 50)
        counter_fee = route.counter_fee
    else:
        bill = route.cost
        counter_fee = max(0, route.price - route.cost - route.biller_fee)
    return Sale(
        noref=norefs(), biller=route.biller, agent=agent, product=route.product, customer_id=_customer(route.kind, chance),
        occurred_at=at, state=TransactionState.SUCCESS, bill=bill,
        fine=chance.choice((2_500, 5_000, 10_000)) if sheets > 1 else 0,
        biller_fee=route.biller_fee * sheets, counter_fee=counter_fee, sheets=sheets, commission=route.commission * sheets,
        agent_share=route.agent_share, points=route.points, response_code="00", stan=f"{chance.randrange(10**6):06}",
        source_account=f"88{chance.randrange(10**8):08}" if chance.random() < 0.2 else "",
        serial=_serial(route.kind, chance), milliseconds=int(chance.lognormvariate(6.9, 0.55)),
    )  # fmt: skip


def draw_state(chance: random.Random) -> TransactionState:
    """How a sale ends."""
    number = chance.randrange(1000)
    if number < SUSPECT:
        return TransactionState.SUSPECT
    if number < SUSPECT + FAILED:
        return TransactionState.FAILED
    return TransactionState.REVERSED if number < SUSPECT + FAILED + REVERSED else TransactionState.SUCCESS


def response_code(state: str, chance: random.Random) -> str:
    return RESPONSE_CODES.get(state) or (chance.choice(FAILURES) if state == TransactionState.FAILED else "")


def _route(one: BillerProduct) -> Route:
    product = one.product
    return Route(
        biller=one.biller.code, product=product.code, kind=product.kind, price=product.price,
        cost=one.cost or (product.price or 0), biller_fee=one.admin_fee, counter_fee=product.counter_fee,
        commission=one.commission, agent_share=product.agent_share, points=product.points,
    )  # fmt: skip


def _customer(kind: str, chance: random.Random) -> str:
    if kind in (ProductKind.CREDIT, ProductKind.DATA):
        return f"08{chance.choice((12, 13, 21, 52, 57, 78, 95))}{chance.randrange(10**8):08}"
    if kind == ProductKind.INSURANCE:
        return f"{chance.randrange(10**13):013}"
    return f"{chance.randrange(10**11):011}"


def _serial(kind: str, chance: random.Random) -> str:
    if kind == ProductKind.PLN_TOKEN:
        return f"{chance.randrange(10**20):020}"
    return f"SN{chance.randrange(10**14):014}" if kind in PREPAID else ""
