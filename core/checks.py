from typing import Any

from django.core import checks

from core.append_only import is_separate_role


@checks.register()
def application_is_not_the_owner(**kwargs: Any) -> list[checks.CheckMessage]:
    """With one role for everything the database's rights protect nothing; triggers alone are left."""
    if is_separate_role():
        return []
    return [
        checks.Warning(
            "The application connects as the owner of its tables, so it may alter the audit trail's rights.",
            hint="Give DATABASE_OWNER_URL a role of its own; portal/servers/sql/roles.sql makes both.",
            id="core.W001",
        )
    ]
