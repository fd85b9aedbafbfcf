"""A day's run when its worker dies at any point, and when its server does: nothing half, nothing double, one result."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import psycopg
import pytest
from django.db import connection

from portal.servers.account import ROOT
from tests.proof.conftest import IS_FULL
from tests.proof.test_ledger_crashes import server

DAY = """
import sys, time, django
django.setup()
from django.conf import settings
settings.MEDIA_ROOT = sys.argv[1]
from tests.proof import reconciliation_crash_worker as worker
if sys.argv[2] == "make":
    from django.core.management import call_command
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    import pathlib, json
    biller, day, file = worker._day()
    pathlib.Path(sys.argv[3]).write_bytes(file)
    print(json.dumps([biller.pk, str(day)]))
else:
    import datetime, json, pathlib
    from ppob.models import Biller
    biller, day = Biller.objects.get(pk=int(sys.argv[4])), datetime.date.fromisoformat(sys.argv[5])
    if sys.argv[2] == "run":
        from io import BytesIO
        from ppob.reconciliation.intake import receive_file
        from ppob.reconciliation.running import run_day
        file = pathlib.Path(sys.argv[3]).read_bytes()
        print("ready", flush=True)
        for _ in range(int(sys.argv[6])):
            receive_file(biller=biller, day=day, stream=BytesIO(file), name="a.csv", source="upload")
            run_day(biller=biller, day=day)
    print(json.dumps(worker._state(biller, day), default=str))
"""


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_point_of_a_run_the_next_one_comes_to_the_same(seed, report, tmp_path):
    database = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
    step = 1 if IS_FULL else 11
    done = subprocess.run(
        [sys.executable, "-m", "tests.proof.reconciliation_crash_worker", str(tmp_path), str(seed % step), str(step)],
        check=False, cwd=ROOT, env=os.environ | {"DATABASE_URL": database, "DATABASE_OWNER_URL": database},
        capture_output=True, text=True, timeout=840,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    report |= figures
    assert figures["faults"] == [], done.stderr[-3000:]
    assert figures["of"] >= 60


def test_the_server_stops_in_the_middle_of_runs_and_the_next_run_comes_to_the_same(
    tmp_path_factory, seed, report
):
    stops, chance = 20 if IS_FULL else 3, random.Random(seed)
    media = tmp_path_factory.mktemp("media")
    file = media / "day.csv"
    with server(tmp_path_factory.mktemp("pg")) as here:
        environment = os.environ | here.postgres.address() | {"DJANGO_SETTINGS_MODULE": "portal.settings"}

        def ask(*words: object) -> subprocess.Popen:
            return subprocess.Popen(
                [sys.executable, "-c", DAY, str(media), *map(str, words)], cwd=ROOT, env=environment, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip

        def answer(*words: object) -> object:
            told, wrong = ask(*words).communicate(timeout=300)
            assert told, wrong[-2000:]
            return json.loads(told.splitlines()[-1])

        biller, day = answer("make", file)
        wanted = answer("run", file, biller, day, 1)
        for stop in range(stops):
            running = ask("run", file, biller, day, 1000)
            assert running.stdout is not None
            assert running.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.05, 1.0))
            here.stop(signal.SIGQUIT)
            running.communicate(timeout=120)
            assert running.returncode != 0
            here.start()
            assert answer("state", file, biller, day) == wanted, stop
        assert answer("run", file, biller, day, 1) == wanted
        with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as database:
            runs = database.execute("SELECT count(*), max(number) FROM ppob_reconciliationrun").fetchone()
    assert runs is not None
    assert runs[0] == runs[1], "a run that died left no gap and no row"
    report |= {"stops": stops, "runs": runs[0]}
