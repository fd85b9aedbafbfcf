"""Rows by COPY: the demo's tens of thousands of rows in seconds, with every constraint of the tables in force."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault
from psycopg import sql


def number(objects: Sequence[Model]) -> None:
    """Give the objects keys from their table's sequence, so that rows saved later do not collide."""
    if not objects:
        return
    table = objects[0]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, len(objects)],
        )
        for thing, (key,) in zip(objects, cursor.fetchall(), strict=True):
            thing.pk = key


def copy_in(objects: Sequence[Model]) -> None:
    """Write objects of one model, which `number` has given keys. `full_clean` is not called: the database decides."""
    if not objects:
        return
    options = objects[0]._meta
    # What the database fills in by itself, such as a UUID, is left to it.
    first = objects[0].__dict__
    fields = [f for f in options.concrete_fields if not isinstance(first[f.attname], DatabaseDefault)]
    columns: list[sql.Composable] = [sql.Identifier(str(field.column)) for field in fields]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(options.db_table), sql.SQL(", ").join(columns)
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for thing in objects:
            state = thing.__dict__
            copy.write_row([state[field.attname] for field in fields])
