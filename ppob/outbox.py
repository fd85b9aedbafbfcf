from core.outbox import Message, handler
from ppob import ledger_notices as notices
from ppob import reconciliation_notices
from ppob.models import ReconciliationRun
from ppob.reconciliation.clock import FILE_MISSING, FILE_OVERDUE, FILE_REFUSED
from ppob.reconciliation.papers.kept import keep_files
from ppob.reconciliation.running import RECONCILED
from ppob.reconciliation.sftp import UNREACHABLE
from ppob.services.nightly import PROOF_BROKEN


@handler(notices.EXCEPTIONS)
def tell_of_exceptions(message: Message) -> None:
    """Sales went to receivables: administrators and accountants are told."""
    notices.tell_of_exceptions(message.payload, key=message.key)


@handler(PROOF_BROKEN)
def tell_of_broken_proof(message: Message) -> None:
    """The ledger does not add up: administrators and accountants are told."""
    notices.tell_of_broken_proof(message.payload["violations"], key=message.key)


@handler(RECONCILED)
def tell_of_result(message: Message) -> None:
    """A biller's day was compared: its CSV and PDF are kept, then accountants are told what it came to."""
    keep_files(ReconciliationRun.objects.select_related("biller").get(pk=message.payload["run"]))
    reconciliation_notices.tell_of_result(message.payload["run"], key=message.key)


@handler(FILE_MISSING)
def tell_of_missing_file(message: Message) -> None:
    """A biller's hour has come and its file has not."""
    reconciliation_notices.tell_of_missing_file(message.payload, key=message.key)


@handler(FILE_REFUSED)
def tell_of_refused_file(message: Message) -> None:
    """A file lay in the watched folder and could not be read."""
    reconciliation_notices.tell_of_refused_file(message.payload, key=message.key)


@handler(FILE_OVERDUE)
def tell_of_overdue_file(message: Message) -> None:
    """The deadline of a biller's day is over without its file."""
    reconciliation_notices.tell_of_overdue_file(message.payload, key=message.key)


@handler(UNREACHABLE)
def tell_of_failed_sftp(message: Message) -> None:
    """A biller's server refuses us, or shows another host key than the pinned one."""
    reconciliation_notices.tell_of_failed_sftp(message.payload, key=message.key)
