"""The limits of settings.UPLOAD_LIMITS, by name; `docs/uploads.md` explains each."""

from typing import Any

from django.conf import settings


def limit(name: str) -> Any:
    return settings.UPLOAD_LIMITS[name]
