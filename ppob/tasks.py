from celery import shared_task

from ppob.ledger_notices import ask_to_tell_exceptions
from ppob.reconciliation import clock, sftp
from ppob.services import api_clients, balances, holds, nightly, reports, shared_accounts, summaries


@shared_task(time_limit=60)
def fold_shared_accounts() -> None:
    """Every five seconds: deltas become entries. An account whose lock is busy waits for the next tick."""
    shared_accounts.fold_all()


@shared_task(time_limit=60)
def expire_holds() -> None:
    """Every minute; whoever captures or releases a hold meanwhile was first."""
    holds.expire_holds()


@shared_task(time_limit=60)
def summarise_sales() -> None:
    """Every minute: the business days that changed since."""
    summaries.summarise_changed()


@shared_task(time_limit=60)
def tell_of_exceptions() -> None:
    """Every few minutes, though people hear of it once an hour at the most."""
    ask_to_tell_exceptions()


@shared_task(time_limit=40 * 60)
def prove_ledger() -> None:
    """At 01:15 WIB: the proof; then yesterday is closed."""
    nightly.prove_the_night()


@shared_task(time_limit=300)
def prune_nonces() -> None:
    """Hourly."""
    api_clients.prune_nonces()


@shared_task(time_limit=240)
def watch_balances() -> None:
    """Every five minutes: the book for the graph, and who has to know that a deposit runs dry."""
    balances.watch_balances()


@shared_task
def forget_old_books() -> None:
    balances.forget_old_books()


@shared_task(time_limit=120)
def run_due_reports() -> None:
    """Every five minutes: the saved reports whose hour has come."""
    reports.run_due_reports()


@shared_task(time_limit=30 * 60)
def reconcile_due_days() -> None:
    """Every five minutes: files that lie in the watched folder, and each biller's days whose hour has come."""
    clock.reconcile_due_days()


@shared_task(time_limit=30 * 60)
def fetch_settlements() -> None:
    """Every five minutes: what billers have put down on their SFTP servers."""
    sftp.fetch_all()
