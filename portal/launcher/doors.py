"""What must be free before anything is started: the portal's own lock, and its port.

Without Django: `manage.py` asks before it is loaded, so that a refusal comes at once.
"""

import argparse
import fcntl
import os
import socket
from dataclasses import dataclass

from portal.launcher.errors import LauncherError
from portal.launcher.lan import Lan, prepare
from portal.servers.locks import open_lock, try_lock
from portal.servers.places import make_dir, state_dir

# The demo has no PINs: it must not be seen from another machine, and ssh -L needs no more than this.
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Doors:
    """The open lock and the listening socket, both kept until the process ends."""

    lock: int
    listener: socket.socket
    port: int
    lan: Lan | None = None

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}/"


_claimed: list[Doors] = []


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `up`, declared once for `manage.py` and for the command."""
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="default: 8000")
    parser.add_argument(
        "--lan",
        action="store_true",
        help="also by HTTPS to phones on this network, at the port 443 above (8443), with a certificate of this machine's "
        "own; the demo asks there for a PIN, which is printed anew at each start",
    )
    demo = parser.add_mutually_exclusive_group()
    demo.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    demo.add_argument(
        "--demo", action="store_true", help="load the demo into the database that DATABASE_URL names"
    )


def claim(arguments: list[str]) -> None:
    """Take the lock, then the port; raises LauncherError in one line."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    add_arguments(parser)
    try:
        asked = parser.parse_known_args(arguments)[0]
    except (argparse.ArgumentError, argparse.ArgumentTypeError):
        return  # the command itself explains it
    state = make_dir(state_dir())
    lock = open_lock(state / "up.lock")
    if not try_lock(lock):
        running = (state / "up.address").read_text().strip() if (state / "up.address").exists() else "already"
        raise LauncherError(
            f"The portal is running: {running} (stop it there, or set GERAI_STATE_DIR for another)."
        )
    lan = prepare(asked.port, state) if asked.lan else None
    doors = Doors(lock, _listen(asked.port), asked.port, lan)
    (state / "up.address").write_text(doors.address)
    _claimed.append(doors)


def claimed() -> Doors:
    """What `claim` took for this process."""
    if not _claimed:
        raise LauncherError("`up` is started by manage.py, not from inside another command.")
    return _claimed[0]


def _listen(port: int) -> socket.socket:
    """The one socket that all web processes accept from; bound before anything else is promised."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(511)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        raise LauncherError(
            f"Port {port} cannot be used ({reason}): choose another, make run PORT=8001."
        ) from error
    listener.setblocking(False)
    fcntl.fcntl(listener, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    return listener
