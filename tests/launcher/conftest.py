"""Real processes in a state folder of their own: nothing here touches the servers that other tests use."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.servers.account import ROOT

SERVERS = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "GERAI_OWN_SERVERS",
    "GERAI_DEMO",
    "DATABASE_POOL",
)
HOLD = """
import json, sys
from portal.servers import ServerError, ensure_running
try:
    print(json.dumps(ensure_running(*sys.argv[1:], throwaway=True)), flush=True)
except ServerError as error:
    sys.exit(str(error))
sys.stdin.read()
"""


@pytest.fixture
def state() -> Iterator[Path]:
    """Short, for socket paths are limited, and open to the account that PostgreSQL runs as."""
    folder = Path(tempfile.mkdtemp(prefix="gerai-up-"))
    folder.chmod(0o711)
    yield folder
    # Guardians tidy up behind their servers; only what does not end by itself is ended here.
    eventually(lambda: not processes_of(folder), 5)
    for process in processes_of(folder):
        os.kill(process, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def environment(state: Path) -> dict[str, str]:
    """As in a fresh shell: no servers named, so that ours are started."""
    kept = {key: value for key, value in os.environ.items() if key not in SERVERS and "XDIST" not in key}
    return kept | {"GERAI_STATE_DIR": str(state), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}


@pytest.fixture
def hold(environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a process that uses the servers until its standard input is closed."""
    started: list[subprocess.Popen[str]] = []

    def start(*kinds: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, *kinds], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def address_of(holder: subprocess.Popen[str]) -> dict[str, str]:
    """What the holder was told, once its servers are up."""
    assert holder.stdout is not None
    return json.loads(holder.stdout.readline())


def processes_of(state: Path) -> dict[int, str]:
    """Living processes that mention the state folder in their command line or environment, this one excepted."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            if (
                int(folder.name) != os.getpid()
                and str(state).encode() in command + (folder / "environ").read_bytes()
            ):
                found[int(folder.name)] = command.replace(b"\0", b" ").decode()[:120]
        except OSError:
            continue
    return found


def eventually(condition: Callable[[], object], seconds: float = 10.0) -> object:
    """The condition's first true answer, or its last one when the time is over."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
