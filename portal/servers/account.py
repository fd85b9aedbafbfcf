"""Whom PostgreSQL runs as. It refuses to run as root, and it alone: everything else keeps the account it has."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.servers.errors import ServerError

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Account:
    """An operating system account; `dropped` when it is another than ours."""

    name: str
    uid: int
    gid: int
    dropped: bool

    def popen(self) -> dict[str, Any]:
        """Arguments for subprocess that run a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}

    def own(self, path: Path) -> None:
        if self.dropped:
            os.chown(path, self.uid, self.gid)

    def can(self, mode: int, *paths: Path) -> bool:
        """Whether this account has `mode` (os.R_OK, os.X_OK) on all `paths`: asked by a child that became it."""
        if not self.dropped:
            return True
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setgid(self.gid)
                os.setuid(self.uid)
                os._exit(0 if all(os.access(path, mode) for path in paths) else 1)
            finally:
                os._exit(1)
        return os.waitpid(child, 0)[1] == 0


def our_name() -> str:
    """Our own account's name, which initdb and peer authentication ask the system for."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError as error:
        raise ServerError(
            f"The user id {os.geteuid()} has no name on this system, which PostgreSQL needs: "
            "add it to /etc/passwd, or set DATABASE_URL to a server of your own."
        ) from error


def postgres_account(data: Path) -> Account:
    """Ourselves; as root the owner of existing data, else the checkout's, else $EMBEDDED_PG_USER, else nobody."""
    if os.geteuid() != 0:
        return Account(our_name(), os.geteuid(), os.getegid(), dropped=False)
    for path in (data, ROOT):
        if path.exists() and path.stat().st_uid != 0:
            try:
                return _dropped(pwd.getpwuid(path.stat().st_uid))
            except KeyError:
                continue
    wanted = os.environ.get("EMBEDDED_PG_USER", "nobody")
    try:
        return _dropped(pwd.getpwnam(wanted))
    except KeyError as error:
        raise ServerError(
            f"PostgreSQL does not run as root and there is no user {wanted!r}: set EMBEDDED_PG_USER."
        ) from error


def _dropped(entry: pwd.struct_passwd) -> Account:
    if entry.pw_uid == 0:
        raise ServerError("PostgreSQL does not run as root: set EMBEDDED_PG_USER to an ordinary user.")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, dropped=True)
