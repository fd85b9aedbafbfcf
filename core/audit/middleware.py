from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from core.addresses import client_ip
from core.audit.context import acting
from core.models.audit import Via


class AuditMiddleware:
    """Says through which door and from where this request's acts come; below structlog's, whose request id it uses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = structlog.contextvars.get_contextvars().get("request_id", "")
        with acting(_door_of(request.path), address=client_ip(request), request_id=str(request_id)):
            return self.get_response(request)


def _door_of(path: str) -> Via:
    if path.startswith("/admin/"):
        return Via.ADMIN
    return Via.API if path.startswith("/api/") else Via.PAGE
