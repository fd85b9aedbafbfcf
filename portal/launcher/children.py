"""One supervised process: started in a session of its own, restarted with back-off, unable to outlive us."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.servers.account import ROOT
from portal.servers.process import die_with_parent

FIRST_PAUSE, LONGEST_PAUSE, GOOD_AFTER = 0.5, 30.0, 60.0


@dataclass
class Child:
    """`arguments` follow the Python interpreter; `descriptors` are inherited; `delay` leaves the processor to others at
    first; `escalate` is sent when SIGTERM was not enough (a Celery worker waits for its running tasks); `environment` is
    what it finds otherwise than the rest."""

    name: str
    arguments: Sequence[str]
    descriptors: Sequence[int] = ()
    delay: float = 0.0
    escalate: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    restart_at: float | None = None
    at_end: bool = False
    rest: bytes = field(default=b"", repr=False)

    def start(self) -> None:
        """From the main thread only: the kernel's death signal follows the thread that forked."""
        self.restart_at, self.at_end = None, False
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, *self.arguments], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, pass_fds=self.descriptors, start_new_session=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | dict(self.environment), preexec_fn=die_with_parent(signal.SIGKILL),
        )  # fmt: skip
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)

    @property
    def output(self) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def lines(self, *, last: bool = False) -> list[str]:
        """Whole lines that it has written since; with `last` also what has no end of line yet."""
        data = self.rest
        with contextlib.suppress(BlockingIOError):  # nothing there now
            while chunk := os.read(self.output, 65536):
                data += chunk
            self.at_end = True
        *whole, self.rest = data.split(b"\n")
        if last and self.rest:
            whole.append(self.rest)
            self.rest = b""
        return [line.decode(errors="replace") for line in whole]

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def schedule_restart(self) -> float:
        """Clear away what it left and say in how many seconds it starts again: longer each time, unless it was good."""
        assert self.process is not None
        self.signal(signal.SIGKILL)
        if time.monotonic() - self.started_at > GOOD_AFTER:
            self.pause = FIRST_PAUSE
        pause, self.pause = self.pause, min(self.pause * 2, LONGEST_PAUSE)
        self.restart_at = time.monotonic() + pause
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return pause

    def signal(self, signum: int) -> None:
        """To its whole session for SIGKILL, to the process alone otherwise: it tells its own children."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if signum == signal.SIGKILL:
                os.killpg(self.process.pid, signum)
            else:
                self.process.send_signal(signum)
