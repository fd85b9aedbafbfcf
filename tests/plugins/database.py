"""The tests' database: made and migrated by the owner, used by the application's role, emptied by the owner again."""

from collections.abc import Generator

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql
from pytest_django import DjangoDbBlocker

from portal.servers.databases import SQL

MANY = 5_000  # rows
# Made by migrations and the same in every test.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
"""

RESTART = """
    SELECT setval(sequence.oid::regclass, 1, false)
    FROM pg_depend JOIN pg_class sequence ON sequence.oid = objid AND sequence.relkind = 'S'
    WHERE refobjid = %s::regclass AND deptype IN ('a', 'i')
"""


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_createdb: bool,
    django_db_keepdb: bool,
) -> Generator[None, None, None]:
    """Instead of pytest-django's: the application's role may not create a database, and should not."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    name = f"test_{settings.DATABASES['owner']['NAME']}{'_' + worker if worker else ''}"
    with django_db_blocker.unblock():
        if not (django_db_keepdb and not django_db_createdb and _exists(name)):
            _create(name)
        for alias in ("default", "owner"):
            connections[alias].close()
            settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
        with connections["owner"].cursor() as cursor:
            cursor.execute((SQL / "database.sql").read_text())
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        connections["owner"].close()
    # The class's own teardown flushes as the application's role, which may not truncate, and forgets the roles.
    TransactionTestCase._fixture_teardown = lambda self: empty_database()  # type: ignore[attr-defined]
    yield
    with django_db_blocker.unblock():
        for alias in ("default", "owner"):
            connections[alias].close()
        if not django_db_keepdb:
            _drop(name)


def empty_database() -> None:
    """Empty every table but those that migrations fill for good, then seed what migrations make: roles, the ledger's accounts.

    As owner under session_replication_role=replica, in which triggers do not fire: those that forbid to empty the
    ledger, the audit and the like stay on for the tests themselves. That setting is a superuser's, or granted to the
    owner (`portal/servers/sql/local.sql`).
    """
    from organization.roles import seed_roles
    from ppob.house_accounts import open_house_accounts

    # Not Django's connection: most tests are not allowed the owner's.
    with psycopg.connect(**connections["owner"].get_connection_params(), autocommit=True) as owner:
        tables = sorted({name for (name,) in owner.execute(TABLES).fetchall()} - KEPT)
        owner.execute("SET session_replication_role = replica")
        # Row by row, and only where rows are: TRUNCATE gives a hundred tables and their indexes new files, half a
        # second a test. After a large test it is worth that: thousands of dead rows, and what the planner was told of
        # them, would make every test after it slow.
        deleted = 0
        for (name,) in owner.execute(_those_with_rows(tables)).fetchall():
            deleted += owner.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name))).rowcount
            owner.execute(RESTART, [name])
        if deleted > MANY:
            owner.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
    seed_roles()
    open_house_accounts()
    # Ours are the connections of the test's own thread; the next test starts with fresh ones.
    connections["default"].close()


def _those_with_rows(tables: list[str]) -> sql.Composed:
    return sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
        for name in tables
    )


@pytest.fixture(autouse=True)
def _empty_cache() -> Generator[None, None, None]:
    """No test sees another's throttles or heartbeats, nor those of a portal that ran on the same Redis before."""
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


def _create(name: str) -> None:
    _drop(name)
    with connections["owner"]._nodb_cursor() as cursor:  # as Django's own test runner
        cursor.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
        )


def _drop(name: str) -> None:
    """Its clients are sent away by name. WITH (FORCE) would be refused to the owner while autovacuum works in there;
    without it the server ends autovacuum itself and waits five seconds for everybody to be gone."""
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'",
            [name],
        )
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _exists(name: str) -> bool:
    with connections["owner"]._nodb_cursor() as cursor:  # as Django's own test runner
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None
