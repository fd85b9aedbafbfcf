from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from organization.choices import Role

_DIRECTORY = ("view_branch", "view_store", "view_employee")
_MASTER = ("branch", "store", "storebranch", "division", "department", "employee")


class OrganizationConfig(AppConfig):
    """Places and people."""

    name = "organization"
    verbose_name = _("Organization")

    # What each role may do here. `roles.seed_roles` turns the lines of every app into group permissions.
    role_permissions = {
        Role.ADMINISTRATOR: (
            *(f"{act}_{model}" for model in _MASTER for act in ("view", "add", "change")),
            *(f"{act}_rolegrant" for act in ("view", "add", "change")),
            "unlock_employee",
            "reset_pin",
        ),
        Role.MANAGER: (
            *_DIRECTORY,
            "add_store",
            "change_store",
            "change_employee",
            "change_branch",
            "view_storebranch",
            "add_storebranch",
            "view_division",
            "view_department",
            "reset_pin",
        ),
        Role.COORDINATOR: _DIRECTORY,
        Role.ASSISTANT_COORDINATOR: _DIRECTORY,
        Role.STORE_SUPPORT: ("view_store",),
        Role.SUPERVISOR: _DIRECTORY,
        Role.RESPONSIBLE_STAFF: ("view_store",),
        Role.BETA_MANAGER: ("view_store", "view_branch"),
        Role.MONITORING_ADMIN: ("view_branch",),
        Role.AUDITOR: (*(f"view_{model}" for model in (*_MASTER, "rolegrant")),),
    }
    # The audit trail shows these masked, and can forget them.
    personal_fields = {"employee": {"name", "phone", "email", "picture"}}
    # Roles whose work is in the Django admin.
    admin_roles = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.AUDITOR, Role.MONITORING_ADMIN})
