"""What one login page hands to the next: the NIK in a signed cookie, never in an address; and where to go afterwards."""

from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.auth import login, logout
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core import audit
from organization.login import devices
from organization.models import Employee

NIK_COOKIE = "login_nik"
NIK_SECONDS = 15 * 60
DEVICE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie
BACKEND = "organization.backends.GrantBackend"


def safe_next(request: HttpRequest) -> str:
    """The page asked for before login, if it is one of ours; else nothing."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url.startswith("/") and url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_ours and not _is_door(urlsplit(url).path) else ""


def _is_door(path: str) -> bool:
    """Back to the door would be a circle; the page for a new PIN is behind it."""
    return path.startswith(reverse("login:nik")) and path != reverse("login:new-pin")


def after_login(request: HttpRequest, person: Employee) -> str:
    """A new PIN first, then the page asked for, then Beranda."""
    if person.must_change_pin:
        return with_next("login:new-pin", safe_next(request))
    return safe_next(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


def with_next(url_name: str, next_url: str) -> str:
    return reverse(url_name) + (f"?next={quote(next_url)}" if next_url else "")


def remember_nik(response: HttpResponseBase, nik: str) -> None:
    """Signed, so that the second page knows that the first one was passed."""
    token = signing.dumps(nik, salt=NIK_COOKIE)
    response.set_cookie(NIK_COOKIE, token, path=reverse("login:nik"), **_flags(NIK_SECONDS))


def remembered_nik(request: HttpRequest) -> str:
    try:
        return signing.loads(request.COOKIES.get(NIK_COOKIE, ""), salt=NIK_COOKIE, max_age=NIK_SECONDS)
    except signing.BadSignature:
        return ""


def forget_nik(response: HttpResponseBase) -> None:
    response.delete_cookie(NIK_COOKIE, path=reverse("login:nik"), samesite="Lax")


def device_token(request: HttpRequest) -> str:
    return request.COOKIES.get(_device_cookie(), "")[:64]


def let_in(request: HttpRequest, response: HttpResponseBase, person: Employee, *, by: str) -> None:
    """Open the session under a new key and make this browser one of the person's known devices.

    `by` is the way in ("pin", "role_card", "first_admin"). What cannot be recorded does not happen.
    """
    label = devices.device_label(request.headers.get("User-Agent", ""))
    with transaction.atomic():
        audit.record(person, f"login.by_{by}", person, {"device": (None, label)})
        login(request, person, backend=BACKEND)
        token = devices.remember_device(person, device_token(request), label)
    response.set_cookie(_device_cookie(), token, **_flags(DEVICE_SECONDS))
    forget_nik(response)


def let_out(request: HttpRequest) -> None:
    """End the session; a logout that was nobody's leaves no entry."""
    with transaction.atomic():
        if request.user.is_authenticated:
            audit.record(request.user, "login.logged_out", request.user)
        logout(request)


def forget_session(response: HttpResponseBase) -> None:
    """What the next person at this computer must not inherit: the half-done login and the chosen language."""
    forget_nik(response)
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, path=settings.LANGUAGE_COOKIE_PATH)
    response.delete_cookie(
        settings.CSRF_COOKIE_NAME, path=settings.CSRF_COOKIE_PATH, samesite=settings.CSRF_COOKIE_SAMESITE
    )


def _device_cookie() -> str:
    return f"__Host-{devices.COOKIE}" if settings.SESSION_COOKIE_SECURE else devices.COOKIE


def _flags(seconds: int) -> dict[str, Any]:
    return {
        "max_age": seconds,
        "httponly": True,
        "samesite": "Lax",
        "secure": settings.SESSION_COOKIE_SECURE,
    }
