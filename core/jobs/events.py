from dataclasses import dataclass
from uuid import UUID

from core.events import Event


@dataclass(frozen=True)
class JobEnded(Event):
    """A job was done, failed for good or was cancelled; its `state` says which."""

    job_id: UUID
