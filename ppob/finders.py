"""What the quick search finds in the back office."""

from django.urls import reverse

from core.lists import SearchFilter
from core.registry import HITS_SHOWN, Hit
from organization.models import Employee
from ppob.selectors.agents import agents_visible_to
from ppob.selectors.products import products_visible_to
from ppob.selectors.statements import accounts_visible_to

AGENT_SEARCH = SearchFilter(fields=("name", "agent_id"))
PRODUCT_SEARCH = SearchFilter(fields=("name", "code"))


def find_agents(viewer: Employee, text: str) -> list[Hit]:
    agents = AGENT_SEARCH.filter(agents_visible_to(viewer), text).order_by("name", "pk")[:HITS_SHOWN]
    return [
        Hit(label=agent.name, url=reverse("ppob:agent-detail", args=[agent.pk]), note=agent.agent_id)
        for agent in agents
    ]


def find_products(viewer: Employee, text: str) -> list[Hit]:
    products = PRODUCT_SEARCH.filter(products_visible_to(viewer), text).order_by("code")[:HITS_SHOWN]
    return [
        Hit(label=product.name, url=reverse("ppob:product-detail", args=[product.pk]), note=product.code)
        for product in products
    ]


def find_accounts(viewer: Employee, text: str) -> list[Hit]:
    """By an agent's number or an account's code: to its statement."""
    accounts = accounts_visible_to(viewer).filter(code__icontains=text.strip())
    found = accounts.order_by("code")[:HITS_SHOWN]
    return [
        Hit(
            label=str(account.agent or account.biller or account.code),
            url=reverse("ppob:statement", args=[account.uuid]),
            note=f"{account.get_kind_display()} · {account.code}",
        )
        for account in found
    ]
