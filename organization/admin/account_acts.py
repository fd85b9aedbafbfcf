"""What can be done to an account, each with its question; the rules are the services'."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organization import services
from organization.admin.acts import Act
from organization.models import Employee

CHANGE = "organization.change_employee"


def _freeze(person: Employee, form: Any, actor: Any) -> None:
    services.freeze_employee(employee=person, actor=actor)


def _unfreeze(person: Employee, form: Any, actor: Any) -> None:
    services.unfreeze_employee(employee=person, actor=actor)


def _resign(person: Employee, form: Any, actor: Any) -> None:
    services.mark_resigned(employee=person, actor=actor)


def _unlock(person: Employee, form: Any, actor: Any) -> None:
    services.unlock_login(employee=person, actor=actor)


def _reset_pin(person: Employee, form: Any, actor: Any) -> str:
    pin = services.reset_pin(employee=person, actor=actor)
    return gettext("One-time PIN of %(person)s: %(pin)s. It is shown only now and holds for a day.") % {
        "person": person,
        "pin": pin,
    }


ACCOUNT_ACTS = {
    "freeze": Act(
        title=_("Freeze"),
        question=_("They are logged out at once and cannot log in until somebody unfreezes the account."),
        verb=_("Yes, freeze"),
        permission=CHANGE,
        carry_out=_freeze,
        is_dangerous=True,
    ),
    "unfreeze": Act(
        title=_("Unfreeze"),
        question=_("They can log in again with the PIN they had."),
        verb=_("Yes, unfreeze"),
        permission=CHANGE,
        carry_out=_unfreeze,
    ),
    "resign": Act(
        title=_("Mark as resigned"),
        question=_("They are logged out at once and cannot log in again. What they did stays."),
        verb=_("Yes, mark as resigned"),
        permission=CHANGE,
        carry_out=_resign,
        is_dangerous=True,
    ),
    "reset_pin": Act(
        title=_("Reset PIN"),
        question=_(
            "They are logged out, and get a one-time PIN that you hand over. At login they choose their own."
        ),
        verb=_("Yes, reset the PIN"),
        permission="organization.reset_pin",
        carry_out=_reset_pin,
        is_dangerous=True,
        needs_fresh_factor=True,
        at_most=25,
    ),
    "unlock": Act(
        title=_("Unlock login"),
        question=_("Wrong PINs typed so far are forgotten, and they can try again at once."),
        verb=_("Yes, unlock"),
        permission="organization.unlock_employee",
        carry_out=_unlock,
    ),
}
