"""Embedded Valkey: broker, cache and live hub, on a unix socket. Keeps what is queued over a restart (AOF)."""

import os
import shutil
import signal
import socket
from pathlib import Path

from portal.servers import binaries, places
from portal.servers.account import Account, our_name


class Valkey:
    """See `guardian.Server`."""

    name = "valkey"
    stop_steps = ((signal.SIGTERM, 5.0),)
    dies_by = signal.SIGTERM
    environment = {"PATH": os.defpath, "LC_ALL": "C"}

    def __init__(self, folder: Path, *, throwaway: bool) -> None:
        self.throwaway = throwaway
        self.account = Account(our_name(), os.geteuid(), os.getegid(), dropped=False)
        self.data = folder / "data"
        self.binary = binaries.valkey_server()
        self.socket = places.socket_dir(folder / "socket", "valkey.sock", self.account) / "valkey.sock"

    def prepare(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)

    def command(self) -> list[str]:
        return [
            str(self.binary),
            *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self.data), "--save", "", "--appendonly", "no" if self.throwaway else "yes"),
            # A full memory must refuse new work, not forget what is queued.
            *("--maxmemory-policy", "noeviction", "--daemonize", "no", "--loglevel", "warning"),
        ]

    def is_ready(self) -> bool:
        """It answers PING; while it loads its file it does not."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def set_up(self) -> None:
        """Nothing: an empty Valkey is ready to use."""

    def address(self) -> dict[str, str]:
        """The environment variable by which the portal finds this server."""
        return {"REDIS_URL": f"unix://{self.socket}"}

    def clean_up(self) -> None:
        """After the stop: the socket, and the data where it was meant to be thrown away."""
        self.socket.unlink(missing_ok=True)
        if self.socket.parent.parent != self.data.parent:
            shutil.rmtree(self.socket.parent, ignore_errors=True)
        if self.throwaway:
            shutil.rmtree(self.data, ignore_errors=True)
