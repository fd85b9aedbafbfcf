"""Who calls: a program that signs each call with its secret. No session, no cookie, no token of a person."""

import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, ParseError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.api.errors import Refusal
from ppob.models import ApiClient
from ppob.services.api_clients import client_of, note_use, secret_of
from ppob.signing import SCHEME, signature_of

LARGEST_BODY = 1_000_000
CLOCKS_DIFFER_S = 300
HEADER = re.compile(
    rf"{SCHEME} +key=([\w-]{{1,32}}), *timestamp=(\d{{1,12}}), *nonce=([\w-]{{16,64}}), *signature=([0-9a-f]{{64}})",
    re.ASCII,
)
# What an unknown key is compared with, so that it costs the same time as a known one.
NOBODYS = hashlib.sha256(b"nobody signs with this").hexdigest()


@dataclass(frozen=True)
class Signed:
    """A call whose signature is right: whose it is, its nonce (not used up yet) and its body, read once."""

    client: ApiClient
    nonce: str
    body: bytes


class SignedAuthentication(BaseAuthentication):
    """Signature and time; the nonce is claimed by the view, in the transaction of what the call does."""

    def authenticate(self, request: Request) -> tuple[Any, Signed] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header.startswith(SCHEME):
            return None
        parts = HEADER.fullmatch(header)
        if not parts:
            raise AuthenticationFailed(_("The Authorization header is not as it should be."), "wrong_header")
        key_id, timestamp, nonce, signature = parts.groups()
        if abs(time.time() - int(timestamp)) > CLOCKS_DIFFER_S:
            raise AuthenticationFailed(
                _("The timestamp is more than five minutes away from our clock."), "old_timestamp"
            )
        body = _body(request._request)
        client = client_of(key_id)
        expected = signature_of(
            secret=secret_of(client) if client else NOBODYS, method=request.method or "",
            path=request._request.get_full_path(), timestamp=timestamp, nonce=nonce, body=body,
        )  # fmt: skip
        if not hmac.compare_digest(expected, signature) or client is None:
            raise AuthenticationFailed(
                _("The signature is wrong, or the key is not known."), "wrong_signature"
            )
        note_use(client)
        return AnonymousUser(), Signed(client, nonce, body)

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class IsSigned(BasePermission):
    """Nobody's session and nobody's token comes this far."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Signed)


class SignedScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI page speaks of it."""

    target_class = SignedAuthentication
    name = "signature"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": (
                f"`{SCHEME} key=…, timestamp=…, nonce=…, signature=…`. The signature is the hexadecimal HMAC-SHA256, with"
                " the key's secret, over five lines joined by a line feed: the method, the path with its query as sent,"
                " the timestamp (seconds since 1970, at most five minutes off), the nonce (16–64 letters, digits, `-`"
                " or `_`, good once) and the hexadecimal SHA-256 of the body."
            ),
        }


def _body(request: HttpRequest) -> bytes:
    """Read once, and never more than it may have: what is larger is refused before anybody parses it."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length[:12]) > LARGEST_BODY:
        raise _too_large()
    try:
        body = request.read(LARGEST_BODY + 1)
    except UnreadablePostError as error:
        raise ParseError from error
    if len(body) > LARGEST_BODY:
        raise _too_large()
    return body


def _too_large() -> Refusal:
    return Refusal(
        _("A call has at most %(most)s bytes.") % {"most": LARGEST_BODY},
        code="too_large",
        status=413,
        most=LARGEST_BODY,
    )
