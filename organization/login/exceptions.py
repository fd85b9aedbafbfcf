"""Why somebody does not get in. The texts are the field's own; a test holds them word for word."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.exceptions import GeraiError
from organization.choices import TimeZone


class LoginRefused(GeraiError):
    """Base: what the login pages show beside the field."""


class UnknownNik(LoginRefused):
    def __str__(self) -> str:
        return _("This NIK is not registered!")


class AccountDisabled(LoginRefused):
    """Frozen and resigned look the same to whoever stands at the door."""

    def __str__(self) -> str:
        return _("Sorry, this account was disabled by the admin!")


class LookUpFailed(LoginRefused):
    def __str__(self) -> str:
        return _("Could not get the user's data!")


class _Until(LoginRefused):
    """Carries when it ends, already in the person's time zone."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until

    @property
    def clock(self) -> str:
        """08.45 WIB: the hour as the person's own clock shows it, with the zone's name."""
        zone = str(self.until.tzinfo)
        name = TimeZone(zone).label if zone in TimeZone.values else self.until.tzname()
        return f"{self.until:%H.%M} {name}"


class Locked(_Until):
    def __str__(self) -> str:
        return _("Locked until %(time)s") % {"time": self.clock}


class WrongPin(LoginRefused):
    """`locked` when it was the last try for now."""

    def __init__(self, locked: Locked | None = None) -> None:
        super().__init__()
        self.locked = locked

    def __str__(self) -> str:
        return _("Wrong PIN, please try again")


class TooManyLookUps(_Until):
    def __str__(self) -> str:
        return _("Too many tries from this network. Try again at %(time)s.") % {"time": self.clock}


class TrivialPin(LoginRefused):
    def __str__(self) -> str:
        return _("This PIN is too easy to guess")


class SamePin(LoginRefused):
    def __str__(self) -> str:
        return _("The new PIN must differ from the old one.")


class UsedPinAgain(LoginRefused):
    def __str__(self) -> str:
        return _("You had this PIN before. Choose one that you have not used lately.")


class PinExpired(LoginRefused):
    """A one-time PIN that lay about for a day; its person asks for another."""

    def __str__(self) -> str:
        return _("This one-time PIN is too old. Ask for a new one.")


class LinkSpent(LoginRefused):
    def __str__(self) -> str:
        return _("This link has been used or is too old.")


class AdministratorExists(LoginRefused):
    def __str__(self) -> str:
        return _("There is an administrator already.")
