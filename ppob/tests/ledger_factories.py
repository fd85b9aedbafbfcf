"""A small PPOB house with money in it, made by the services that make it in earnest."""

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from ppob import ledger
from ppob.choices import AccountKind, ProductKind, Settlement
from ppob.models import Account, Agent, Biller, Product
from ppob.services.accounts import open_agent_accounts, open_biller_accounts
from ppob.services.sales import Sale

_numbers = itertools.count(1)


def make_agent(balance: int = 0, **fields: Any) -> Agent:
    """An active agent with its accounts, topped up from the bank."""
    number = next(_numbers)
    defaults = {"agent_id": f"0812{number:08}", "name": f"Agen {number}", "status": "active"}
    agent = Agent.objects.create(**{**defaults, "registered_at": timezone.now(), **fields})
    open_agent_accounts([agent])
    if balance:
        answer = ledger.receive_money(agent=agent.agent_id, amount=balance, key=f"factory:{agent.agent_id}")
        assert answer.status == "SUCCESS", answer
    return agent


def make_biller(**fields: Any) -> Biller:
    number = next(_numbers)
    defaults = {"code": f"BILLER{number}", "name": f"Biller {number}", "settlement": Settlement.PREFUNDED}
    biller = Biller.objects.create(**{**defaults, **fields})
    open_biller_accounts([biller])
    return biller


def make_product(**fields: Any) -> Product:
    number = next(_numbers)
    defaults = {"code": f"P{number}", "name": f"Pulsa {number}", "kind": ProductKind.CREDIT, "price": 50_000}
    return Product.objects.create(**{**defaults, **fields})


def account(owner: Agent | Biller | str, kind: str = AccountKind.AGENT) -> Account:
    """The account as it is now."""
    if isinstance(owner, str):
        return Account.objects.get(code=owner)
    if isinstance(owner, Agent):
        return Account.objects.get(agent=owner, kind=kind)
    return Account.objects.get(biller=owner)


@dataclass
class House:
    """One agent, biller and product, and sales between them: the customer pays 53,000, the agent is charged 52,000, the
    deposit 50,500, and 1,500 are income."""

    agent: Agent
    biller: Biller
    product: Product

    @classmethod
    def make(cls, balance: int = 1_000_000, **agent_fields: Any) -> "House":
        return cls(make_agent(balance, **agent_fields), make_biller(), make_product())

    def sale(self, **fields: Any) -> Sale:
        number = next(_numbers)
        sale = Sale(
            noref=f"{number:012}", biller=self.biller.code, agent=self.agent.agent_id, product=self.product.code,
            customer_id="012345678901", occurred_at=datetime.now(UTC).replace(microsecond=0), state="success",
            bill=50_000, biller_fee=1_000, counter_fee=2_000, commission=500, agent_share=1_000, points=5,
        )  # fmt: skip
        return replace(sale, **fields)


def total_of(owner: Any, kind: str = AccountKind.AGENT) -> int:
    """A balance with what is not folded yet."""
    found = account(owner, kind)
    deltas = sum(delta.amount for delta in found.deltas.filter(id__gt=found.folded_through))
    return found.balance + found.sign * deltas
