"""What a file or a day refuses. The text says which line and why, as far as there is one."""

from django.utils.translation import gettext_lazy as _

from ppob.exceptions import PpobError


class ReconciliationError(PpobError):
    """Base of all that this part refuses."""


class FileRefused(ReconciliationError):
    code, default = "file_refused", _("The file cannot be read.")


class NoProfile(ReconciliationError):
    code, default = "no_profile", _("This biller has no settlement profile.")


class NoFile(ReconciliationError):
    code, default = "no_file", _("There is no settlement file for this day.")


class AlreadyRunning(ReconciliationError):
    code, default = "already_running", _("This day is being reconciled already.")


class DayNotOver(ReconciliationError):
    code, default = "day_not_over", _("This business day is not over yet.")


class WrongState(ReconciliationError):
    code, default = "wrong_state", _("This difference is not in a state that allows it.")


class OwnProposal(ReconciliationError):
    code, default = "own_proposal", _("Somebody else has to approve what you have proposed.")


class NothingProposed(ReconciliationError):
    code, default = "nothing_proposed", _("No adjustment is proposed here.")


class NothingToCorrect(ReconciliationError):
    code, default = "nothing_to_correct", _("An adjustment of nothing changes nothing.")


class StillOpen(ReconciliationError):
    code, default = "still_open", _("Differences of this day are still open or disputed.")


class DepositNotExplained(ReconciliationError):
    code, default = (
        "deposit_not_explained",
        _("The deposit leaves %(amount)s unexplained: ask the biller, or correct what it reported."),
    )


class NotReconciled(ReconciliationError):
    code, default = "not_reconciled", _("This day has not been reconciled.")


class NotPrepared(ReconciliationError):
    code, default = "not_prepared", _("Somebody has to prepare this day before another signs it.")


class OwnPreparation(ReconciliationError):
    code, default = "own_preparation", _("Somebody else has to sign what you have prepared.")


class ReasonMissing(ReconciliationError):
    code, default = "reason_missing", _("Say why.")


class NothingSuggested(ReconciliationError):
    code, default = "nothing_suggested", _("Nothing on the other side is suggested here any more.")


class NotTheSameMoney(ReconciliationError):
    code, default = "not_the_same_money", _("Both do not come to the same money: explain or adjust each.")


class NothingDisputed(ReconciliationError):
    code, default = (
        "nothing_disputed",
        _("Nothing of this day is disputed: there is nothing to write a letter about."),
    )


class NotTheNewestRun(ReconciliationError):
    code, default = (
        "not_the_newest_run",
        _("A newer run took this one's place; only the files that were kept of it are left."),
    )
