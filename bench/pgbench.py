"""pgbench itself, PostgreSQL's own client in C: its script `tpcb-like` at scale 10, in a database of its own."""

import os
import re
import subprocess
from typing import Any

import psycopg

from bench.clients import CLIENTS
from portal.servers.binaries import postgres_bin_dir

DATABASE, SCALE = "pgbench", 10


class Pgbench:
    """`run` gives the seconds that as many clients as ours took for so many transactions, connecting left out."""

    def __init__(self, owner: dict[str, Any]) -> None:
        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
        known = {variable: str(owner[name]) for variable, name in names.items() if owner.get(name)}
        self.environment = os.environ | known | {"PGDATABASE": DATABASE}
        with psycopg.connect(**owner, autocommit=True) as database:
            database.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            database.execute(f"CREATE DATABASE {DATABASE}")
        self._call("--initialize", "--quiet", f"--scale={SCALE}")

    def run(self, units: int) -> float:
        each = units // CLIENTS
        said = self._call(
            "--no-vacuum", "--builtin=tpcb-like", "--protocol=prepared",
            f"--client={CLIENTS}", "--jobs=2", f"--transactions={each}",
        )  # fmt: skip
        found = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
        assert found is not None, said
        return each * CLIENTS / float(found[1])

    def _call(self, *options: str) -> str:
        return subprocess.run(
            [postgres_bin_dir() / "pgbench", *options], env=self.environment, capture_output=True, text=True, check=True
        ).stdout  # fmt: skip
