"""Browsers on which a person has logged in. One token a browser; what is stored ties it to one person."""

import hashlib
import secrets

from organization.models import Employee, KnownDevice

COOKIE = "device"


def known_device(person: Employee, token: str) -> KnownDevice | None:
    """The person's device, if this browser is one of theirs."""
    if not token:
        return None
    return KnownDevice.objects.filter(employee=person, token_digest=_digest(person, token)).first()


def remember_device(person: Employee, token: str, label: str) -> str:
    """Make this browser one of the person's; returns the token that its cookie shall hold.

    A shared computer keeps one token for all who use it: the digest is the token's and the person's.
    """
    token = token or secrets.token_urlsafe(32)
    KnownDevice.objects.update_or_create(
        employee=person, token_digest=_digest(person, token), defaults={"label": label}
    )
    return token


def device_label(user_agent: str) -> str:
    """Browser and system as a person names them: Chrome · Windows."""
    browsers = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
    )
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"))
    browser = _first(user_agent, (*browsers, ("Chrome", "Chrome"), ("Safari", "Safari")))
    system = _first(user_agent, (*systems, ("Mac OS X", "macOS"), ("Linux", "Linux")))
    return " · ".join(filter(None, (browser, system)))


def _first(user_agent: str, marks: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in marks if mark in user_agent), "")


def _digest(person: Employee, token: str) -> str:
    # 256 random bits need no slow hash; without the token the digest is of no use.
    return hashlib.sha256(f"{token}:{person.pk}".encode()).hexdigest()
