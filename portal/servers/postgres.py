"""Embedded PostgreSQL: made once, set up once, started on a unix socket that only its account and root can enter."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from portal.servers import account as accounts
from portal.servers import binaries, places
from portal.servers.errors import ServerError

SQL = Path(__file__).parent / "sql"
DATABASE = "gerai"
# Two cores and a laptop's memory; durable. Bulk loads of the demo like large WAL segments.
TUNING = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    # All this build knows is pglz: it doubles the first large save after a checkpoint.
    "wal_compression": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_connections": "120",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
# For tests: a database that is thrown away need not survive a power cut.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
}


class Postgres:
    """See `guardian.Server`."""

    name = "postgres"
    # Fast shutdown: ends connections, keeps everything committed. SIGQUIT would recover at the next start.
    stop_steps = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0))
    dies_by = signal.SIGINT

    def __init__(self, folder: Path, *, throwaway: bool) -> None:
        self.throwaway = throwaway
        self.folder = folder
        self.account = accounts.postgres_account(folder / "pgdata")
        home = folder
        if not self.account.can(os.X_OK, folder):
            home = places.outside_dir(folder)
        self.data = home / "pgdata"
        self.bin = binaries.postgres_bin_dir()
        if self.account.dropped:
            self.bin = binaries.usable_by(self.account, self.bin)
        self.socket = places.socket_dir(home / "socket", ".s.PGSQL.5432.lock", self.account)
        # Nothing of ours: no PG* variable that would lead it astray, and no secret that its account could read.
        self.environment = {"PATH": os.defpath, "LC_ALL": _locale()}

    def prepare(self) -> None:
        """Make the cluster where there is none; half-made ones never get the final name."""
        if self.data.parent != self.folder:
            self._tie_to_folder()
        if self.data.exists():
            self._refuse_other_major()
        else:
            self._initdb()
        self._write_access()

    def command(self) -> list[str]:
        options = (
            TUNING
            | (THROWAWAY if self.throwaway else {})
            | {
                "listen_addresses": "",
                "unix_socket_directories": str(self.socket),
                "unix_socket_permissions": "0700",
            }
        )
        if self._has_statements():
            options["shared_preload_libraries"] = "pg_stat_statements"
        arguments = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        return [str(self.bin / "postgres"), "-D", str(self.data), *arguments]

    def is_ready(self) -> bool:
        """What pg_ctl looks at: the postmaster writes its state into the eighth line of its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def set_up(self) -> None:
        """Roles, database, extensions and grants; again only when the SQL has changed."""
        parts = [(SQL / f"{name}.sql").read_bytes() for name in ("roles", "local", "database")]
        wanted = hashlib.sha256(b"".join(parts)).hexdigest()
        mark = self.data / "gerai-set-up"
        if mark.exists() and mark.read_text() == wanted:
            return
        from portal.servers.databases import set_up_local

        set_up_local(self.socket, DATABASE)
        mark.write_text(wanted)

    def address(self) -> dict[str, str]:
        """The environment variables by which the portal finds this server."""
        host = str(self.socket).replace("%", "%25").replace("/", "%2F")
        return {
            "DATABASE_URL": f"postgresql://gerai_app@{host}:5432/{DATABASE}",
            "DATABASE_OWNER_URL": f"postgresql://gerai_owner@{host}:5432/{DATABASE}",
        }

    def clean_up(self) -> None:
        """After the stop: temporary folders, and the data itself where it was meant to be thrown away."""
        if self.socket.parent != self.data.parent:
            shutil.rmtree(self.socket, ignore_errors=True)
        if self.throwaway:
            shutil.rmtree(
                self.data if self.data.parent == self.folder else self.data.parent, ignore_errors=True
            )

    def _tie_to_folder(self) -> None:
        """A link in the state folder to data outside. Without it the folder was removed to begin anew: so we do."""
        link = self.folder / "pgdata"
        if not link.is_symlink():
            if self.data.exists():
                self.data.rename(self.data.with_name(f"pgdata.before-{int(time.time())}"))
            link.symlink_to(self.data)

    def _refuse_other_major(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        shown = subprocess.run(
            [self.bin / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
        ours = shown.split()[2].split(".")[0]
        if made_by != ours:
            raise ServerError(
                f"The database in {self.data} was made by PostgreSQL {made_by}, but this is PostgreSQL {ours}: "
                f"set PG_BIN_DIR to the programs of {made_by} and dump it, or move the folder away."
            )

    def _initdb(self) -> None:
        unfinished = self.data.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.account.own(unfinished)
        # C.UTF-8: with plain C, ILIKE and pg_trgm know no letters but ASCII. Peers are trusted by their account's name.
        made = subprocess.run(
            [self.bin / "initdb", "-D", unfinished, "--username=postgres", "--encoding=UTF8", "--auth=peer",
             f"--locale={_locale()}", "--no-instructions", *(["--no-sync"] if self.throwaway else [])],
            capture_output=True, text=True, cwd="/", env=self.environment, check=False,
            **self.account.popen(),
        )  # fmt: skip
        if made.returncode:
            raise ServerError(f"initdb failed: {' '.join(made.stderr.split())}")
        unfinished.rename(self.data)

    def _write_access(self) -> None:
        """Who may be which role: peer authentication, so that another account's process cannot get in by the socket."""
        names = {accounts.our_name(), "root"}
        if self.account.name != "nobody":
            names.add(self.account.name)
        roles = ("postgres", "gerai_owner", "gerai_app")
        lines = [f'gerai "{name}" {role}\n' for name in sorted(names) for role in roles]
        (self.data / "pg_ident.conf").write_text("".join(lines))
        (self.data / "pg_hba.conf").write_text("local all all peer map=gerai\n")

    def _has_statements(self) -> bool:
        return any(self.bin.parent.rglob("pg_stat_statements.control"))


def _locale() -> str:
    return "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
