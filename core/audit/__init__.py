"""The audit trail: `record` what was done in the transaction that did it; beat seals entries into a chain afterwards.

`record` runs in the caller's transaction and raises when it cannot write: without its entry nothing is done.
"""

from core.audit.context import acting
from core.audit.kinds import kind_of
from core.audit.recording import NotInTransaction, NotRecorded, Ref, changed, record

__all__ = ["NotInTransaction", "NotRecorded", "Ref", "acting", "changed", "kind_of", "record"]
