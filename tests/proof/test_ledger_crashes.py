"""The ledger when its client dies at any point, and when its server dies at any moment: nothing half, nothing double."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from portal.servers.account import ROOT
from portal.servers.postgres import Postgres
from portal.servers.process import die_with_parent
from ppob.ledger import payload_hash
from ppob.services.proof import CHECKS
from tests.proof.conftest import IS_FULL
from tests.proof.scene import wait_for

HASH = payload_hash(proof=2)
CLIENTS = 6
BROKEN = " UNION ALL ".join(
    f"SELECT '{kind}', what FROM ({sql}) AS _{kind} (what)" for kind, sql in CHECKS.items()
)
MOVE = "SELECT transfer_id FROM ppob_move(%s, %s, 'move', %s, %s, %s)"
# Migrates the server that the environment names, and opens accounts with money; tells their keys.
GROUND = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", database="owner", verbosity=0, interactive=False)
from ppob.tests.ledger_factories import account, make_agent
print(json.dumps([account(make_agent(10**9)).pk for _ in range(12)] + [account("clearing:idr").pk]))
"""


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_point_of_a_batch_the_second_try_ends_as_if_nothing_was(seed, report):
    database = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
    step = 1 if IS_FULL else 9
    done = subprocess.run(
        [sys.executable, "-m", "tests.proof.ledger_crash_worker", str(seed % step), str(step)],
        check=False, cwd=ROOT, env=os.environ | {"DATABASE_URL": database, "DATABASE_OWNER_URL": database},
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    report |= figures
    assert figures["faults"] == [], done.stderr[-3000:]
    assert figures["of"] >= 40


class Server:
    """A PostgreSQL that reaches the disk at each commit, and can be stopped as by a power cut."""

    def __init__(self, folder: Path) -> None:
        self.postgres = Postgres(folder, throwaway=False)
        self.postgres.prepare()
        self.log = (folder / "server.log").open("ab")

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.postgres.command(), cwd="/", env=self.postgres.environment, stdout=self.log, stderr=self.log,
            stdin=subprocess.DEVNULL, preexec_fn=die_with_parent(),  # noqa: PLW1509  no thread posts while it starts
            **self.postgres.account.popen(),
        )  # fmt: skip
        wait_for(lambda: self.process.poll() is not None or self.postgres.is_ready(), 60)
        assert self.process.poll() is None, "the server does not start"

    def stop(self, how: signal.Signals) -> None:
        """SIGQUIT is `pg_ctl stop -m immediate`: no checkpoint, the next start recovers from the log."""
        self.process.send_signal(how)
        self.process.wait(timeout=30)


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    folder.chmod(0o711)
    one = Server(folder)
    try:
        one.start()
        one.postgres.set_up()
        yield one
    finally:
        if one.process.poll() is None:
            one.stop(signal.SIGQUIT)
        one.postgres.throwaway = True
        one.postgres.clean_up()


def test_the_server_dies_at_any_moment_and_the_ledger_is_what_its_clients_were_told(
    tmp_path_factory, seed, report
):
    crashes = 200 if IS_FULL else 6
    with server(tmp_path_factory.mktemp("pg")) as here:
        address = here.postgres.address()
        made = subprocess.run(
            [sys.executable, "-c", GROUND], check=False, cwd=ROOT, capture_output=True, text=True,
            env=os.environ | address | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
        )  # fmt: skip
        assert made.returncode == 0, made.stderr[-2000:]
        accounts = json.loads(made.stdout.splitlines()[-1])
        told: dict[str, int] = {}
        unsure: set[str] = set()
        chance = random.Random(seed)
        for crash in range(crashes):
            clients = [
                threading.Thread(target=_work, args=(address["DATABASE_URL"], accounts, seed, crash, number, told, unsure))
                for number in range(CLIENTS)
            ]  # fmt: skip
            for client in clients:
                client.start()
            time.sleep(chance.uniform(0.05, 0.4))
            here.stop(signal.SIGQUIT)
            for client in clients:
                client.join()
            here.start()
            with psycopg.connect(address["DATABASE_URL"], autocommit=True) as database:
                there = dict(
                    database.execute(
                        "SELECT key, id FROM ppob_transfer WHERE key = ANY (%s)", [[*told, *unsure]]
                    )
                )
                lost = {key for key, transfer in told.items() if there.get(key) != transfer}
                assert not lost, (crash, lost)
                assert database.execute(BROKEN).fetchall() == [], crash
                # Whoever got no answer asks again, and it is there once.
                for key in sorted(unsure):
                    told[key] = database.execute(MOVE, _params(key, accounts)).fetchone()[0]
                unsure.clear()
        with psycopg.connect(address["DATABASE_URL"], autocommit=True) as database:
            legs = database.execute(
                "SELECT count(*) FROM ppob_transfer t WHERE kind = 'move' AND 2 <> ("
                " SELECT count(*) FROM (SELECT FROM ppob_entry e WHERE e.transfer_id = t.id"
                " UNION ALL SELECT FROM ppob_delta d WHERE d.transfer_id = t.id) legs)"
            ).fetchone()
            ours = database.execute("SELECT count(*) FROM ppob_transfer WHERE kind = 'move'").fetchone()
        assert legs == (0,)
        assert ours == (len(told),)
    report |= {"crashes": crashes, "transfers": len(told)}


def _params(key: str, accounts: list[int]) -> list:
    number = int(key.rpartition("-")[2])
    return [key, HASH, accounts[number % 12], accounts[(number * 5 + 1) % 13], 1 + number % 7]


def _work(address, accounts, seed, crash, number, told, unsure) -> None:
    """Post until the server is gone; what was asked and not answered is unsure."""
    turn = number
    with suppress(psycopg.OperationalError), psycopg.connect(address, autocommit=True) as database:
        while True:
            turn += CLIENTS
            if turn % 12 == (turn * 5 + 1) % 13:
                continue
            key = f"c{seed}-{crash}-{number}-{turn}"
            unsure.add(key)
            answer = database.execute(MOVE, _params(key, accounts)).fetchone() or (0,)
            told[key] = answer[0]
            unsure.discard(key)
