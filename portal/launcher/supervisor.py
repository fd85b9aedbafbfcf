"""The launcher's loop: passes the children's lines on, starts again what dies, ends all within five seconds."""

import contextlib
import os
import selectors
import signal
import time
from collections.abc import Sequence
from types import FrameType

from portal.launcher.children import Child
from portal.launcher.terminal import Terminal

# Of the five seconds: the portal's own processes have a third, the servers the rest; a loaded machine needs most of it.
ESCALATE_AFTER, KILL_AFTER = 0.8, 1.6


class Supervisor:
    """Runs `children` until a signal asks for the end. One thread, so that a restart forks from the main one."""

    def __init__(self, children: Sequence[Child], terminal: Terminal) -> None:
        self.children = children
        self.terminal = terminal
        self.selector = selectors.DefaultSelector()
        self.asked = 0
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._waker, False)
        self.selector.register(self._wake, selectors.EVENT_READ)

    def run(self) -> None:
        """Returns when everything has ended."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to be woken up
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        began = time.monotonic()
        for child in self.children:
            child.restart_at = began + child.delay
        while not self.asked:
            self._turn(self._next_restart())
            for child in self.children:
                if child.has_ended():
                    self._on_end(child)
                elif child.restart_at is not None and child.restart_at <= time.monotonic():
                    self._start(child)
        self._stop()

    def _start(self, child: Child) -> None:
        child.start()
        self.selector.register(child.output, selectors.EVENT_READ, child)

    def _turn(self, timeout: float | None) -> None:
        """Wait for output, a signal, a child's end or the time, and pass on what was written."""
        for key, _ in self.selector.select(timeout):
            if key.data is None:
                os.read(self._wake, 4096)
            else:
                self._show(key.data)

    def _show(self, child: Child) -> None:
        for line in child.lines():
            # Celery's advice on pressing Ctrl-C is for whoever started it by hand.
            if not (self.asked and line.startswith("worker: ")):
                self.terminal.line(child.name, line)
        if child.at_end:
            # It closed its output and lives on: a pipe at its end is always readable, and we would spin.
            self.selector.unregister(child.output)

    def _on_end(self, child: Child) -> None:
        assert child.process is not None
        code = child.process.returncode
        for line in child.lines(last=True):
            self.terminal.line(child.name, line)
        with contextlib.suppress(KeyError):
            self.selector.unregister(child.output)
        pause = child.schedule_restart()
        how = f"signal {-code}" if code < 0 else f"code {code}"
        self.terminal.warn(f"{child.name} ended with {how}; starting it again in {pause:g} s")

    def _next_restart(self) -> float | None:
        due = [child.restart_at for child in self.children if child.restart_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _on_stop(self, signum: int, _frame: FrameType | None) -> None:
        self.asked += 1

    def _stop(self) -> None:
        """SIGTERM, then what each takes harder, then SIGKILL to its session; a second Ctrl-C goes there at once.

        An idle Celery worker takes two to five seconds to end by itself, so SIGKILL is the rule and no accident: what
        a task does is claimed in the database, and the broker delivers an unfinished one again.
        """
        self.terminal.say("Stopping…")
        began = time.monotonic()
        running = [child for child in self.children if child.process is not None]
        for child in running:
            child.signal(signal.SIGTERM)
        escalated = False
        while not all(child.has_ended() for child in running):
            passed = time.monotonic() - began
            if passed > KILL_AFTER or self.asked > 1:
                break
            if passed > ESCALATE_AFTER and not escalated:
                escalated = True
                for child in running:
                    child.signal(child.escalate or signal.SIGTERM)
            self._turn(0.05)
        for child in running:
            child.signal(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
        signal.set_wakeup_fd(-1)
