"""The admin: unfold's site behind the portal's one login, with a content policy of its own."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from unfold.sites import UnfoldAdminSite

# Unfold drives its pages by Alpine, which evaluates what stands in attributes, and puts the theme's colours into
# style attributes. Nothing outside /admin/ gets this.
UNFOLD_NEEDS = {"script-src": ["'unsafe-eval'"], "style-src-attr": ["'unsafe-inline'"]}


class GeraiAdminSite(UnfoldAdminSite):
    """No door of its own: whoever is not logged in goes to the NIK page and comes back afterwards."""

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        return csp_update(UNFOLD_NEEDS)(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the portal's login; a person who is logged in without a role for the admin goes home."""
        if request.user.is_authenticated:
            return redirect("admin:index" if self.has_permission(request) else "home")
        onward = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure()):
            onward = reverse("admin:index")
        return redirect(f"{reverse('login:nik')}?{urlencode({REDIRECT_FIELD_NAME: onward})}")
