"""What logins leave behind, and when it goes; docs/retention.md has the whole table."""

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from organization.login.doorstep import DEVICE_SECONDS
from organization.models import FirstAdminLink, KnownDevice

LINKS_KEPT = timedelta(days=30)


def remove_old_logins() -> int:
    """Expired sessions, devices whose cookie is gone, first administrators' links; how many of the last two."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    now = timezone.now()
    devices, _ = KnownDevice.objects.filter(last_seen_at__lt=now - timedelta(seconds=DEVICE_SECONDS)).delete()
    links, _ = FirstAdminLink.objects.filter(expires_at__lt=now - LINKS_KEPT).delete()
    return devices + links
