#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL and REDIS_URL a command uses, or starts, the servers in portal/servers.

Written so that an old Python can read it as far as the line that sends it away.
"""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit("Gerai needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])

# These serve nobody and read no row: they must work in a bare checkout, on a read-only disk and in a build.
NEED_NO_DATABASE = {
    None, "help", "version", "check", "makemessages", "compilemessages", "collectstatic", "findstatic",
    "diffsettings", "startapp", "startproject",
}  # fmt: skip
# These look at migrations or make them themselves; every other command finds a migrated database.
MIGRATE_THEMSELVES = {
    "up", "migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations", "optimizemigration",
    "dbshell", "restore",
}  # fmt: skip


def prepare(command, arguments):
    """Servers, secrets and tables for a command that needs them."""
    from portal.servers import environment

    environment.read_env_file()
    if command not in {None, "help", "version"}:
        environment.refuse_nonsense()
        environment.refuse_missing()
    if command in NEED_NO_DATABASE or {"--help", "-h", "--version"} & set(arguments):
        return
    environment.complete_secrets()
    if command == "up":
        from portal.launcher import doors

        doors.claim(arguments)
    else:
        # One connection is enough for a command; without the pool, one that is refused says why, and at once.
        os.environ.setdefault("DATABASE_POOL", "false")
    if environment.start_servers() and command not in MIGRATE_THEMSELVES:
        import django

        from portal.launcher.migrations import apply_pending

        django.setup()
        apply_pending()


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        from django.core.management import execute_from_command_line
        from django.db import OperationalError

        from portal.launcher.errors import LauncherError
        from portal.servers import ServerError
    except ImportError as error:
        sys.exit("%s. Run `make setup` first, or use .venv/bin/python." % error)
    try:
        prepare(sys.argv[1] if len(sys.argv) > 1 else None, sys.argv[2:])
    except (LauncherError, ServerError) as error:
        sys.exit("%s" % error)
    except KeyboardInterrupt:
        sys.exit(130)
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None):  # it did answer, and this is worth a trace
            raise
        sys.exit("The database does not answer: %s" % " ".join(str(error).split()))


if __name__ == "__main__":
    main()
