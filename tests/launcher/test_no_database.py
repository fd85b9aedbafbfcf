"""A command whose database does not answer says so in one line, at once, and ends with 1."""

import subprocess
import sys

import pytest

from portal.servers.account import ROOT
from tests.launcher.conftest import free_port


@pytest.mark.parametrize(
    "command", [["first_admin", "--nik", "1234567"], ["migrate"], ["audit_verify", "--json"]]
)
def test_one_line_says_why(environment, command):
    nobody = f"127.0.0.1:{free_port()}"
    given = environment | {
        "DATABASE_URL": f"postgresql://gerai_app:no@{nobody}/gerai",
        "DATABASE_OWNER_URL": f"postgresql://gerai_owner:no@{nobody}/gerai",
        "REDIS_URL": f"redis://{nobody}",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=given, capture_output=True, text=True, check=False,
        timeout=20,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "The database does not answer" in done.stderr
    assert "refused" in done.stderr
