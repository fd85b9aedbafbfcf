import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction

from core import outbox
from core.models import OutboxMessage
from portal.servers.account import ROOT
from tests.proof import celery_app  # noqa: F401  registers the handlers here too, for `enqueue`
from tests.proof.scene import scene

IS_FULL = os.environ.get("GERAI_PROOF") == "full"
TABLE = (
    "CREATE TABLE IF NOT EXISTS proof_effect (key text, pid int, at timestamptz DEFAULT clock_timestamp())"
)


@pytest.fixture(scope="session")
def seed() -> int:
    return int(os.environ.get("GERAI_PROOF_SEED") or random.SystemRandom().randrange(10**6))


@pytest.fixture
def chance(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def proof_scene(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """`with proof_scene(PROOF_SWEEP_S="1") as here`: broker up, table of effects empty."""
    owner = connections["owner"].get_connection_params()
    with psycopg.connect(**owner, autocommit=True) as database:
        database.execute(TABLE)
    yield lambda **options: scene(tmp_path_factory.mktemp("p"), **options)
    connection.close()
    with psycopg.connect(**owner, autocommit=True) as database:
        database.execute("DROP TABLE proof_effect")


@pytest.fixture
def report(request: pytest.FixtureRequest, seed: int) -> Iterator[dict[str, Any]]:
    """Figures of one proof, written when it ends, passed or not."""
    figures: dict[str, Any] = {"seed": seed, "slice": "full" if IS_FULL else "ci"}
    begun, failed = time.monotonic(), request.session.testsfailed
    yield figures
    figures |= {
        "seconds": round(time.monotonic() - begun, 1),
        "failed_before_or_here": request.session.testsfailed > failed,
    }
    folder = Path(ROOT / "test-results")
    folder.mkdir(exist_ok=True)
    (folder / f"proof-{request.node.name}.json").write_text(json.dumps(figures, indent=1) + "\n")


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
