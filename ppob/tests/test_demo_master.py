"""The demo's master data: the same for the same seed, and such that every rule of the tables and forms holds."""

from datetime import UTC, datetime
from random import Random

import pytest

from ppob.choices import AccountKind, ProductKind, Settlement
from ppob.demo.agents import build_agents, build_corporates
from ppob.demo.master import load
from ppob.models import Account, Agent, AgentPrice, Biller, BillerProduct, Connection, Product

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 8, 29, 1, 45, tzinfo=UTC)


@pytest.fixture
def counts():
    return load(seed=1, progress=lambda share, what: None, now=NOW)


def test_there_is_enough_of_everything(counts):
    assert counts["ppob.agent"] == 3_000
    assert counts["ppob.product"] == 40
    assert counts["ppob.biller"] == 6
    assert counts["ppob.connection"] == 12
    assert set(Product.objects.values_list("kind", flat=True)) == set(ProductKind.values)
    assert set(Agent.objects.values_list("status", flat=True)) == {
        "registered",
        "active",
        "blocked",
        "closed",
    }


def test_the_billers_are_those_of_the_settlement_files(counts):
    assert Biller.objects.get(code="FINNET").settlement == Settlement.PREFUNDED
    assert list(Biller.objects.exclude(cut_off_minute=0).values_list("cut_off_minute", flat=True)) == [720]
    assert (
        Biller.objects.get(settlement=Settlement.TRANSFER).products.filter(product__kind="pln_bill").exists()
    )


def test_every_row_would_pass_its_form(counts):
    for model in (Biller, Product, BillerProduct, AgentPrice, Connection):
        for row in model.objects.all():
            row.full_clean()
    for agent in Agent.objects.order_by("?")[:50]:
        agent.full_clean()


def test_nobody_loses_by_a_sale(counts):
    """The agent pays no more than the customer, and we no more than the agent."""
    for price in AgentPrice.objects.select_related("product"):
        cost = max(route.cost for route in price.product.routes.all())
        assert cost < price.price < price.product.price, price.product


def test_accounts_are_open_and_limits_apply(counts):
    assert Account.objects.filter(agent__isnull=False).count() == 9_000
    assert Account.objects.filter(biller__isnull=False).count() == 6
    assert not Account.objects.filter(kind=AccountKind.AGENT, day_cap__isnull=True).exists()


def test_the_same_seed_is_the_same_country_and_another_is_not():
    def agents(seed):
        random = Random(f"ppob {seed}")
        return [(agent.agent_id, agent.name) for agent in build_agents(build_corporates(random), random, NOW)]

    assert agents(1) == agents(1)
    assert agents(1) != agents(2)
