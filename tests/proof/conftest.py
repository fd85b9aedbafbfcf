import json
import os
import random
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction

from core import outbox
from core.models import OutboxMessage
from portal.servers.account import ROOT
from tests.proof import handlers  # noqa: F401  here too, for `enqueue`
from tests.proof.scene import scene

IS_FULL = os.environ.get("GERAI_PROOF") == "full"
SEED = int(os.environ.get("GERAI_PROOF_SEED") or random.SystemRandom().randrange(10**6))
# The slice of every other run must not write over the figures of the whole, nor one of its workers over another's.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "ci")
REPORT = Path(ROOT / "test-results" / ("proof.json" if IS_FULL else f"proof-{WORKER}.json"))
FIGURES, ENDED = pytest.StashKey[dict[str, Any]](), pytest.StashKey[dict[str, Any]]()
TABLE = (
    "CREATE TABLE IF NOT EXISTS proof_effect (key text, pid int, at timestamptz DEFAULT clock_timestamp())"
)


@pytest.fixture(scope="session")
def seed() -> int:
    return SEED


@pytest.fixture
def chance(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def effects_table(transactional_db: None) -> Iterator[None]:
    """Empty, and gone afterwards."""
    owner = connections["owner"].get_connection_params()
    with psycopg.connect(**owner, autocommit=True) as database:
        database.execute(TABLE)
    yield
    connection.close()
    with psycopg.connect(**owner, autocommit=True) as database:
        database.execute("DROP TABLE proof_effect")


@pytest.fixture
def proof_scene(effects_table: None, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """`with proof_scene(PROOF_SWEEP_S="1") as here`: broker up, table of effects empty."""
    return lambda **options: scene(tmp_path_factory.mktemp("p"), **options)


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """Figures of one proof, for the report of all."""
    figures: dict[str, Any] = {}
    yield figures
    request.config.stash.setdefault(FIGURES, {})[request.node.nodeid] = figures


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One JSON of the run: its seed, what each proof measured, how each ended."""
    told = session.config.stash.get(ENDED, {})
    if not told:
        return
    figures = session.config.stash.get(FIGURES, {})
    proofs = {
        nodeid.rpartition("/")[2]: {**ended, **figures.get(nodeid, {})} for nodeid, ended in told.items()
    }
    answer = {
        "slice": "full" if IS_FULL else "ci",
        "seed": SEED,
        "passed": sum(one["outcome"] == "passed" for one in proofs.values()),
        "not_passed": [name for name, one in proofs.items() if one["outcome"] != "passed"],
        "seconds": round(sum(one["seconds"] for one in proofs.values()), 1),
        "proofs": proofs,
    }
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(answer, indent=1, default=str) + "\n")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    ended = item.config.stash.setdefault(ENDED, {}).setdefault(
        item.nodeid, {"outcome": "passed", "seconds": 0.0}
    )
    ended["seconds"] = round(ended["seconds"] + report.duration, 1)
    if report.outcome != "passed":
        ended["outcome"] = report.outcome
    return report


def ask(count: int, kind: str = "proof.effect", prefix: str = "m", **payload: Any) -> None:
    """So many messages, each in a transaction of its own, as requests write them."""
    for number in range(count):
        with transaction.atomic():
            outbox.enqueue(kind, key=f"{prefix}{number}", payload=payload or {"ms": 4})


def open_count() -> int:
    return OutboxMessage.objects.filter(kind__startswith="proof.", done_at=None, dead_at=None).count()


def effects() -> dict[str, int]:
    """How often each effect is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, count(*) FROM proof_effect GROUP BY key")
        return dict(cursor.fetchall())
