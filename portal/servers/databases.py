"""Roles, databases and grants by SQL, shared by the embedded server, the tests and CI."""

import argparse
import sys
from pathlib import Path

import psycopg
from psycopg import sql

SQL = Path(__file__).parent / "sql"


def set_up_server(superuser: psycopg.Connection, database: str, *, for_tests: bool) -> None:
    """The roles of `sql/roles.sql` and an empty database of gerai_owner; `for_tests` what production must not have."""
    run_file(superuser, "roles")
    if for_tests:
        run_file(superuser, "local")
    name = sql.Identifier(database)
    if not superuser.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        superuser.execute(
            sql.SQL("CREATE DATABASE {} OWNER gerai_owner ENCODING 'UTF8' TEMPLATE template0").format(name)
        )
    # Only our roles have business there.
    superuser.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(name))
    superuser.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO gerai_app").format(name))


def set_up_local(socket: Path, database: str, *, anew: bool = False) -> None:
    """Everything above on the embedded server, with the extensions of each database; `anew` drops it first."""

    def connect(user: str, to: str) -> psycopg.Connection:
        return psycopg.connect(host=str(socket), port=5432, user=user, dbname=to, autocommit=True)

    with connect("postgres", "postgres") as superuser:
        if anew:
            superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))
        set_up_server(superuser, database, for_tests=True)
    with connect("postgres", database) as superuser:
        # Not a trusted extension, and useless where the server was not started with its library.
        if superuser.execute("SHOW shared_preload_libraries").fetchone() == ("pg_stat_statements",):
            superuser.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    with connect("gerai_owner", database) as owner:
        run_file(owner, "database")


def run_file(connection: psycopg.Connection, name: str) -> None:
    """Execute one of the SQL files of this package."""
    connection.execute((SQL / f"{name}.sql").read_text())


def main() -> None:
    """`python -m portal.servers.databases SUPERUSER_URL DATABASE`: a PostgreSQL of one's own, made ready for `migrate`."""
    parser = argparse.ArgumentParser(prog="python -m portal.servers.databases", description=main.__doc__)
    parser.add_argument("url", help="the server, as its superuser")
    parser.add_argument("database", help="made where there is none")
    parser.add_argument("--for-tests", action="store_true", help="rights that only tests and the demo need")
    asked = parser.parse_args()
    try:
        with psycopg.connect(asked.url, autocommit=True) as connection:
            set_up_server(connection, asked.database, for_tests=asked.for_tests)
        with psycopg.connect(asked.url, dbname=asked.database, autocommit=True) as connection:
            connection.execute("SET ROLE gerai_owner")
            run_file(connection, "database")
    except psycopg.Error as error:
        sys.exit(f"The database is not ready: {' '.join(str(error).split())}")


if __name__ == "__main__":
    main()
