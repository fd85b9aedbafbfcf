"""Folders and sockets of the servers, below the state folder wherever that is possible."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from portal.servers.account import ROOT, Account
from portal.servers.errors import ServerError

# The kernel's limit is 107 bytes on Linux and 103 on macOS, for the whole path.
SOCKET_PATH_LIMIT = 100


def state_dir() -> Path:
    """GERAI_STATE_DIR, else `.local` in the checkout: everything that runs writes there."""
    return Path(os.environ.get("GERAI_STATE_DIR") or ROOT / ".local").resolve()


def make_dir(path: Path) -> Path:
    """A folder that others may pass through but not list: PostgreSQL may run as another account."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if path.stat().st_uid == os.geteuid():
            path.chmod(0o711)
    except OSError as error:
        raise ServerError(f"Cannot write to {path} ({error.strerror}): set GERAI_STATE_DIR.") from error
    if not os.access(path, os.W_OK):
        raise ServerError(f"{path} belongs to another user: run this as that user, or remove the folder.")
    return path


def outside_dir(path: Path) -> Path:
    """A stand-in for `path` in /var/tmp, for an account that cannot reach it. Always the same one for the same path."""
    name = f"gerai-{os.geteuid()}-{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    folder = Path("/var/tmp") / name  # noqa: S108  owner and kind are checked below
    folder.mkdir(mode=0o711, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise ServerError(f"{folder} is not ours: remove it.")
    folder.chmod(0o711)
    return folder


def socket_dir(wanted: Path, name: str, account: Account) -> Path:
    """A folder that only `account` (and root) can enter, with room for the socket `name` in its path."""
    folder = wanted
    if len(os.fsencode(wanted / name)) > SOCKET_PATH_LIMIT:
        folder = Path(tempfile.mkdtemp(prefix="gerai-"))
    folder.mkdir(exist_ok=True)
    account.own(folder)
    folder.chmod(0o700)
    return folder
