"""Who is at the keyboard right now? Asked again before approvals, sign-offs and what opens accounts.

It asks for the PIN until the second factor comes. A login by PIN counts; a session that was left open does not.
"""

from time import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from core import audit
from core.addresses import client_address
from organization.access import viewer_of
from organization.login import doorstep, services
from organization.login.exceptions import LoginRefused, WrongPin
from organization.login.forms import FRESH_PIN, FreshPinForm

SESSION_KEY = "fresh_factor_at"
_OURS = {FRESH_PIN, "csrfmiddlewaretoken"}


def require_fresh_factor(request: HttpRequest) -> HttpResponse | None:
    """None when the person has just shown who they are; else the page that asks, to be returned instead of acting.

    Call it first in whatever answers the POST that acts, outside any transaction: a try is reserved and committed
    before its hash is computed, with the locks of the login. The page holds what was posted and posts it again, to the
    same address, together with the PIN; files it cannot hold. A machine's key has no session and is always asked.
    """
    if not settings.FRESH_FACTOR_SECONDS or is_fresh(request):
        return None
    request.sensitive_post_parameters = "__ALL__"  # type: ignore[attr-defined]  # as Django's decorator leaves it
    form = FreshPinForm(request.POST if FRESH_PIN in request.POST else None)
    if form.is_bound and form.is_valid() and _is_their_pin(request, form):
        return None
    return TemplateResponse(
        request,
        "organization/fresh_factor.html",
        {"form": form, "kept": _posted(request)},
        headers=_headers(request),
    )


def is_fresh(request: HttpRequest) -> bool:
    """Whether the PIN was typed in this session within the last FRESH_FACTOR_SECONDS."""
    shown_at = request.session.get(SESSION_KEY) if hasattr(request, "session") else None
    return isinstance(shown_at, int | float) and 0 <= time() - shown_at <= settings.FRESH_FACTOR_SECONDS


def mark_fresh(request: HttpRequest) -> None:
    """The PIN was right just now. It is the session's own: it ends with it, and no other session has it."""
    request.session[SESSION_KEY] = time()


def _is_their_pin(request: HttpRequest, form: FreshPinForm) -> bool:
    person = viewer_of(request)
    try:
        services.check_pin(
            nik=person.nik,
            pin=form.cleaned_data[FRESH_PIN],
            address=client_address(request),
            device_token=doorstep.device_token(request),
        )
    except LoginRefused as refusal:
        form.add_error(FRESH_PIN, str(refusal))
        if isinstance(refusal, WrongPin) and refusal.locked:
            form.add_error(FRESH_PIN, str(refusal.locked))
        return False
    with transaction.atomic():
        audit.record(person, "login.pin_confirmed", person)
    request.session.cycle_key()
    mark_fresh(request)
    return True


def _posted(request: HttpRequest) -> list[tuple[str, str]]:
    """What the page has to post again, in the order and as often as it came."""
    return [(name, value) for name, values in request.POST.lists() if name not in _OURS for value in values]


def _headers(request: HttpRequest) -> dict[str, Any]:
    """A fragment's request gets the whole page, in the place of the page that asked."""
    return {"HX-Retarget": "body", "HX-Reswap": "innerHTML"} if "HX-Request" in request.headers else {}
