from organization.models.login import FirstAdminLink, KnownDevice, LoginCounter, UsedPin
from organization.models.people import Department, Division, Employee
from organization.models.places import Branch, Store, StoreBranch
from organization.models.roles import RoleGrant
from organization.models.tokens import ApiToken

__all__ = [
    "ApiToken",
    "Branch",
    "Department",
    "Division",
    "Employee",
    "FirstAdminLink",
    "KnownDevice",
    "LoginCounter",
    "RoleGrant",
    "Store",
    "StoreBranch",
    "UsedPin",
]
