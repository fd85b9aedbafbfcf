from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from core.audit.access import may_read_trail
from core.models.audit import AuditEntry

# A filter by name means a few people, not a list of everybody called Budi.
PEOPLE = 50


def trail_visible_to(person: Any) -> QuerySet[AuditEntry]:
    """All entries with who did it, or none."""
    trail = AuditEntry.objects.select_related("actor").defer("salt", "changes_digest", "mac")
    return trail if may_read_trail(person) else trail.none()


def life_of(kind: str, uuid: UUID, *, viewer: Any) -> QuerySet[AuditEntry]:
    """Everything that ever happened to one object."""
    return trail_visible_to(viewer).filter(object_uuid=uuid, object_kind=kind)


def people_called(text: str) -> QuerySet[Any, Any]:
    """Keys of the people whose NIK begins so or whose name has these words, for a subquery."""
    words = Q()
    for word in text.split()[:5]:
        words &= Q(name__icontains=word)
    found = get_user_model()._default_manager.filter(Q(nik__startswith=text.strip()) | words)
    return found.order_by("pk").values("pk")[:PEOPLE]
