"""The admin: unfold's site behind the portal's one login, with a content policy of its own."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from unfold.sites import UnfoldAdminSite

# Unfold drives its pages by Alpine, which evaluates what stands in attributes, and moves parts by style attributes.
# Nothing outside /admin/ gets this.
UNFOLD_NEEDS = {"script-src": ["'unsafe-eval'"], "style-src-attr": ["'unsafe-inline'"]}


class GeraiAdminSite(UnfoldAdminSite):
    """No door of its own: login, logout and the change of the PIN are the portal's."""

    enable_nav_sidebar = True

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Pages and forms: another method has no meaning here, and Django would answer it like a GET."""
        return require_http_methods(["GET", "HEAD", "POST"])(
            csp_update(UNFOLD_NEEDS)(super().admin_view(view, cacheable))
        )

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Without the theme's inline <style>, which the policy refuses: the colours stand in admin.css."""
        return {**super().each_context(request), "colors": None}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The same sections as the side menu, each line with what it is for."""
        return super().index(request, {"title": _("Administration"), **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the portal's login; a person who is logged in without a role for the admin goes home."""
        if request.user.is_authenticated:
            return redirect("admin:index" if self.has_permission(request) else "home")
        onward = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure()):
            onward = reverse("admin:index")
        return redirect(f"{reverse('login:nik')}?{urlencode({REDIRECT_FIELD_NAME: onward})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The portal ends the session; 307 keeps the POST that it insists on."""
        response = redirect("login:logout")
        response.status_code = 307
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("login:new-pin")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("login:new-pin")
