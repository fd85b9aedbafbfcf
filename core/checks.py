from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from core.append_only import is_separate_role
from core.sealed import keyring


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


@checks.register()
def field_keys_are_keys(**kwargs: Any) -> list[checks.CheckMessage]:
    """A word in the place of a key would be found out by the first KTP number that somebody saves."""
    if not settings.FIELD_KEYS:
        return []  # production does not start without; what serves nobody has no use for them
    try:
        keyring()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="core.E001")]
    return []
