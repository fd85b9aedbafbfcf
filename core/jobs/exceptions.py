from typing import Any

from django.utils.translation import gettext_lazy as _

from core.exceptions import GeraiError


class JobRefused(GeraiError):
    """Base of what a person may not do with a job as it is now."""

    words: Any = ""

    def __init__(self) -> None:
        super().__init__(str(self.words))


class JobHasEnded(JobRefused):
    words = _("This job has already ended.")


class JobStillRuns(JobRefused):
    words = _("This job is still under way.")


class ResultIsThere(JobRefused):
    words = _("This job ended well and its file is still there.")


class JobAlreadyAskedFor(JobRefused):
    words = _("You already have one of these under way. Wait for it or cancel it first.")


class UnknownJobKind(GeraiError):
    """No function is registered for this kind of job."""


class JobStopped(Exception):
    """Raised out of `ctx.progress()`: clean up and let it pass. Swallowed, it comes again with the next progress."""


class JobCancelled(JobStopped):
    """The person does not want it any more."""


class JobTookTooLong(JobStopped):
    """Its kind's time limit is over."""


class LeaseLost(JobStopped):
    """Another worker has taken this job over, or it has been ended from outside: nothing of this try counts."""
