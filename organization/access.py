from typing import cast

from django.http import HttpRequest

from organization.models import Employee


def viewer_of(request: HttpRequest) -> Employee:
    """Who is looking: behind `PortalView` it is always an employee, never an anonymous user."""
    return cast(Employee, request.user)
