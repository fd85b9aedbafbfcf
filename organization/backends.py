from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from organization.models import Employee


class GrantBackend(BaseBackend):
    """Loads the person of a session. It checks no PIN: `organization.login` is the only door."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None

    def get_user(self, user_id: int) -> Employee | None:
        person = (
            Employee.objects.select_related("store__branch", "branch_office", "division")
            .filter(pk=user_id)
            .first()
        )
        return person if person and person.is_active else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set(user_obj.permissions)
