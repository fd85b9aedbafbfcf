"""Who calls: a store's computer, by its store's key. No session, no cookie, no token of a person."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from betaapp.models import StoreToken
from core.api.throttling import WindowThrottle
from organization.services.tokens import digest_of


class StoreAuthentication(BaseAuthentication):
    """`Authorization: Bearer gerai_toko_…`: the call is of that store, and reaches nothing else."""

    def authenticate(self, request: HttpRequest) -> tuple[AnonymousUser, StoreToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        text = parts[1].decode("ascii", "replace") if len(parts) == 2 else ""
        token = (
            StoreToken.objects.select_related("store__branch")
            .filter(digest=digest_of(text), revoked_at=None)
            .first()
        )
        if token is None:
            raise AuthenticationFailed(_("This token is not valid, or no longer."))
        return AnonymousUser(), token

    def authenticate_header(self, request: HttpRequest) -> str:
        return "Bearer"


class IsStore(BasePermission):
    """Nobody's session and nobody's token comes this far."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, StoreToken)


class StoreThrottle(WindowThrottle):
    """Calls of one store in ten seconds."""

    def caller(self, request: Request) -> str:
        return f"beta-api:{request.auth.pk}" if isinstance(request.auth, StoreToken) else ""

    def most(self) -> int:
        return int(settings.BETA_API_RATE * self.window_s)


class StoreScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI page speaks of it."""

    target_class = StoreAuthentication
    name = "store"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A store's key: `Bearer gerai_toko_…`."}
