"""Sales that no balance could carry: a person settles them with the agent, and says how."""

from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models.functions import Now

from core import audit
from ppob.exceptions import AlreadyClosed
from ppob.models import PostingException

KIND = "ppob.postingexception"
_NAMESPACE = UUID("6d1f7c1e-2f0b-4a55-9f0c-6a1b6a3f9d20")


def uuid_of(exception: PostingException) -> UUID:
    """The ledger's rows have numbers alone; the trail knows things by a UUID, always the same for the same number."""
    return uuid5(_NAMESPACE, str(exception.pk))


@transaction.atomic
def close_exception(*, exception: PostingException, note: str, actor: Any) -> PostingException:
    """Note that it is settled, and how; no money moves by it. Of two at once the second is told. Raises AlreadyClosed."""
    changed = PostingException.objects.filter(pk=exception.pk, closed_at=None).update(
        closed_at=Now(), closed_by=actor, note=note
    )
    if not changed:
        raise AlreadyClosed
    audit.record(actor, "exception.closed", audit.Ref(KIND, uuid_of(exception)), {"note": (None, note)})
    exception.refresh_from_db()
    return exception
