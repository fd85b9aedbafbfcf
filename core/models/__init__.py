from core.models.audit import AuditEntry, AuditSeal, Via
from core.models.identity import Identified
from core.models.imports import ImportRun
from core.models.jobs import Job
from core.models.outbox import OutboxMessage

__all__ = ["AuditEntry", "AuditSeal", "Identified", "ImportRun", "Job", "OutboxMessage", "Via"]
