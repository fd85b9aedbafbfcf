"""Who polls a shard: one worker at a time, by a row with an expiry and a fencing number."""

import os
import socket
import uuid
from dataclasses import dataclass

from django.db import connection

from monitoring.models import ShardLease

# Three rounds: a worker that is late for one keeps its shard, a dead one is replaced within a quarter of a minute.
LEASE_S = 15


def name_of_this_process() -> str:
    """Unlike any other process' name, one that comes back with the same number included."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True)
class Lease:
    shard: int
    holder: str
    fence: int


class LeaseLost(Exception):
    """Another worker has taken the shard; what this one has read must not be written."""


def claim(shard: int, holder: str, seconds: int = LEASE_S) -> Lease | None:
    """Take the shard, or keep it. None while another holder's time runs.

    One statement on the database's clock. `fence` grows when the shard changes hands, and only then.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO monitoring_shardlease AS lease (shard, holder, fence, held_until)
            VALUES (%(shard)s, %(holder)s, 1, clock_timestamp() + make_interval(secs => %(seconds)s))
            ON CONFLICT (shard) DO UPDATE
               SET fence = lease.fence + (lease.holder <> excluded.holder)::int,
                   holder = excluded.holder, held_until = excluded.held_until
             WHERE lease.holder = excluded.holder OR lease.held_until < clock_timestamp()
            RETURNING fence
            """,
            {"shard": shard, "holder": holder, "seconds": seconds},
        )
        row = cursor.fetchone()
    return Lease(shard=shard, holder=holder, fence=row[0]) if row else None


def hold(lease: Lease) -> None:
    """Lock the lease's row until the transaction ends, so that nobody takes the shard while we write. LeaseLost."""
    if not (
        ShardLease.objects.select_for_update()
        .filter(shard=lease.shard, holder=lease.holder, fence=lease.fence)
        .exists()
    ):
        raise LeaseLost(lease.shard)


def release(lease: Lease) -> None:
    """Give the shard back at once instead of letting the next worker wait for the expiry."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE monitoring_shardlease SET held_until = clock_timestamp() - interval '1 second'"
            " WHERE shard = %s AND holder = %s AND fence = %s",
            [lease.shard, lease.holder, lease.fence],
        )
