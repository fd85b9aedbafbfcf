"""Real processes of a proof: a broker that keeps its queue on disk, Celery workers, beats."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection

from portal.servers.account import ROOT
from portal.servers.binaries import valkey_server
from portal.servers.process import die_with_parent

CELERY = (sys.executable, "-m", "celery", "-A", "tests.proof.celery_app", "--quiet")


class Scene:
    """Everything that it starts has died when it is closed; `environment` leads the children to the test's database."""

    def __init__(self, folder: Path, **options: str) -> None:
        self.folder, self.socket = folder, folder / "b.sock"
        self.children: list[subprocess.Popen[bytes]] = []
        self.broker: subprocess.Popen[bytes] | None = None
        database = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
        self.environment = os.environ | {
            "DATABASE_URL": database,
            "DATABASE_OWNER_URL": database,
            "REDIS_URL": f"unix://{self.socket}",
            "GERAI_STATE_DIR": str(folder),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **options,
        }

    def start(self, *command: str | Path, log: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{log}.log").open("ab") as output:
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent(),  # noqa: PLW1509  no threads in these tests
            )
        self.children.append(child)
        return child

    def start_broker(self) -> None:
        self.broker = self.start(
            valkey_server(),
            *("--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder)),
            *("--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"),
            log="broker",
        )
        wait_for(self.socket.exists, 10)

    def kill_broker(self) -> None:
        assert self.broker is not None
        kill(self.broker)
        self.socket.unlink(missing_ok=True)

    def start_worker(
        self, name: str, concurrency: int = 2, queues: str = "default"
    ) -> subprocess.Popen[bytes]:
        options = ("--pool=prefork", f"--concurrency={concurrency}", "--without-gossip", "--without-mingle")
        return self.start(
            *CELERY, "worker", "--loglevel=WARNING", "-Q", queues, "-n", f"{name}@%h", *options, log=name
        )

    def start_beat(self, name: str) -> subprocess.Popen[bytes]:
        schedule = f"--schedule={self.folder / name}.schedule"
        return self.start(*CELERY, "beat", "--loglevel=WARNING", "--pidfile=", schedule, log=name)

    def close(self) -> None:
        for child in self.children:
            kill(child)

    def logs(self) -> str:
        return "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in self.folder.glob("*.log")
        )


@contextlib.contextmanager
def scene(folder: Path, **options: str) -> Iterator[Scene]:
    opened = Scene(folder, **options)
    try:
        opened.start_broker()
        yield opened
    except BaseException:
        print(opened.logs())  # noqa: T201  pytest shows it with the failure
        raise
    finally:
        opened.close()


def kill(child: subprocess.Popen[bytes]) -> None:
    """With all that it has started, without a word: `kill -9`."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def wait_for(condition: Callable[[], object], seconds: float) -> float:
    """Seconds until the condition held; fails when it does not in time."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - begun
