"""One shape for every error: {"code", "message", "extra"}. `code` is for programs, `message` for people."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.exceptions import GeraiError


class Refusal(exceptions.APIException):
    """A rule said no. `code` is for programs, `extra` holds the numbers that say why."""

    def __init__(self, message: Any, *, code: str, status: int = 409, **extra: Any) -> None:
        super().__init__(message, code)
        self.status_code = status
        self.extra = extra


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. What it does not know stays a 500, with the request's number in the log."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, GeraiError):
        error = exceptions.ValidationError(str(error), code="refused")
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    return Response(_body(error), status=error.status_code, headers=_headers(error))


def _body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {}
        first = next(iter(fields.values()), error.detail)
        message = str(first[0] if isinstance(first, list) and first else first)
        return {"code": "invalid", "message": message, "extra": fields}
    return {
        "code": str(error.get_codes()),
        "message": str(error.detail),
        "extra": getattr(error, "extra", {}),
    }


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return headers
