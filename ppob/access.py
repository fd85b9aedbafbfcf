"""Sales, billers and money know no branch: a role that reaches less than the country opens nothing here."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from core.access import PortalView
from organization.models import Employee
from organization.scopes import scope_of


def reaches(viewer: Employee, permission: str) -> bool:
    return scope_of(viewer, permission).national


class PpobView(PortalView):
    """Mixin, first in a view's bases, as `PortalView` is."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        viewer: Any = request.user
        if viewer.is_authenticated and self.permission and not reaches(viewer, self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)
