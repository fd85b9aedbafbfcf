"""A day of a million sales against its settlement file of a million lines (GERAI_BENCH_LINES): all passes, evidence staged.

Against what others would take: pandas, polars and DuckDB, each with both sides read, joined, classified and the
differences written back, but without evidence, without a check of any line, and without a ledger; a query for each line,
as a portal would ask without sets; and the bare COPY of the file, below which no staging can be. Each works in a process
of its own, and ours counts the memory of its backend as well. What they find must be the same.
"""

import json
import os
import subprocess
import sys
import tempfile
from functools import cache, partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from bench.day import CLASSES, fill, settlement_file
from bench.harness import Comparison
from ppob.models import Biller

LINES = int(os.environ.get("GERAI_BENCH_LINES", "1000000"))
SLOW_LINES = 20_000
SMALL, LARGE = 100_000, int(os.environ.get("GERAI_BENCH_MOST_LINES", "5000000"))
PEERS = ("pandas", "polars", "duckdb")
_MEMORY: dict[tuple[str, Path], list[float]] = {}


def comparisons() -> list[Comparison]:
    settings.MEDIA_ROOT = tempfile.mkdtemp(prefix="gerai-bench-media-")
    biller = fill(LINES)
    file = settlement_file(biller, LINES, Path(settings.MEDIA_ROOT))
    ours = partial(run, "ours", file, biller)
    found = [
        _against("bare COPY", partial(run, "copy", file, biller), ours, 1 / 3.5),
        Comparison(
            name="reconcile: ours / a query for each line", unit="lines", units=LINES, ours=ours,
            peer=lambda: run("each", file, biller, lines=SLOW_LINES) * LINES / SLOW_LINES, at_least=100.0,
        ),
    ]  # fmt: skip
    limits = {"pandas": 1.3, "polars": 1 / 2.5, "duckdb": 1 / 2.5}
    found += [
        _against(peer, partial(run, peer, file, biller), ours, limits[peer])
        for peer in PEERS
        if _is_installed(peer)
    ]
    if _is_installed("pandas"):
        found.append(
            Comparison(
                name="memory: ours with its backend / pandas", unit="1 / MB", units=1, ours=partial(_memory, "ours", file),
                peer=partial(_memory, "pandas", file), at_least=3.0,
            )
        )  # fmt: skip
    if LARGE:
        found.append(_growth())
    return found


def _growth() -> Comparison:
    """A line of a large day against one of a small day; both are made when they are asked for, after everything else."""
    return Comparison(
        name=f"reconcile: a line of {LARGE:,} / of {SMALL:,}", unit="lines", units=SMALL, rounds=3,
        ours=partial(_in_proportion, LARGE, "LARGE"), peer=partial(_in_proportion, SMALL, "SMALL"), at_least=1 / 1.3,
    )  # fmt: skip


def _in_proportion(count: int, code: str) -> float:
    """The seconds that SMALL lines of a day of so many take."""
    biller, file = _day_of(count, code)
    return run("ours", file, biller) * SMALL / count


@cache
def _day_of(count: int, code: str) -> tuple[Biller, Path]:
    biller = fill(count, code=code)
    return biller, settlement_file(biller, count, Path(settings.MEDIA_ROOT))


def _against(peer: str, work: Any, ours: Any, at_least: float) -> Comparison:
    return Comparison(
        name=f"reconcile: ours / {peer}", unit="lines", units=LINES, ours=ours, peer=work, at_least=at_least
    )


def run(work: str, file: Path, biller: Biller, *, lines: int = 0) -> float:
    """Its seconds. What it leaves in the database is taken away afterwards, and not counted."""
    connections.close_all()
    told = subprocess.run(
        [sys.executable, "-m", "bench.reconciling", work, str(file), str(biller.pk), str(lines), str(settings.MEDIA_ROOT)],
        check=True, stdout=subprocess.PIPE, text=True, env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
    )  # fmt: skip
    answer = json.loads(told.stdout.splitlines()[-1])
    _MEMORY.setdefault((work, file), []).append(answer["mb"])
    if answer["breaks"] is not None:
        wanted = {kind: answer["breaks"].get(kind, 0) for kind in CLASSES}
        assert wanted == CLASSES_FOUND.setdefault(file, wanted), (work, wanted, CLASSES_FOUND)
    return float(answer["seconds"])


CLASSES_FOUND: dict[Path, dict[str, int]] = {}


def _memory(work: str, file: Path) -> float:
    """Megabytes in place of seconds: the least of its runs, which the comparisons before this one have made."""
    return min(_MEMORY[work, file])


def _is_installed(name: str) -> bool:
    import importlib.util

    return importlib.util.find_spec(name) is not None
