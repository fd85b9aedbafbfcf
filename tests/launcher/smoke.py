"""`python -m tests.launcher.smoke`: the portal with a small demo on the servers that the environment names.

It is ready within a minute, answers, and ends within five seconds; `.ci/run` says so of PostgreSQL 15 and Redis 7.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from tests.launcher.conftest import free_port


def main() -> int:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="gerai-smoke-") as state:
        small = {"GERAI_STATE_DIR": state, "GERAI_DEMO_STORES": "500", "GERAI_DEMO_DAYS": "2"}
        command = [sys.executable, "manage.py", "up", "--demo", "--port", str(port)]
        portal = subprocess.Popen(command, env=os.environ | small)
        try:
            began = time.monotonic()
            while not _answers(f"http://127.0.0.1:{port}/health/ready"):
                if portal.poll() is not None or time.monotonic() - began > 120:
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
