"""pytest plugin: a PostgreSQL and a Valkey of the tests' own, before the settings are read.

DATABASE_URL and REDIS_URL of the environment win: then the tests run on those servers, in databases named test_… that
they make as DATABASE_OWNER_URL's role, and in the Redis databases 0 to 2, which they empty. With xdist the workers share
the PostgreSQL, each with a database of its own, and each has its own Valkey, for what is published in one Redis is heard
in all its databases. GERAI_TEST_REDIS_URLS names one Redis for each worker, with spaces between.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from portal.servers import Lease, ServerError
from portal.servers.secrets_file import local_secrets

PREFIX = "gerai-test-"
_running: dict[str, Lease] = {}
_state: list[Path] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, None, None]:
    """Around pytest-django's hook of the same name, which reads the settings."""
    if not {"-h", "--help", "--version", "-V", "--fixtures", "--markers"} & set(args):
        try:
            _start()
        except ServerError as error:
            raise pytest.UsageError(str(error)) from error
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The guardians stop what nobody uses; after `kill -9` of pytest they do it just the same."""
    for lease in _running.values():
        lease.release()
    for lease in _running.values():
        lease.ended_within(10)
    _running.clear()
    for folder in _state:
        shutil.rmtree(folder, ignore_errors=True)
    _state.clear()


def _start() -> None:
    from portal.servers.environment import read_env_file

    read_env_file()
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    if is_worker and "GERAI_TEST_OWN_REDIS" in os.environ:
        os.environ.pop("REDIS_URL", None)
    elif is_worker and (given := os.environ.get("GERAI_TEST_REDIS_URLS", "").split()):
        os.environ["REDIS_URL"] = given[int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))]
    elif is_worker:
        raise ServerError("One Redis for several workers: set GERAI_TEST_REDIS_URLS, or run with JOBS=0.")
    _sweep()
    state = _temporary_state()
    os.environ["GERAI_STATE_DIR"] = str(state)
    os.environ["GERAI_DEMO"] = "0"
    os.environ.update(local_secrets(state))
    # A pool would hold connections to a database that the session wants to drop.
    os.environ.setdefault("DATABASE_POOL", "0")
    if "DATABASE_URL" not in os.environ:
        _export("postgres", state)
    if "REDIS_URL" not in os.environ:
        _export("valkey", state)
        os.environ["GERAI_TEST_OWN_REDIS"] = "1"


def _export(kind: str, state: Path) -> None:
    _running[kind] = Lease(kind, state, throwaway=True)
    os.environ.update(_running[kind].address)


def _temporary_state() -> Path:
    """A state folder for this session; its lock tells a later session's sweep that it is alive."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # PostgreSQL may run as another account than pytest
    (folder / "static").mkdir()  # WhiteNoise looks there
    _state.append(folder)
    descriptor = os.open(folder / "alive.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return folder


def _sweep() -> None:
    """Folders of sessions that were killed: nobody holds their lock, and their servers are gone already."""
    for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid != os.geteuid():
                continue
            descriptor = os.open(folder / "alive.lock", os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)
