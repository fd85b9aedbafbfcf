from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from organization.models import ApiToken, Employee
from organization.services.tokens import digest_of


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer gerai_…`: the program acts as its person, with the roles that hold today."""

    keyword = b"bearer"

    def authenticate(self, request: HttpRequest) -> tuple[Employee, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != self.keyword:
            return None
        text = parts[1].decode("ascii", "replace") if len(parts) == 2 else ""
        token = (
            ApiToken.objects.select_related(
                "employee__store__branch", "employee__branch_office", "employee__division"
            )
            .filter(digest=digest_of(text), revoked_at=None, expires_at__gt=timezone.now())
            .first()
        )
        if token is None or not token.employee.is_active:
            raise AuthenticationFailed(_("This token is not valid, or no longer."))
        return token.employee, token

    def authenticate_header(self, request: HttpRequest) -> str:
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI page speaks of it."""

    target_class = "organization.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
