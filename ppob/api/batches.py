"""What all signed calls share: JSON read with care, the nonce used up with the effect, one answer an item."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.errors import Refusal
from ppob.api.authentication import IsSigned, Signed, SignedAuthentication
from ppob.api.fields import Unfit
from ppob.api.throttling import ClientThrottle
from ppob.exceptions import NonceUsed, PpobError
from ppob.services.api_clients import claim_nonce

MOST_ITEMS = 500
T = TypeVar("T")


class SignedView(APIView):
    """Base: signed, each call once. `act` runs in one transaction with the claim of the nonce; what it raises undoes both.

    A refusal that must not come true later, when somebody sends the same call again, is therefore returned.
    """

    authentication_classes = (SignedAuthentication,)
    permission_classes = (IsSigned,)
    throttle_classes = (ClientThrottle,)

    def act(self, request: Request, **kwargs: Any) -> Response:
        raise NotImplementedError

    def once(self, request: Request, **kwargs: Any) -> Response:
        signed: Signed = request.auth
        try:
            with transaction.atomic():
                claim_nonce(client=signed.client, nonce=signed.nonce)
                return self.act(request, **kwargs)
        except NonceUsed as error:
            raise AuthenticationFailed(str(error), error.code) from error
        except PpobError as error:
            raise Refusal(str(error), code=error.code) from error
        except OperationalError as error:
            # A deadlock, a lock that took too long, a database that restarts: nothing happened, and it may come again.
            raise Refusal(_("The portal is busy; send it again."), code="busy", status=503) from error


def json_of(request: Request) -> dict[str, Any]:
    """The body as an object. Raises Refusal."""
    try:
        content = json.loads(request.auth.body or b"{}")
    except (ValueError, RecursionError):
        raise Refusal(_("The body is not JSON."), code="parse_error", status=400) from None
    if type(content) is not dict:
        raise Refusal(_("The body must be a JSON object."), code="parse_error", status=400)
    return content


def items_of(request: Request, name: str) -> list[Any]:
    """The list under `name`, which is all that the body may hold. Raises Refusal."""
    content = json_of(request)
    items = content.get(name)
    if type(items) is not list or len(content) > 1:
        raise Refusal(
            _("The body must be an object with one list, “%(name)s”.") % {"name": name},
            code="parse_error",
            status=400,
        )
    if len(items) > MOST_ITEMS:
        raise Refusal(
            _("A batch has at most %(most)s items.") % {"most": MOST_ITEMS},
            code="too_many",
            status=400,
            most=MOST_ITEMS,
        )
    return items


def each(
    items: Sequence[Any], parse: Callable[[Any], T], take: Callable[[list[T]], Sequence[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """An answer for each item, in order: what cannot be read is refused by itself, the others are taken together."""
    answers: list[dict[str, Any]] = []
    places, parsed = [], []
    for place, raw in enumerate(items):
        answers.append({})
        try:
            parsed.append(parse(raw))
            places.append(place)
        except Unfit as error:
            answers[place] = refused(error)
    for place, answer in zip(places, take(parsed) if parsed else (), strict=True):
        answers[place] = answer
    return answers


def refused(error: Unfit, **more: Any) -> dict[str, Any]:
    return {"answer": "refused", **more, "error": error.as_error()}
