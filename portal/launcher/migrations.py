"""Unapplied migrations: found and applied before a command or the portal works on the embedded database."""

import sys

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from portal.servers.locks import locked
from portal.servers.places import make_dir, state_dir


def unapplied(alias: str = "owner") -> int:
    """How many migrations the code has and the database has not."""
    executor = MigrationExecutor(connections[alias])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def apply_pending() -> None:
    """Bring the database up to date, saying so on standard error only: standard output is the command's."""
    try:
        # Two commands that start at the same time would both begin.
        with locked(make_dir(state_dir()) / "migrate.lock"):
            count = unapplied()
            if count:
                print(f"Applying {count} migrations…", file=sys.stderr, flush=True)
                call_command("migrate", database="owner", verbosity=0, interactive=False)
    finally:
        connections["owner"].close()
