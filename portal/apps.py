from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The top of the house: knows every app and wires them together."""

    name = "portal"

    def ready(self) -> None:
        from portal import heartbeats, wiring  # noqa: F401  heartbeats listens to Celery's signals

        wiring.connect()
