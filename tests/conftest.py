"""For tests of the whole portal."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connections

BREAK = """
    CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the trail is broken' USING ERRCODE = 'integrity_constraint_violation'; END $$;
    CREATE TRIGGER broken BEFORE INSERT ON core_auditentry FOR EACH ROW EXECUTE FUNCTION broken()
"""


@pytest.fixture
def broken_trail() -> Callable[[], AbstractContextManager[None]]:
    """`with broken_trail():` PostgreSQL refuses each new entry, as a full disk or a missing partition would.

    Needs `django_db(transaction=True, databases=["default", "owner"])`.
    """

    @contextmanager
    def broken() -> Iterator[None]:
        with connections["owner"].cursor() as cursor:
            cursor.execute(BREAK)
            try:
                yield
            finally:
                cursor.execute("DROP FUNCTION IF EXISTS broken() CASCADE")

    return broken
