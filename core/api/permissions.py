from typing import Any

from django.core.exceptions import ImproperlyConfigured
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class IsEmployee(BasePermission):
    """Somebody who is logged in and has a PIN of their own."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and not request.user.must_change_pin)


class HasRolePermission(IsEmployee):
    """The view's `permission`, as a portal page states it; which objects, its selector says. A view without one fails."""

    def has_permission(self, request: Request, view: Any) -> bool:
        permission = getattr(view, "permission", "")
        if not permission:
            raise ImproperlyConfigured(f"{type(view).__name__} states no permission")
        return super().has_permission(request, view) and request.user.has_perm(permission)
