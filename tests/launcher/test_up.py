"""`manage.py up` as a person and a process manager use it: started, hurt, and ended."""

import os
import pty
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from portal.launcher import lan
from portal.servers.account import ROOT
from tests.launcher.conftest import eventually, free_port, processes_of


class Portal:
    """One `up` on a pseudo-terminal, so that Ctrl-C is typed and not sent."""

    def __init__(self, environment, *options):
        self.port = free_port()
        self.terminal, inside = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(self.port), "--no-demo", *options],
            cwd=ROOT, env=environment, stdin=inside, stdout=inside, stderr=inside, start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509  no threads in this test
        )  # fmt: skip
        os.close(inside)
        os.set_blocking(self.terminal, False)
        self.text = ""

    def output(self):
        try:
            while chunk := os.read(self.terminal, 65536):
                self.text += chunk.decode(errors="replace")
        except OSError:
            pass  # nothing new, or the other side is closed
        return self.text

    def is_ready(self):
        self.output()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def type_ctrl_c(self):
        os.write(self.terminal, b"\x03")


def _take_terminal():
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def portal(environment):
    portal = Portal(environment)
    yield portal
    portal.process.kill()
    portal.process.wait()
    os.close(portal.terminal)


def refused(environment, *options):
    done = subprocess.run(
        [sys.executable, "manage.py", "up", *options],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    return done.stderr


def children_of(state):
    """The portal's own processes by what they are."""
    kinds = {
        "web": "-m daphne",
        "worker": "--queues default",
        "poller": "--queues monitoring.0",
        "beat": " beat ",
    }
    found = processes_of(state)
    return {kind: [pid for pid, line in found.items() if part in full(pid)] for kind, part in kinds.items()}


def full(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def test_it_runs_refuses_a_second_one_heals_and_ends_on_ctrl_c(portal, environment, state):
    assert eventually(portal.is_ready, 60), portal.output()
    eventually(lambda: "ssh -L" in portal.output())
    assert f"http://127.0.0.1:{portal.port}/" in portal.output()
    assert f"ssh -L {portal.port}:127.0.0.1:{portal.port} " in portal.output()
    assert "first_admin" in portal.output()

    message = refused(environment, "--port", str(free_port()))
    assert f"http://127.0.0.1:{portal.port}/" in message

    first_web = children_of(state)["web"][0]
    os.kill(first_web, signal.SIGKILL)
    assert eventually(lambda: "web.1 ended with signal 9; starting it again in 0.5 s" in portal.output())
    assert eventually(lambda: len(set(children_of(state)["web"]) - {first_web}) == 2), portal.output()
    assert eventually(lambda: all(children_of(state).values()), 20), children_of(state)

    began = time.monotonic()
    portal.type_ctrl_c()
    assert portal.process.wait(10) == 0, portal.output()
    assert time.monotonic() - began < 5
    assert not processes_of(state)


def test_nothing_is_left_after_kill_9(portal, state):
    assert eventually(portal.is_ready, 60), portal.output()
    assert eventually(lambda: all(children_of(state).values()), 20), children_of(state)
    portal.process.kill()
    assert eventually(lambda: not processes_of(state), 5), processes_of(state)


@pytest.fixture
def portal_on_the_lan(environment):
    portal = Portal(environment, "--lan")
    yield portal
    portal.process.kill()
    portal.process.wait()
    os.close(portal.terminal)


def test_phones_reach_it_by_https_with_its_own_certificate(portal_on_the_lan, state):
    portal = portal_on_the_lan
    if not lan.own_addresses():
        assert eventually(lambda: "no address on a network" in portal.output(), 30)
        return
    assert eventually(lambda: "SHA-256" in portal.output(), 60), portal.output()
    url = f"https://{lan.own_addresses()[0]}:{portal.port + lan.ABOVE}/"
    assert url in portal.output()
    assert "▀" in portal.output(), "a code for the phone's camera"

    trusting = ssl.create_default_context(cafile=str(state / "lan-authority.crt"))
    with urllib.request.urlopen(f"{url}health/ready", timeout=20, context=trusting) as answer:
        assert answer.status == 200
    with urllib.request.urlopen(f"{url}login/", timeout=20, context=trusting) as answer:
        assert "__Host-csrf" in answer.headers["Set-Cookie"]
        assert "Secure" in answer.headers["Set-Cookie"]
    with urllib.request.urlopen(f"{url}static/{lan.HANDED_OUT}", timeout=20, context=trusting) as answer:
        assert answer.read() == (state / "lan-authority.crt").read_bytes()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url, timeout=20, context=ssl.create_default_context())
    assert (state / "lan.key").stat().st_mode & 0o777 == 0o600


def test_sigterm_before_it_is_ready_ends_all(portal, state):
    assert eventually(lambda: re.search(r"Preparing|Starting", portal.output()), 30), portal.output()
    portal.process.terminate()
    portal.process.wait(6)
    assert eventually(lambda: not processes_of(state), 2), processes_of(state)


def test_a_busy_port_is_told_before_anything_is_started(environment, state):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        assert port in refused(environment, "--port", port)
    assert not (state / "postgres").exists()


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "80x"), ("PORT", "-1"), ("WEB", "two"), ("TRUSTED_PROXIES", "")]
)
def test_a_number_that_is_none_is_told_in_one_line(environment, state, name, value):
    assert refused(environment | {name: value}) == f"{name}={value} is no whole number.\n"
    assert not (state / "postgres").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "gerai"),
        ("DATABASE_OWNER_URL", "mysql://root:secret@db/gerai"),
        ("DATABASE_URL", "postgresql://db"),
        ("DATABASE_URL", "postgresql://[db/gerai"),
        ("DATABASE_URL", "postgresql://db:port/gerai"),
        ("REDIS_URL", "localhost:6379"),
        ("EMAIL_URL", "mail.internal"),
    ],
)
def test_an_address_that_is_none_is_told_in_one_line_without_its_password(environment, state, name, value):
    told = refused(environment | {name: value})

    assert told.startswith(f"{name} is no address of the kind ")
    assert "secret" not in told
    assert not (state / "postgres").exists()


def test_a_database_of_the_redis_is_refused_in_one_line_since_three_are_used(environment, state):
    told = refused(environment | {"REDIS_URL": "redis://:secret@127.0.0.1:6379/3"})

    assert told.startswith("REDIS_URL names one database of its server")
    assert "secret" not in told
    assert not (state / "postgres").exists()


def test_production_without_its_secrets_is_told_all_of_them_in_one_line(environment, state):
    given = environment | {"GERAI_ENV": "production", "SECRET_KEY": "one", "GERAI_PIN_PEPPER": ""}
    for name in ("GERAI_FIELD_KEYS", "GERAI_AUDIT_KEYS", "ALLOWED_HOSTS"):
        given.pop(name, None)
    assert "nothing says GERAI_PIN_PEPPER, GERAI_FIELD_KEYS, GERAI_AUDIT_KEYS, ALLOWED_HOSTS" in refused(
        given
    )
    assert not (state / "postgres").exists()


def test_an_old_python_gets_one_line(tmp_path):
    """No old interpreter is here: the check itself runs with a version that says so."""
    source = (ROOT / "manage.py").read_text().replace("sys.version_info", "(3, 10, 2)")
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "Gerai needs Python 3.11 or newer; this is Python 3.10.\n")
