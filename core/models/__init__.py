from core.models.identity import Identified
from core.models.imports import ImportRun
from core.models.jobs import Job
from core.models.outbox import OutboxMessage

__all__ = ["Identified", "ImportRun", "Job", "OutboxMessage"]
