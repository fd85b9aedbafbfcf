"""`python -m tests.launcher.smoke`: the portal with its whole demo on the servers that the environment names.

It becomes ready, answers, and ends within five seconds; `.ci/run` says so of PostgreSQL 15 and Redis 7. A small demo would
hide what those servers do otherwise than ours: a setting of theirs once made the whole one take three times as long.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from tests.launcher.conftest import free_port

LONGEST_S = 150  # ninety on two cores of its own


def main() -> int:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="gerai-smoke-") as state:
        command = [sys.executable, "manage.py", "up", "--demo", "--port", str(port)]
        portal = subprocess.Popen(command, env=os.environ | {"GERAI_STATE_DIR": state})
        try:
            began = time.monotonic()
            while not _answers(f"http://127.0.0.1:{port}/health/ready"):
                if portal.poll() is not None or time.monotonic() - began > LONGEST_S:
                    say("not ready")
                    return 1
                time.sleep(0.5)
            say(f"ready after {time.monotonic() - began:.1f} s")
            if not _answers(f"http://127.0.0.1:{port}/login/"):
                say("no login page")
                return 1
        finally:
            began = time.monotonic()
            portal.terminate()
            try:
                portal.wait(15)
            except subprocess.TimeoutExpired:
                portal.kill()
        took = time.monotonic() - began
        say(f"ended with {portal.returncode} after {took:.1f} s")
        return 0 if portal.returncode == 0 and took < 5 else 1


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())
