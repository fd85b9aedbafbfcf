"""Sessions of the database as the application has them, and two of them step by step in every order."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import combinations
from typing import Any

import psycopg
from django.db import connection

Step = Callable[[psycopg.Connection], Any]
BLOCKED = "SELECT cardinality(pg_blocking_pids(%s)) > 0"


def session(**options: Any) -> psycopg.Connection:
    """A connection of its own to the test's database, as the application's role; autocommit."""
    params = {**connection.get_connection_params(), "cursor_factory": psycopg.Cursor, **options}
    for name in ("context", "prepare_threshold"):
        params.pop(name, None)
    return psycopg.connect(**params, autocommit=True)


@contextlib.contextmanager
def sessions(number: int) -> Iterator[list[psycopg.Connection]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(contextlib.closing(session())) for _ in range(number)]


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each call answers, all begun at the same moment, each in a thread of its own."""
    together = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        together.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def outcome(database: psycopg.Connection, sql: str, params: Sequence[Any] = ()) -> Any:
    """The first column, or the SQLSTATE of the refusal as text."""
    try:
        row = database.execute(sql, params).fetchone()
    except psycopg.Error as error:
        return error.sqlstate
    return row[0] if row else None


def interleavings(steps: int = 3) -> list[tuple[int, ...]]:
    """Every order of two sessions' steps: 20 of three each."""
    places = range(2 * steps)
    return [tuple(0 if place in first else 1 for place in places) for first in combinations(places, steps)]


def walk(order: Sequence[int], work: Sequence[str], params: Sequence[Sequence[Any]]) -> list[Any]:
    """BEGIN, the work, COMMIT of two sessions in this order; what each one's work came to, or its SQLSTATE.

    A step that waits for the other session is left waiting, and the next one is taken, as PostgreSQL's isolation
    tester does. Two that wait for each other would come back as 40P01.
    """
    with sessions(2) as two, contextlib.closing(session()) as watcher:
        pools = [ThreadPoolExecutor(1) for _ in two]
        results: list[Any] = [None, None]

        def do(who: int, step: int) -> None:
            if step == 0:
                two[who].execute("BEGIN")
            elif step == 1:
                results[who] = outcome(two[who], work[who], params[who])
            else:
                two[who].execute("COMMIT")  # a failed one rolls back

        done: list[list[Future[None]]] = [[], []]
        for who in order:
            future = pools[who].submit(do, who, len(done[who]))
            done[who].append(future)
            until = time.monotonic() + 5
            while not future.done() and time.monotonic() < until:
                if watcher.execute(BLOCKED, [two[who].info.backend_pid]).fetchone() == (True,):
                    break
                time.sleep(0.001)
        for future in [*done[0], *done[1]]:
            future.result(timeout=10)
        for pool in pools:
            pool.shutdown()
    return results
