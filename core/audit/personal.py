"""The trail's part in a person's data: what it says of them. Erasing it is the tables' owner's (`core.audit.erasing`)."""

from typing import Any

from core.audit.kinds import kind_of
from core.models import AuditEntry


def entries_about(person: Any) -> list[Any]:
    """What was done to the person's account, and by whom it is not said: that is somebody else's data."""
    about = AuditEntry.objects.filter(object_kind=kind_of(person), object_uuid=person.uuid).order_by(
        "at", "id"
    )
    return list(about.values("at", "act", "changes", "address"))
