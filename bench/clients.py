"""Clients of the database, each a process with a connection of its own, that do a share of the work when told."""

import multiprocessing
import os
import random
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import psycopg

from portal.servers.process import die_with_parent

CLIENTS = 8
Work = Callable[[Any, random.Random, int], None]


class Clients:
    """`run` gives the seconds from the word until the last is done. They end when this is forgotten, or with this process.

    Without an address they have no connection but those that their work makes by Django.
    """

    def __init__(self, works: dict[str, Work], address: str, clients: int = CLIENTS) -> None:
        fork = multiprocessing.get_context("fork")
        self.pipes: list[Any] = []
        for number in range(clients):
            ours, theirs = fork.Pipe()
            fork.Process(
                target=_serve, args=([*self.pipes, ours], theirs, works, address, number), daemon=True
            ).start()
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


def _serve(others: list[Any], pipe: Any, works: dict[str, Work], address: str, number: int) -> None:
    from django.db import connections

    for other in others:  # forked along: while anybody holds its other end open, a pipe does not end
        other.close()
    die_with_parent(parent=os.getppid())()
    # The pool that was forked along has lost its threads; one writer needs none.
    for wrapper in connections.all():
        wrapper.settings_dict["OPTIONS"].pop("pool", None)
    chance = random.Random(number)  # noqa: S311  repeatable, not secret
    with (
        psycopg.connect(address, autocommit=True, prepare_threshold=0)
        if address
        else nullcontext() as database
    ):
        # One for all statements, as a program does that asks much: making a cursor costs more than to fetch a row.
        cursor = database.cursor() if database else None
        while True:
            try:
                work, units = pipe.recv()
            except EOFError:
                os._exit(0)
            try:
                works[work](cursor, chance, units)
                pipe.send("")
            except Exception as error:  # noqa: BLE001  told to whoever asked, who raises it
                pipe.send(f"{work}: {error!r}")
