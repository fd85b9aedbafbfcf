from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What every app builds on. Knows nobody: people only as settings.AUTH_USER_MODEL."""

    name = "core"
