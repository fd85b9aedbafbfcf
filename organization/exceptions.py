from django.utils.translation import gettext as _

from core.exceptions import GeraiError


class OrganizationError(GeraiError):
    """Base of the rules about places and people."""


class NotAboutYourself(OrganizationError):
    def __str__(self) -> str:
        return _("Somebody else has to do this for you.")


class OnlyForAdministrators(OrganizationError):
    def __str__(self) -> str:
        return _("Only an administrator may do this.")


class LastAdministrator(OrganizationError):
    def __str__(self) -> str:
        return _("This is the last administrator: name another one first.")


class PastIsKept(OrganizationError):
    def __str__(self) -> str:
        return _("The store belonged to another branch on days that have passed; these stay as they were.")


class AlreadyGranted(OrganizationError):
    def __str__(self) -> str:
        return _("The person already holds this role with this scope on some of these days.")


class AccountNotActive(OrganizationError):
    def __str__(self) -> str:
        return _("This account is not active.")


class NotResigned(OrganizationError):
    def __str__(self) -> str:
        return _("Only who left can be erased: mark the person as resigned first.")
