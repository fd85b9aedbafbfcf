"""Tables to which rows are only added: rights withdrawn from the application's role, and triggers for everybody else.

A parent's row triggers are cloned to its partitions; its TRUNCATE trigger and its grants are not, so each partition is
protected when it is made. `core_append_only()` stands in migration core 0002.
"""

from typing import Any

from django.conf import settings


def is_separate_role() -> bool:
    """Whether the application connects as another role than the owner: only then can rights be withdrawn."""
    roles = {settings.DATABASES[alias]["USER"] for alias in ("default", "owner")}
    return len(roles) == 2


def protect(cursor: Any, table: str) -> None:
    """Refuse TRUNCATE on this table or partition, and leave the application SELECT and INSERT. As the owner."""
    cursor.execute(
        f'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION core_append_only()'
    )
    if is_separate_role():
        role = settings.DATABASES["default"]["USER"]
        cursor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM "{role}"')


def close(cursor: Any, table: str) -> None:
    """Leave the application nothing but SELECT on a table that functions of another role write. As the owner."""
    cursor.execute(
        f'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION core_append_only()'
    )
    if is_separate_role():
        role = settings.DATABASES["default"]["USER"]
        cursor.execute(f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "{table}" FROM "{role}"')
