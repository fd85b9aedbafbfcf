"""The process that owns one server: starts it for the first user and stops it when the last one is gone.

Every user holds a shared lock on `users.lock`. The guardian waits for the exclusive one, which the kernel grants the
moment the last user has ended, by whatever means. Nobody counts, nothing goes stale, nothing is left behind.
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from portal.servers.account import Account
from portal.servers.errors import ServerError
from portal.servers.locks import lock_within, open_lock, try_lock
from portal.servers.process import die_with_parent, end

START_SECONDS = 60.0


class Server(Protocol):
    """What the guardian needs to know of a kind of server."""

    name: str
    account: Account
    environment: dict[str, str]
    stop_steps: tuple[tuple[int, float], ...]
    dies_by: int

    def prepare(self) -> None: ...
    def command(self) -> list[str]: ...
    def is_ready(self) -> bool: ...
    def set_up(self) -> None: ...
    def address(self) -> dict[str, str]: ...
    def clean_up(self) -> None: ...


class _Interrupted(Exception):
    """A signal ended the wait for the lock: the server died, or somebody wants us gone."""


class Guardian:
    """`folder` is the server's own, below the state folder."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.ready_file = folder / "ready.json"
        self.users = open_lock(folder / "users.lock")
        # Handed down to the server: free again only when the server itself is gone, though its guardian was killed.
        self.server_lock = open_lock(folder / "server.lock")
        self.process: subprocess.Popen[bytes] | None = None
        self.waiting = False
        self.asked_to_stop = False

    def start(self) -> dict[str, str]:
        """Start and set up; returns the environment variables that lead to the server."""
        if not lock_within(self.server_lock, START_SECONDS):
            raise ServerError(f"An earlier {self.server.name} in {self.folder} does not end.")
        self.server.prepare()
        self._start_process()
        self.server.set_up()
        address = self.server.address()
        unfinished = self.ready_file.with_suffix(".new")
        unfinished.write_text(json.dumps(address))
        unfinished.rename(self.ready_file)
        return address

    def guard(self) -> None:
        """Until the last user is gone; a server that dies meanwhile is started again, slower each time."""
        for signum in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._on_signal)
        pause = 0.1
        while not self.asked_to_stop:
            assert self.process is not None
            if self.process.poll() is not None:
                print(
                    f"{self.server.name} ended with {self.process.returncode}; starting it again",
                    file=sys.stderr,
                )
                time.sleep(pause)
                pause = min(pause * 2, 10)
                if try_lock(self.users):
                    return
                with contextlib.suppress(ServerError):
                    self._start_process()
                continue
            with contextlib.suppress(_Interrupted), self._interruptible():
                fcntl.flock(self.users, fcntl.LOCK_EX)
                return

    def stop(self) -> None:
        """Users that come now wait for `users.lock` until we have exited, then start anew."""
        self.ready_file.unlink(missing_ok=True)
        if self.process is not None:
            end(self.process, *self.server.stop_steps)
        self.server.clean_up()

    def _start_process(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.server.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                env=self.server.environment, pass_fds=[self.server_lock], start_new_session=True,
                preexec_fn=die_with_parent(self.server.dies_by), **self.server.account.popen(),
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self.server.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"{self.server.name} did not start: {self._last_words()}")
            time.sleep(0.01)

    def _last_words(self) -> str:
        lines = (self.folder / "server.log").read_text(errors="replace").split("\n")
        return " ".join(line for line in lines[-6:] if line) or f"see {self.folder}/server.log"

    def _on_signal(self, signum: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = self.asked_to_stop or signum != signal.SIGCHLD
        if self.waiting:
            raise _Interrupted

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        self.waiting = True
        try:
            # A signal that came just before found nobody waiting.
            if self.asked_to_stop or (self.process is not None and self.process.poll() is not None):
                raise _Interrupted
            yield
        finally:
            self.waiting = False


def run(kind: type[Any], folder: Path, answer: int, *, throwaway: bool) -> None:
    """The guardian's whole life. `answer` is the starter's pipe: one JSON line, an address or an error."""
    guardian = None
    try:
        guardian = Guardian(kind(folder, throwaway=throwaway), folder)
        reply: dict[str, Any] = {"address": guardian.start()}
    except Exception as error:  # noqa: BLE001  whatever it was, the starter waits for an answer
        reply = {
            "error": str(error) if isinstance(error, ServerError) else f"{type(error).__name__}: {error}"
        }
    with contextlib.suppress(BrokenPipeError), os.fdopen(answer, "w") as pipe:
        pipe.write(json.dumps(reply) + "\n")
    if guardian is not None:
        if "address" in reply:
            guardian.guard()
        guardian.stop()
