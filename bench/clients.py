"""Eight clients of the database, each a process with a connection of its own, that do a share of the work when told."""

import multiprocessing
import os
import random
import time
from collections.abc import Callable
from typing import Any

import psycopg

from portal.servers.process import die_with_parent

CLIENTS = 8
Work = Callable[[psycopg.Connection, random.Random, int], None]


class Clients:
    """`run` gives the seconds from the word until the last is done. They die with this process."""

    def __init__(self, works: dict[str, Work], address: str, clients: int = CLIENTS) -> None:
        fork = multiprocessing.get_context("fork")
        self.pipes = []
        for number in range(clients):
            ours, theirs = fork.Pipe()
            fork.Process(target=_serve, args=(theirs, works, address, number), daemon=True).start()
            self.pipes.append(ours)

    def run(self, work: str, units: int) -> float:
        begun = time.perf_counter()
        for pipe in self.pipes:
            pipe.send((work, units // len(self.pipes)))
        answers = [pipe.recv() for pipe in self.pipes]
        taken = time.perf_counter() - begun
        faults = [answer for answer in answers if answer]
        if faults:
            raise RuntimeError(faults[0])
        return taken


def _serve(pipe: Any, works: dict[str, Work], address: str, number: int) -> None:
    from django.db.backends.postgresql.base import DatabaseWrapper

    # By the kernel: a sibling keeps the other end of the pipe open, so that nobody would hear the end of it.
    die_with_parent(parent=os.getppid())()
    # The pool that was forked along has lost its threads: whoever works with models here connects by itself.
    wrapper: Any = DatabaseWrapper  # the stubs leave out what is private
    wrapper._connection_pools = {}
    chance = random.Random(number)  # noqa: S311  repeatable, not secret
    with psycopg.connect(address, autocommit=True, prepare_threshold=0) as database:
        while True:
            try:
                work, units = pipe.recv()
            except EOFError:
                os._exit(0)
            try:
                works[work](database, chance, units)
                pipe.send("")
            except Exception as error:  # noqa: BLE001  told to whoever asked, who raises it
                pipe.send(f"{work}: {error!r}")
