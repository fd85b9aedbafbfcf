"""Use of a server: found running or started, and kept for as long as this process lives."""

import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from portal.servers.errors import ServerError
from portal.servers.locks import lock_within, locked, open_lock, try_lock
from portal.servers.places import make_dir, state_dir

BOOT = Path(__file__).with_name("boot.py")
WAIT_SECONDS = 90.0


class Lease:
    """One user's hold on one server. `address` holds the environment variables that lead to it."""

    def __init__(self, kind: str, state: Path, *, throwaway: bool = False) -> None:
        self.kind = kind
        self.folder = make_dir(make_dir(state) / kind)
        self.throwaway = throwaway
        self.users = open_lock(self.folder / "users.lock")
        try:
            # While a guardian is stopping it holds the lock: then this waits until it is gone.
            fcntl.flock(self.users, fcntl.LOCK_SH)
            with locked(self.folder / "start.lock"):
                self.address = self._find_or_start()
        except BaseException:
            os.close(self.users)
            raise

    def release(self) -> None:
        """Let go. The server ends if nobody else uses it."""
        os.close(self.users)

    def ended_within(self, seconds: float) -> bool:
        """Whether the server is gone after at most that time."""
        guardian = open_lock(self.folder / "guardian.lock")
        try:
            return lock_within(guardian, seconds)
        finally:
            os.close(guardian)

    def is_shared(self) -> bool:
        """After release: whether others use the server still. A guardian that is stopping holds the lock alone."""
        users = open_lock(self.folder / "users.lock")
        try:
            return try_lock(users, shared=True)
        finally:
            os.close(users)

    def _find_or_start(self) -> dict[str, str]:
        guardian = open_lock(self.folder / "guardian.lock")
        ready = self.folder / "ready.json"
        try:
            deadline = time.monotonic() + WAIT_SECONDS
            while not try_lock(guardian):
                # Somebody's guardian: up, still starting, or in its last moment (then the lock is ours soon).
                if ready.exists():
                    return json.loads(ready.read_text())
                if time.monotonic() > deadline:
                    raise ServerError(f"{self.kind} does not get ready: see {self.folder}/server.log")
                time.sleep(0.02)
            ready.unlink(missing_ok=True)
            return self._start(guardian)
        finally:
            os.close(guardian)

    def _start(self, guardian: int) -> dict[str, str]:
        """Start a guardian, which inherits the lock that says it lives, and wait for its answer."""
        answer, reply = os.pipe()
        with os.fdopen(answer) as pipe, (self.folder / "guardian.log").open("ab") as log:
            options = ["--throwaway"] if self.throwaway else []
            try:
                starter = subprocess.Popen(
                    [sys.executable, str(BOOT), self.kind, str(self.folder), str(reply), str(guardian), *options],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                    pass_fds=[reply, guardian], restore_signals=True,
                )  # fmt: skip
            finally:
                os.close(reply)
            starter.wait()
            line = pipe.readline()
        if not line:
            raise ServerError(
                f"The guardian of {self.kind} ended unexpectedly: see {self.folder}/guardian.log"
            )
        told = json.loads(line)
        if "error" in told:
            raise ServerError(told["error"])
        return told["address"]


_held: dict[tuple[str, Path], Lease] = {}


def ensure_running(*kinds: str, state: Path | None = None, throwaway: bool = False) -> dict[str, str]:
    """Servers of these kinds ("postgres", "valkey") for as long as this process lives: the variables that lead there.

    Raises ServerError with one line for the person at the terminal.
    """
    where = state or state_dir()
    found: dict[str, str] = {}
    for kind in kinds:
        if (kind, where) not in _held:
            _held[kind, where] = Lease(kind, where, throwaway=throwaway)
        found |= _held[kind, where].address
    return found


def release_all(*, wait: float) -> list[str]:
    """Let go of all servers and wait for those to end that nobody else uses; returns the kinds that are used still."""
    leases = list(_held.values())
    _held.clear()
    for lease in leases:
        lease.release()
    # A guardian needs a moment to notice; one that is stopping gets the whole time.
    return [
        lease.kind
        for lease in leases
        if not lease.ended_within(0.3) and (lease.is_shared() or not lease.ended_within(wait))
    ]
