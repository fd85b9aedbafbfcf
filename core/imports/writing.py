"""Many rows in few statements."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg import sql

AT_ONCE = 2000


def update_rows(objects: Sequence[Model], names: Sequence[str]) -> None:
    """Write these fields of all objects: one UPDATE … FROM unnest for two thousand rows, where bulk_update takes minutes."""
    if not objects or not names:
        return
    options: Any = objects[0]._meta
    fields: list[Any] = [options.get_field(name) for name in sorted(names)]
    columns = [options.pk, *fields]
    statement = sql.SQL(
        "UPDATE {table} SET {sets} FROM unnest({arrays}) AS new({names}) WHERE {table}.{pk} = new.{pk}"
    ).format(
        table=sql.Identifier(options.db_table),
        sets=sql.SQL(", ").join(
            sql.SQL("{0} = new.{0}").format(sql.Identifier(field.column)) for field in fields
        ),
        arrays=sql.SQL(", ").join(sql.SQL("%s::{}[]").format(sql.SQL(_type(field))) for field in columns),
        names=sql.SQL(", ").join(sql.Identifier(field.column) for field in columns),
        pk=sql.Identifier(options.pk.column),
    )
    with connection.cursor() as cursor:
        for start in range(0, len(objects), AT_ONCE):
            some = objects[start : start + AT_ONCE]
            values = [
                [field.get_db_prep_save(getattr(one, field.attname), connection) for one in some]
                for field in columns
            ]
            cursor.execute(statement, values)


def _type(field: Any) -> Any:
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
