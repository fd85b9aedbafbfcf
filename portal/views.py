"""Beranda, the quick search, the page of patterns, and what a person reads when something went wrong."""

from typing import Any
from urllib.parse import urlencode

import structlog
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.access import ANY_EMPLOYEE, PortalView
from core.registry import HITS_SHOWN, Finder, registry
from organization.access import viewer_of
from portal.context import Frame
from portal.patterns import PatternForm, samples

SHORTEST_SEARCH, LONGEST_SEARCH = 2, 80


class HomeView(PortalView, TemplateView):
    """Beranda: a panel for each thing that the person's roles look after, from real rows only."""

    permission = ANY_EMPLOYEE
    template_name = "portal/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        panels = [(panel, panel.context(self.request)) for panel in registry.panels_of(self.request.user)]
        cards = [
            render_to_string(panel.template, context | {"panel": panel}, self.request)
            for panel, context in panels
            if context is not None
        ]
        return super().get_context_data(**kwargs) | {"cards": cards, "greeting": _greeting(self.request)}


def _greeting(request: HttpRequest) -> str:
    """By the clock on the person's own wall."""
    hour, name = timezone.localtime().hour, viewer_of(request).name
    if hour < 4 or hour >= 18:
        return _("Good evening, %(name)s") % {"name": name}
    if hour < 11:
        return _("Good morning, %(name)s") % {"name": name}
    if hour < 15:
        return _("Good day, %(name)s") % {"name": name}
    return _("Good afternoon, %(name)s") % {"name": name}


class SearchView(PortalView, TemplateView):
    """Ctrl-K: pages of the menu, and rows of every kind that the person may see. Fragment and page are one template."""

    permission = ANY_EMPLOYEE

    def get_template_names(self) -> list[str]:
        return ["portal/_search_results.html" if self.request.htmx else "portal/search.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
        groups: list[dict[str, Any]] = []
        if len(text) >= SHORTEST_SEARCH:
            pages = [line for line in Frame(self.request).lines if text.casefold() in line.label.casefold()]
            groups = [{"label": _("Menu"), "hits": [(line.icon, line) for line in pages]}]
            groups += [
                _found(finder, self.request.user, text) for finder in registry.finders_of(self.request.user)
            ]
        return super().get_context_data(**kwargs) | {
            "text": text,
            "is_short": len(text) < SHORTEST_SEARCH,
            "groups": [group for group in groups if group["hits"]],
        }


def _found(finder: Finder, person: Any, text: str) -> dict[str, Any]:
    """A handful, and where the rest is when there may be one."""
    hits = finder.find(person, text)
    there_may_be_more = finder.list_url_name and len(hits) >= HITS_SHOWN
    more = f"{reverse(finder.list_url_name)}?{urlencode({'q': text})}" if there_may_be_more else ""
    return {"label": finder.label, "hits": [(finder.icon, hit) for hit in hits], "more": more}


class PatternsView(PortalView, TemplateView):
    """Every pattern of the portal once, for whoever builds the next page. Its form saves nothing."""

    permission = ANY_EMPLOYEE
    template_name = "portal/patterns.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.is_staff:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"form": PatternForm()} | samples() | super().get_context_data(**kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PatternForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(request, _("The form is right. It is a pattern, so nothing was saved."))
        return redirect("pola")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(
        request,
        400,
        _("The address or form could not be read"),
        _("Go back, and try once more from the page you came from."),
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(
        request,
        403,
        _("This page is not for your role"),
        _(
            "Your roles do not include it. Ask your supervisor or the administrator if you need it for your work."
        ),
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(
        request, 404, _("Nothing is here"), _("The address is wrong, or what it names is outside your scope.")
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request's context: whatever broke, this page asks neither database nor session."""
    title, text = _("Something broke on our side"), _("It is written down. Please try again in a moment.")
    page = render_to_string("portal/error.html", _error_context(500, title, text))
    return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Named by settings.CSRF_FAILURE_VIEW: most often a page that stood open over a log-out."""
    return _error(
        request,
        403,
        _("This form is too old"),
        _("Open the page again and fill it in once more; nothing was saved."),
    )


def _error(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "portal/error.html", _error_context(status, title, text), status=status)


def _error_context(status: int, title: str, text: str) -> dict[str, Any]:
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return {"status": status, "title": title, "text": text, "request_id": request_id}
