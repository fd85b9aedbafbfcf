"""The login pages as a browser walks them, for tests of every app."""

from typing import Any

from django.test import Client
from django.urls import reverse

PIN, WRONG = "482913", "739105"


def type_nik(client: Client, nik: str, **extra: Any) -> Any:
    return client.post(reverse("login:nik"), {"nik": nik}, **extra)


def type_pin(client: Client, pin: str, **extra: Any) -> Any:
    return client.post(reverse("login:pin"), {"pin": pin}, **extra)


def log_in(client: Client, nik: str, pin: str = PIN, **extra: Any) -> Any:
    """Both pages; returns the last answer."""
    type_nik(client, nik, **extra)
    return type_pin(client, pin, **extra)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
