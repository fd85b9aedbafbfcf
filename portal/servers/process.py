"""Child processes that cannot outlive who started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(signum: int = signal.SIGKILL, parent: int | None = None) -> Callable[[], None]:
    """A `preexec_fn` that has the kernel send `signum` to the child when its parent dies, by `kill -9` too.

    It must run after any change of user, which clears the wish; subprocess does so. The parent may have died before the
    wish was made: then nobody is left to send the signal and the child ends by itself.
    """
    expected = os.getpid() if parent is None else parent

    def before_exec() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
            if os.getppid() != expected:
                os._exit(1)

    return before_exec


def end(process: subprocess.Popen[bytes], *steps: tuple[int, float]) -> None:
    """Send each signal in turn, waiting its seconds for the process to go; SIGKILL to its whole group at the end."""
    for signum, seconds in steps:
        if process.poll() is not None:
            return
        process.send_signal(signum)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads its own session, and whatever it started there."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
