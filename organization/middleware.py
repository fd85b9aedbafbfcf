from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from organization.login.doorstep import with_next
from organization.models import Employee


class PersonMiddleware:
    """Makes a request the person's own: time zone, language, and the forced new PIN before anything else.

    The person is loaded with the place of work, so this costs no query of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = self._person(request)
        translation.activate(_language(request, person))
        request.LANGUAGE_CODE = translation.get_language()
        if person is None:
            return self.get_response(request)
        with timezone.override(person.time_zone):
            if person.must_change_pin and not _is_open_before_a_new_pin(request.path):
                return _unkept(_to_new_pin(request))
            return _unkept(self.get_response(request))

    def _person(self, request: HttpRequest) -> Employee | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        try:
            if request.user.is_authenticated:
                return request.user
        except DatabaseError:
            # The login page says so in its own words; every other page is an error like any other.
            if not request.path.startswith(reverse("login:nik")):
                raise
            request.user = AnonymousUser()
            return None
        if SESSION_KEY in request.session:
            # Frozen or resigned meanwhile: the session ends, and does not come back with the account.
            request.session.flush()
        return None


def _unkept(response: HttpResponse) -> HttpResponse:
    """What a person was shown stays in no cache, and behind no "Back" of whoever uses this computer next."""
    if not response.has_header("Cache-Control"):
        add_never_cache_headers(response)
    return response


def _language(request: HttpRequest, person: Employee | None) -> str:
    """Chosen in this browser, else the person's own, else the house's; a browser's default is nobody's choice."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or (person.language if person else "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _is_open_before_a_new_pin(path: str) -> bool:
    names = ("login:new-pin", "login:logout", "set_language", "javascript-catalog")
    return path in {reverse(name) for name in names} or path.startswith("/health/")


def _to_new_pin(request: HttpRequest) -> HttpResponse:
    # A fragment or a form's address is no page to come back to.
    is_page = request.method == "GET" and "HX-Request" not in request.headers
    return redirect(with_next("login:new-pin", request.get_full_path() if is_page else ""))
