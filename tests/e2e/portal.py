"""The real portal, started as a person starts it: `manage.py up`, with a state folder and a small demo of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "test-results"
STORES, DAYS = 400, 3
READY_WITHIN = 240
# What the tests' own servers put into the environment; this portal has to find and start its own.
NOT_OURS = (
    "DATABASE_OWNER_URL", "DATABASE_POOL", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "GERAI_AUDIT_KEYS", "GERAI_DEMO",
    "GERAI_ENV", "GERAI_FIELD_KEYS", "GERAI_PIN_PEPPER", "REDIS_URL", "SECRET_KEY",
)  # fmt: skip


@dataclass
class Portal:
    """A portal that answers at `address`; `run` and `python` are other commands beside it, on the same database."""

    address: str
    environment: dict[str, str] = field(repr=False)

    def url(self, path: str) -> str:
        return f"{self.address}{path}"

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"manage.py {arguments[0]} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout.strip()

    def python(self, code: str) -> str:
        """What `code` prints, run inside the portal's own Django: to make a person, to lock one, to count."""
        return self.run("shell", "--no-imports", "-c", code)

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(self.url("/health/ready"), timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_portal() -> Iterator[Portal]:
    """Up until the block ends.

    Whoever writes a journey names a portal that runs already by GERAI_E2E_ADDRESS and its folder by GERAI_E2E_STATE.
    """
    environment = {key: value for key, value in os.environ.items() if key not in NOT_OURS}
    if address := os.environ.get("GERAI_E2E_ADDRESS"):
        yield Portal(address, environment | {"GERAI_STATE_DIR": os.environ["GERAI_E2E_STATE"]})
        return
    state = Path(tempfile.mkdtemp(prefix="gerai-e2e-"))
    # PostgreSQL gives up root for a user who has to be able to pass through here.
    state.chmod(0o755)
    port = free_port()
    environment |= {
        "GERAI_STATE_DIR": str(state / "state"),
        "GERAI_DEMO_STORES": str(STORES),
        "GERAI_DEMO_DAYS": str(DAYS),
        "PYTHONUNBUFFERED": "1",
    }
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "portal.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    portal = Portal(f"http://127.0.0.1:{port}", environment)
    try:
        wait_until_ready(portal, process)
        yield portal
    finally:
        stop(process)
        shutil.rmtree(state, ignore_errors=True)


def wait_until_ready(portal: Portal, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not portal.is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            log = (RESULTS / "portal.log").read_text()[-4000:]
            raise AssertionError(f"the portal did not become ready:\n{log}")
        time.sleep(0.3)


def stop(process: subprocess.Popen) -> None:
    """One Ctrl-C, as a person stops it."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
