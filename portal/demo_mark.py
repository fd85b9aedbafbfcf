"""Whether the database holds the demo: said in the database's own comment, so that it goes where the data goes.

The demo's login asks for no PIN. That must depend on what the database is, and not only on a variable that somebody
could set beside real data.
"""

from enum import StrEnum

from django.db import connections
from psycopg import sql


class DemoMark(StrEnum):
    """NONE is a database of real people, or an empty one; LOADING is what an interrupted load leaves."""

    NONE = ""
    LOADING = "gerai demo: loading"
    LOADED = "gerai demo: loaded"


def demo_mark(*, using: str = "default") -> DemoMark:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        comment = cursor.fetchone()[0]
    return DemoMark(comment) if comment in list(DemoMark) else DemoMark.NONE


def set_demo_mark(mark: DemoMark) -> None:
    """Only the database's owner may."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(owner.settings_dict["NAME"]), sql.Literal(mark.value)
            )
        )
