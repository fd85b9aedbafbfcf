"""HTTP through Django, websockets through Channels, both behind the same session and the same origin check."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402  Django must be set up before consumers are imported
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator, WebsocketDenier  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from core.consumers import LiveConsumer  # noqa: E402
from portal.settled import settle  # noqa: E402

# Whoever knocks at an address that no socket has gets 403; without the last line a 500, and the log a trace.
SOCKETS = [path("ws/live/", LiveConsumer.as_asgi()), re_path("", WebsocketDenier.as_asgi())]

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(SOCKETS))),
    }
)
settle()
