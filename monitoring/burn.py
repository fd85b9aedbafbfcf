"""Keeps one core busy for some seconds, then ends, whatever happens to whoever started it.

    python burn.py SECONDS PARENT

A program of its own that imports nothing of the portal: Celery's processes may have no Python children, and this must
be able to die alone.
"""

import ctypes
import os
import resource
import signal
import sys
import time

PR_SET_PDEATHSIG = 1


def burn(seconds: float, parent: int) -> None:
    """Busy, but behind everybody else who wants the processor (nice 19). The kernel ends it with its parent."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return  # it died before the line above could hold
    os.nice(19)
    limit = int(seconds) + 5
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(number * number for number in range(20_000))


if __name__ == "__main__":
    burn(float(sys.argv[1]), int(sys.argv[2]))
