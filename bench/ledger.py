"""Postings a second of eight clients: ours, with keys, versions and closed days, against what others would take.

All on one server that reaches the disk at each commit, one call a posting. A sale goes by `ppob_report`, the function
that the API calls, in batches as the core sends them, with the agent's limits of day and month counted, points, and
all of them at one biller.
"""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
from django.db import connection, connections
from django.utils import timezone

from bench import hordak, ledger_peers
from bench.clients import Clients, Work
from bench.harness import Comparison
from bench.pgbench import Pgbench
from core.partitions import maintain_partitions
from ppob import ledger
from ppob.choices import AccountKind
from ppob.models import Account, Agent
from ppob.services.accounts import open_agent_accounts
from ppob.tests.ledger_factories import make_biller, make_product

AGENTS, BATCH = 10_000, 100
# Short turns and many of them: on a machine that others use too, the best of many is of the same quiet moments.
UNITS, SLOW_UNITS, ROUNDS = 1_600, 800, 15
MOVE = "SELECT transfer_id, replayed FROM ppob_move(%s, %s, 'move', %s, %s, %s)"
REPORT = "SELECT n, answer FROM ppob_report(%s::jsonb, 'api')"
HASH = ledger.payload_hash(bench=1)


def comparisons() -> list[Comparison]:
    maintain_partitions()
    biller, product = make_biller(), make_product()
    agents = Agent.objects.bulk_create(
        Agent(agent_id=f"0811{n:08}", name=f"Agen {n}", status="active", registered_at=timezone.now())
        for n in range(AGENTS)
    )
    open_agent_accounts(agents)
    own = Account.objects.filter(kind=AccountKind.AGENT).order_by("pk")
    accounts = list(own.values_list("pk", flat=True))
    own.update(day_cap=10**14, month_cap=10**15)
    bank = Account.objects.get(code="bank:idr").pk
    rich = 10**9
    ledger.post(
        key="rich", kind="topup", legs=[(bank, rich * AGENTS), *((account, -rich) for account in accounts)]
    )
    owner = connections["owner"].get_connection_params()
    for name in ("context", "prepare_threshold", "cursor_factory", "pool"):
        owner.pop(name, None)
    with psycopg.connect(**owner, autocommit=True) as database:
        database.execute(ledger_peers.TABLES)
        for number in range(1_000):  # plans as of a ledger in use, and not of an empty one
            database.execute(MOVE, [f"seed{number}", HASH, accounts[number], accounts[number + 1], 5])
        database.execute(ledger_peers.SEED)
        database.execute("VACUUM ANALYZE")
    address = psycopg.conninfo.make_conninfo(
        **{
            name: value
            for name, value in connection.get_connection_params().items()
            if name in ("host", "port", "user", "password", "dbname")
        }
    )
    works: dict[str, Work] = {
        "ours": partial(_move, accounts),
        "sales": partial(_sell, [agent.pk for agent in agents], biller.pk, product.pk),
        "pgledger": ledger_peers.by_peer,
        "tpcb": ledger_peers.by_tpcb,
        "models": ledger_peers.by_models,
    }
    connections.close_all()
    by_itself = Pgbench(owner)
    clients = Clients(works, address)
    found = [
        _against(clients, "pgledger", "posting: ours / as pgledger", UNITS, 1.5),
        Comparison(
            name="posting: ours / pgbench, tpcb-like",
            unit="transactions, 8 clients; pgbench's are in C",
            units=UNITS,
            ours=partial(clients.run, "ours", UNITS),
            peer=partial(by_itself.run, UNITS),
            at_least=0.9,
            rounds=ROUNDS,
        ),
        # Our own limit: nobody sends TPC-B as one function, which spares it six round trips and keeps no book.
        _against(clients, "tpcb", "posting: ours / TPC-B by function", UNITS, 0.5),
        _against(clients, "models", "posting: ours / models, select_for_update", SLOW_UNITS, 5.0),
        Comparison(
            name="sale, limits, points, one biller / posting",
            unit=f"sales in batches of {BATCH}, 8 clients",
            units=UNITS,
            ours=partial(clients.run, "sales", UNITS),
            peer=partial(clients.run, "ours", UNITS),
            at_least=0.7,
            rounds=ROUNDS,
        ),
    ]
    if hordak.is_installed():
        peer = hordak.Hordak(address)
        found.append(
            Comparison(
                name="posting: ours / django-hordak 2.0.0",
                unit="postings, 8 clients",
                units=SLOW_UNITS,
                ours=partial(clients.run, "ours", SLOW_UNITS),
                peer=partial(peer.run, SLOW_UNITS),
                at_least=4.0,
                rounds=ROUNDS,
            )
        )
    return found


def _against(clients: Clients, peer: str, name: str, units: int, at_least: float) -> Comparison:
    return Comparison(
        name=name,
        unit="postings, 8 clients",
        units=units,
        ours=partial(clients.run, "ours", units),
        peer=partial(clients.run, peer, units),
        at_least=at_least,
        rounds=ROUNDS,
    )


def _move(accounts: list[int], database: Any, chance: Any, units: int) -> None:
    for _ in range(units):
        giver, taker = chance.sample(accounts, 2)
        database.execute(MOVE, [f"{chance.getrandbits(64):x}", HASH, giver, taker, 5])


def _sell(agents: list[int], biller: int, product: int, database: Any, chance: Any, units: int) -> None:
    for _ in range(units // BATCH):
        now = timezone.now().replace(microsecond=0)
        day = timezone.localdate(now, timezone.get_fixed_timezone(timedelta(hours=7))).isoformat()
        items = [
            {
                "n": number, "biller_id": biller, "noref": f"{chance.randrange(10**12):012}", "business_on": day,
                "today_on": day, "hash": "\\x" + HASH.hex(), "occurred_at": now.isoformat(),
                "agent_id": chance.choice(agents), "product_id": product, "customer_id": "012345678901",
                "source_account": "", "state": "success", "response_code": "00", "stan": "1", "serial": "",
                "milliseconds": 900, "bill": 50_000, "fine": 0, "biller_fee": 1_000, "counter_fee": 2_000, "sheets": 1,
                "commission": 500, "agent_share": 1_000, "points": 5, "hold_id": None,
            }
            for number in range(BATCH)
        ]  # fmt: skip
        rows = database.execute(REPORT, [json.dumps(items)]).fetchall()
        assert len(rows) == BATCH
