from django.conf import settings
from rest_framework.request import Request

from core.api.throttling import WindowThrottle
from ppob.api.authentication import Signed

WINDOW_S = WindowThrottle.window_s


class ClientThrottle(WindowThrottle):
    """Calls of one key in ten seconds."""

    def caller(self, request: Request) -> str:
        return f"ppob-api:{request.auth.client.pk}" if isinstance(request.auth, Signed) else ""

    def most(self) -> int:
        return int(settings.PPOB_API_RATE * WINDOW_S)
