"""The report page at ten million sales (GERAI_BENCH_SALES, a million without it): the database time of a whole page
against the same page by hand, the last page against the first, and how long the server takes.

By hand, as in `lists`: a statement each for the session, the person, the rights, the filters' choices, the rows beyond a
known key, and the count up to a thousand.
"""

import os
import sys
from functools import partial
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from django.test import Client, RequestFactory
from django.urls import reverse

from bench.harness import Comparison
from bench.lists import PAGES, PERSON, RIGHTS, SESSION, _ask, _open, _statements_of
from bench.sales import END, PRODUCTS, START, fill
from core.lists.cursor import Position, seal
from core.lists.views import ListState
from organization.choices import Role
from organization.models import Employee
from organization.tests.factories import BranchFactory, EmployeeFactory
from ppob.models import Agent, Biller, Product, Transaction
from ppob.views import TransactionListView

SALES = int(os.environ.get("GERAI_BENCH_SALES", "1000000"))
QUERIES = 8
REQUESTS = 60
CHOICES = "SELECT id, name, 0 FROM ppob_biller UNION ALL SELECT id, name, 1 FROM ppob_product"
ROWS = """
    SELECT s.id, s.occurred_at, s.noref, s.customer_id, s.source_account, s.state, s.serial, s.total, s.bill, s.biller_fee,
        s.counter_fee, s.net, s.milliseconds, s.response_code, s.agent_id, s.product_id, s.biller_id, a.agent_id, a.name, p.name,
        b.name
    FROM ppob_transaction s JOIN ppob_agent a ON a.id = s.agent_id JOIN ppob_product p ON p.id = s.product_id
        JOIN ppob_biller b ON b.id = s.biller_id
    WHERE (s.occurred_at, s.id) < (%s, %s) AND s.occurred_at <= %s AND s.occurred_at >= %s AND s.occurred_at < %s AND {}
    ORDER BY s.occurred_at DESC, s.id DESC LIMIT 51
"""
COUNT = """
    SELECT count(*) FROM (SELECT FROM ppob_transaction s WHERE s.occurred_at >= %s AND s.occurred_at < %s AND {} LIMIT 1001) c
"""


def comparisons() -> list[Comparison]:
    fill(SALES)
    person = EmployeeFactory(branch_office=BranchFactory(), roles=[Role.PPOB_ADMINISTRATOR])
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    biller, product, agent = (
        Biller.objects.all()[0],
        Product.objects.all()[PRODUCTS - 1],
        Agent.objects.all()[1234],
    )
    filters: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("all", {}, "true"),
        ("failed", {"state": "failed"}, "s.state = 'failed'"),
        ("biller", {"biller": biller.pk}, f"s.biller_id = {biller.pk}"),
        (
            "biller, suspect",
            {"biller": biller.pk, "state": "suspect"},
            f"s.biller_id = {biller.pk} AND s.state = 'suspect'",
        ),
        ("product", {"product": product.pk}, f"s.product_id = {product.pk}"),
        ("agent", {"agent": agent.agent_id}, f"s.agent_id = {agent.pk}"),
    )
    told = []
    for name, query, condition in filters:
        told += _pages(client, person, name, query, condition, whole=name == "all")
    return told


def _pages(
    client: Client, person: Employee, name: str, query: dict[str, Any], condition: str, *, whole: bool
) -> list[Comparison]:
    statements, told = {}, []
    for place in ("first", "last") if whole else ("first",):
        after = _last_page() if place == "last" else None
        address = _address(person, query, after)
        asked = _statements_of(partial(_open, client, address))
        assert len(asked) <= QUERIES, f"{name}: {len(asked)} queries"
        _tell_of_the_server(client, f"{name}, {place} page, {len(asked)} queries", address)
        bounds, beyond = [START, END], after or (END, 0)
        by_hand = [
            (SESSION, [client.session.session_key]),
            (PERSON, [person.pk]),
            (RIGHTS, [person.pk]),
            (CHOICES, []),
            (ROWS.format(condition), [*beyond, beyond[0], *bounds]),
            (COUNT.format(condition), bounds),
        ]
        statements[place] = asked
        told.append(_compare(f"{name}, {place} page: page / by hand", asked, by_hand, at_least=0.5))
    if whole:
        told.append(
            _compare("last page / first page", statements["last"], statements["first"], at_least=1 / 1.2)
        )
    return told


def _compare(name: str, ours: Any, peer: Any, *, at_least: float) -> Comparison:
    return Comparison(
        name=name,
        unit="pages, database time",
        units=PAGES,
        ours=lambda: _ask(ours),
        peer=lambda: _ask(peer),
        at_least=at_least,
    )


def _last_page() -> tuple[Any, int]:
    """The row before the fifty that come last."""
    return list(Transaction.objects.order_by("occurred_at", "pk").values_list("occurred_at", "pk")[:51])[-1]


def _address(person: Employee, query: dict[str, Any], after: tuple[Any, int] | None) -> str:
    """The list's address of all three months, at a place."""
    view = TransactionListView()
    days = {"since": START.date().isoformat(), "until": END.date().isoformat()}
    path = reverse("ppob:transaction-list")
    request = RequestFactory(SERVER_NAME="localhost").get(path, {**days, **query})
    request.user = person
    view.setup(request)
    if after is None:
        return f"{path}?{urlencode({**days, **query})}"
    state = ListState(view, request)
    return state.url(c=seal(Position(*after), of=state.name))


def _tell_of_the_server(client: Client, name: str, address: str) -> None:
    seconds: list[float] = []
    work = partial(_open, client, address)
    work()
    for _ in range(REQUESTS):
        begun = perf_counter()
        work()
        seconds.append(perf_counter() - begun)
    seconds.sort()
    told = f"{name}: median {seconds[REQUESTS // 2] * 1000:.0f} ms, p95 {seconds[int(REQUESTS * 0.95)] * 1000:.0f} ms"
    sys.stdout.write(f"server, {SALES:,} sales, {told}\n")
