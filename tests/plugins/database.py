"""The tests' database: made and migrated by the owner, used by the application's role, emptied by the owner again."""

from collections.abc import Generator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql
from pytest_django import DjangoDbBlocker

from portal.servers.databases import SQL

# Made by migrations and the same in every test.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
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
            _as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def empty_database() -> None:
    """Empty every table but those that migrations fill for good, then seed the roles as their migration did.

    As owner under session_replication_role=replica, in which triggers do not fire: those that forbid to empty the
    ledger, the audit and the like stay on for the tests themselves. That setting is a superuser's, or granted to the
    owner (`portal/servers/sql/local.sql`).
    """
    from organization.roles import seed_roles

    # Not Django's connection: most tests are not allowed the owner's.
    with psycopg.connect(**connections["owner"].get_connection_params(), autocommit=True) as owner:
        tables = sorted({name for (name,) in owner.execute(TABLES).fetchall()} - KEPT)
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            sql.SQL("TRUNCATE {} RESTART IDENTITY").format(sql.SQL(", ").join(map(sql.Identifier, tables)))
        )
    seed_roles()
    # Ours are the connections of the test's own thread; the next test starts with fresh ones.
    connections["default"].close()


@pytest.fixture(autouse=True)
def _empty_cache() -> Generator[None, None, None]:
    """No test sees another's throttles or heartbeats, nor those of a portal that ran on the same Redis before."""
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


def _create(name: str) -> None:
    _as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _as_owner("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0", name)


def _exists(name: str) -> bool:
    with connections["owner"]._nodb_cursor() as cursor:  # as Django's own test runner
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _as_owner(statement: str, name: str) -> None:
    cursor: Any
    with connections["owner"]._nodb_cursor() as cursor:  # as Django's own test runner
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
