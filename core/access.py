"""Who may open a page. Every portal view inherits `PortalView`; a view without a stated permission does not start."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

ANY_EMPLOYEE = "any employee"


class PersonRequest(HttpRequest):
    """For the type checker: what reaches a view or a panel behind `PortalView`, where somebody is logged in."""

    user: Any  # an Employee; core knows people as settings.AUTH_USER_MODEL only
    htmx: HtmxDetails


class PortalView:
    """Mixin, first in a view's bases: login, then permission; somebody else's object is the selector's 404."""

    permission: str = ""
    request: Any  # a PersonRequest; Django's views declare the attribute as a plain one, and it may not be narrowed

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.permission:
            raise ImproperlyConfigured(f"{type(self).__name__} states no permission")
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if self.permission != ANY_EMPLOYEE and not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # the view behind the mixin
