"""`kill -9` at every point of a piece of work, one after another, and not only where chance strikes.

CI runs all points of a message; `make proof` those of a large export and of an import's saving too.
"""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from organization.choices import Role
from organization.tests.factories import BranchFactory, EmployeeFactory, StoreFactory
from portal.servers.account import ROOT
from tests.proof.conftest import IS_FULL

pytestmark = pytest.mark.django_db(transaction=True)
# Fewer would mean that the work was not done at all, or that the points were not counted.
POINTS = {"message": 10, "export": 30, "import": 40}


@pytest.mark.parametrize("what", list(POINTS) if IS_FULL else ["message"])
def test_killed_at_any_point_the_work_is_done_once(effects_table, report, tmp_path, what):
    person = EmployeeFactory(roles=[Role.ADMINISTRATOR])
    StoreFactory.create_batch(40, branch=BranchFactory())
    database = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
    environment = os.environ | {"DATABASE_URL": database, "DATABASE_OWNER_URL": database}

    done = subprocess.run(
        [sys.executable, "-m", "tests.proof.crash_worker", what, str(person.pk), str(tmp_path)],
        check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    report |= {"what": what, **figures}
    assert figures["faults"] == []
    assert figures["points"] >= POINTS[what]
