"""A PostgreSQL and a Valkey of the benchmark's own, migrated and empty, gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.servers import Lease
from portal.servers.secrets_file import local_secrets


@contextmanager
def own_ground() -> Iterator[None]:
    """Whatever the environment says, no data of anybody is touched. The pool is on and wide enough for fifty writers."""
    state = Path(tempfile.mkdtemp(prefix="gerai-bench-"))
    state.chmod(0o711)  # PostgreSQL may run as another account than this one
    # Not as throwaway as the tests: a commit reaches the disk here, for that is what writers wait for.
    leases = [Lease(kind, state) for kind in ("postgres", "valkey")]
    try:
        for lease in leases:
            os.environ.update(lease.address)
        os.environ.update(local_secrets(state))
        os.environ |= {"GERAI_STATE_DIR": str(state), "GERAI_DEMO": "0", "DATABASE_POOL_MAX": "60"}
        _migrate()
        yield
    finally:
        _close()
        for lease in leases:
            lease.release()
        for lease in leases:
            lease.ended_within(10)
        shutil.rmtree(state, ignore_errors=True)


def _migrate() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)

    from portal.settled import settle

    settle()  # as every process of the portal that serves


def _close() -> None:
    from django.db import connections

    connections.close_all()
