from django.db import transaction
from django.utils import timezone

from core import audit
from organization.models import Employee
from ppob.exceptions import AlreadySo
from ppob.models import AgentDevice


@transaction.atomic
def block_device(*, device: AgentDevice, actor: Employee) -> None:
    """A phone that was lost sells nothing any more. Raises AlreadySo."""
    now = timezone.now()
    if not AgentDevice.objects.filter(pk=device.pk, blocked_at=None).update(blocked_at=now):
        raise AlreadySo
    audit.record(actor, "device.blocked", device, {"blocked_at": (None, now)})


@transaction.atomic
def unblock_device(*, device: AgentDevice, actor: Employee) -> None:
    """It was found. Raises AlreadySo."""
    if not AgentDevice.objects.filter(pk=device.pk, blocked_at__isnull=False).update(blocked_at=None):
        raise AlreadySo
    audit.record(actor, "device.unblocked", device, {"blocked_at": (device.blocked_at, None)})
