from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from organization.models import Employee

# What every request reads of whoever asks; the rest of the place of work is Beranda's business alone.
PERSON_COLUMNS = (
    *(field.attname for field in Employee._meta.concrete_fields if not field.is_relation),
    "department",
    "division__code",
    "division__name",
    "store__code",
    "store__name",
    "store__branch__code",
    "store__branch__name",
    "store__branch__time_zone",
    "branch_office__code",
    "branch_office__name",
    "branch_office__time_zone",
)


class GrantBackend(BaseBackend):
    """Loads the person of a session. It checks no PIN: `organization.login` is the only door."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None

    def get_user(self, user_id: int) -> Employee | None:
        person = (
            Employee.objects.select_related("store__branch", "branch_office", "division")
            .only(*PERSON_COLUMNS)
            .filter(pk=user_id)
            .first()
        )
        return person if person and person.is_active else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set(user_obj.permissions)
