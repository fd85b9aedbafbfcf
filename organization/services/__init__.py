"""What can be done to places and people. Doors check the permission; these hold the rules and the transaction."""

from organization.services.accounts import (
    choose_language,
    freeze_employee,
    mark_resigned,
    reset_pin,
    unfreeze_employee,
    unlock_login,
)
from organization.services.erasing import erase_person, personal_data_of
from organization.services.roles import end_role_grant, grant_role
from organization.services.stores import assign_branch, follow_the_calendar
from organization.services.tokens import make_api_token, revoke_api_token

__all__ = [
    "assign_branch",
    "choose_language",
    "end_role_grant",
    "erase_person",
    "follow_the_calendar",
    "freeze_employee",
    "grant_role",
    "make_api_token",
    "mark_resigned",
    "personal_data_of",
    "reset_pin",
    "revoke_api_token",
    "unfreeze_employee",
    "unlock_login",
]
