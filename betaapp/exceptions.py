"""What the Beta-App refuses, each with the words for whoever asked."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.exceptions import GeraiError
from core.templatetags.gerai import short_date


class BetaError(GeraiError):
    """Base of all of them. `code` is for programs; `field` is the form's field that it is about, if about one."""

    code = "refused"
    field: str | None = None
    default: Any = _("This cannot be done.")

    def __init__(self, message: Any = None) -> None:
        super().__init__(message or self.default)


class ProgramEnded(BetaError):
    code, default = "ended", _("This programme has ended and stays as it was.")


class NotADraft(BetaError):
    code, default = "not_a_draft", _("This programme has been started already.")


class NotRunning(BetaError):
    code, default = "not_running", _("This programme is not running.")


class WithoutApplications(BetaError):
    code, default = "no_applications", _("Add an application first: there is nothing to try yet.")


class AllOver(BetaError):
    code, default = "all_over", _("The last day of this programme has passed. Choose a later one first.")
    field = "last_on"


class AlreadyInProgram(BetaError):
    code, default = "already_in", _("This application is in the programme already.")
    field = "application"


class NotItsVersion(BetaError):
    code, default, field = "not_its_version", _("This version is not of this application."), "version"


class StepBack(BetaError):
    """A version older than the stable one, and nobody said why."""

    code, field = "step_back", "reason"
    default = _("This version is older than the stable one. Say why the stores go back.")


class Begun(BetaError):
    code, default, field = "begun", _("The programme has begun; its first day stays."), "first_on"


class AlreadyStable(BetaError):
    code, default = "already_stable", _("This version is the stable one already.")


class AlreadyDecided(BetaError):
    code, default = "already_decided", _("This was decided before; nothing was changed.")


class NotInProgram(BetaError):
    code, default = "not_in_program", _("This application is not in the programme any more.")


class ForeignStore(BetaError):
    code = "foreign_store"
    default = _("A store of another branch was among them. Nothing was saved.")


class ClosedStore(BetaError):
    code = "closed_store"

    def __init__(self, codes: list[str]) -> None:
        self.codes = codes
        super().__init__(
            _("%(n)d stores are closed and cannot join, such as %(code)s.")
            % {"n": len(codes), "code": codes[0]}
        )


class NothingChanged(BetaError):
    code, default = "nothing_changed", _("You have made no change yet.")


class Conflicting(BetaError):
    """`stores` maps a store's code to the programme that tries another version there."""

    code = "conflicting"

    def __init__(self, stores: dict[str, str]) -> None:
        self.stores = stores
        code, program = next(iter(stores.items()))
        super().__init__(
            _(
                "%(n)d stores try another version of the same application on these days, such as %(code)s in “%(program)s”."
            )
            % {"n": len(stores), "code": code, "program": program}
        )


class SavedMeanwhile(BetaError):
    """`changes` are the saves that the page did not know of, the newest last."""

    code = "saved_meanwhile"

    def __init__(self, changes: list[Any]) -> None:
        self.changes = changes
        super().__init__(_("Somebody else saved meanwhile. Look at the difference and save again."))


class ChangedMeanwhile(BetaError):
    """Somebody else changed the programme since the page was opened; `program` is what it is now."""

    code = "changed_meanwhile"

    def __init__(self, program: Any) -> None:
        self.program = program
        told = {
            "name": program.name,
            "first": short_date(program.first_on),
            "last": short_date(program.last_on),
        }
        super().__init__(
            _(
                "Somebody else changed this programme meanwhile: “%(name)s”, %(first)s to %(last)s. Save again if yours shall stand."
            )
            % told
        )


class ClockAhead(BetaError):
    code = "clock_ahead"
    default = _("The time lies more than five minutes ahead of our clock.")


class TooManyDevices(BetaError):
    code, default = "too_many_devices", _("A store has at most 30 computers.")


class UnknownVersion(BetaError):
    """`versions` are pairs of an application's code and a number that nobody registered."""

    code = "unknown_version"

    def __init__(self, versions: list[tuple[str, str]]) -> None:
        self.versions = versions
        application, number = versions[0]
        super().__init__(
            _("There is no version %(number)s of %(application)s.")
            % {"number": number, "application": application}
        )


class NotTried(BetaError):
    code, default = "not_tried", _("Your store does not try this application now.")
    field = "trial"


class AlreadyAProblem(BetaError):
    code, default = "already_a_problem", _("A problem was opened from this feedback before.")


class NoDesk(BetaError):
    code, default = "no_desk", _("There is no helpdesk to open a problem at.")
