"""What the ledger and its back office refuse, each with the numbers that say why."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.exceptions import GeraiError


class PpobError(GeraiError):
    """Base of all of them. `code` is for programs; `facts` are numbers of the refusal."""

    code = "refused"

    def __init__(self, message: Any = None, **facts: Any) -> None:
        super().__init__(message or self.default)
        self.facts = facts

    default: Any = _("This cannot be done.")


class DayClosed(PpobError):
    code, default = "day_closed", _("The ledger day is closed.")


class DaySigned(PpobError):
    code, default = "day_signed", _("The biller's day is signed and stays as it is.")


class DifferentPayload(PpobError):
    code, default = "different_payload", _("This key was used before, for something else.")


class NotEnough(PpobError):
    code, default = "not_enough", _("The balance is too low.")


class OverLimit(PpobError):
    code, default = "over_limit", _("This is over the limit.")


class HoldEnded(PpobError):
    code, default = "hold_ended", _("This hold has ended already.")


class StateMovesForward(PpobError):
    code, default = "backwards", _("A transaction's state only moves forward.")


class NotBalanced(PpobError):
    code, default = "not_balanced", _("The entries do not sum to zero.")


class UnknownAccount(PpobError):
    code, default = "unknown_account", _("There is no such account.")


class AlreadyReversed(PpobError):
    code, default = "already_reversed", _("This transfer was reversed before.")


class ReversedByState(PpobError):
    """A sale's transfer: reversed alone, its transaction would still say that it was sold."""

    code, default = "reversed_by_state", _("A sale is reversed by its state.")


class NotReversible(PpobError):
    code, default = "not_reversible", _("A reversal is not reversed.")


class AlreadySo(PpobError):
    """Somebody else was first, or it was so before."""

    code, default = "already_so", _("It is so already.")


class AgentClosed(PpobError):
    """What was closed is not opened again: its number may belong to somebody else by now."""

    code, default = "agent_closed", _("This agent is closed for good.")


class OwnRequest(PpobError):
    """Two people: whoever asks does not decide."""

    code, default = "own_request", _("Somebody else has to decide what you have asked for.")


class OutOfStock(PpobError):
    code, default = "out_of_stock", _("There is none left of this reward.")


class NotOffered(PpobError):
    code, default = "not_offered", _("This is switched off.")


class MasterDataError(PpobError):
    """Base of what master data refuses. `field` is the form's field that it is about, if it is about one."""

    field: str | None = None


class TakenMeanwhile(MasterDataError):
    code, default = "taken", _("Somebody saved the same number or code a moment ago.")


class Blacklisted(MasterDataError):
    code, default, field = "blacklisted", _("This number is on the blacklist."), "agent_id"


class AlreadyClosed(MasterDataError):
    code, default = "already_closed", _("It was closed already; nothing was changed.")


class NoLoginRole(MasterDataError):
    code, default, field = "no_login_role", _("This is no role of the PPOB back office."), "role"


class AccountShut(MasterDataError):
    code, default, field = "account_shut", _("This account is not active."), "nik"


class LoginEnded(MasterDataError):
    code, default = "login_ended", _("This login has ended; add it anew.")


class NonceUsed(PpobError):
    code, default = (
        "replayed_nonce",
        _("This nonce was used before: a call is signed anew each time it is made."),
    )


class UnknownAgent(PpobError):
    code, default = "unknown_agent", _("There is no such agent, or it is not active.")


class UnknownHold(PpobError):
    code, default = "unknown_hold", _("There is no such hold.")


class TopUpError(PpobError):
    """Base of what a top-up refuses. `field` is the form's field that it is about, if it is about one."""

    field: str | None = None


class ReferenceTaken(TopUpError):
    code, default = "reference_taken", _("There is a top-up with this reference already.")
    field = "reference"


class NotWaiting(TopUpError):
    code, default = "not_waiting", _("This top-up does not wait for the bank any more.")


class NotMatched(TopUpError):
    code, default = "not_matched", _("This top-up is not matched with the bank yet.")


class AlreadyPosted(TopUpError):
    code, default = "already_posted", _("This top-up was posted before.")


class TopUpCancelled(TopUpError):
    code, default = "topup_cancelled", _("This top-up was cancelled.")


class LineTaken(TopUpError):
    code, default = "line_taken", _("This line of the bank belongs to another top-up.")


class OtherAmount(TopUpError):
    code, default = "other_amount", _("The bank's line has another amount.")


class NotInFuture(PpobError):
    code, default = "in_future", _("A figure cannot be of a moment that is still to come.")
    field = "at"


class TooLongAgo(PpobError):
    code, default = "too_long_ago", _("A figure older than seven days is compared with nothing.")
    field = "at"


class NotSuspect(PpobError):
    code, default = "not_suspect", _("This sale is no suspect any more.")


class AdviceOpen(PpobError):
    code, default = "advice_open", _("The core was asked already and has not answered yet.")


class ReportError(PpobError):
    """Base of what saved reports refuse. `field` is the form's field that it is about, if it is about one."""

    field: str | None = None


class NameTaken(ReportError):
    code, default, field = "name_taken", _("You have a report of this name already."), "name"


class ReportGone(ReportError):
    code, default = "report_gone", _("This report was deleted, or you no longer receive it.")
