from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from organization.choices import Role, ScopeKind

_DIRECTORY = ("view_branch", "view_store", "view_employee")
_EXPORTS = ("export_store", "export_employee")
_IMPORTS = ("import_branch", "import_store", "import_employee")
_STRUCTURE = tuple(
    f"{act}_{model}" for model in ("division", "department") for act in ("view", "add", "change", "import")
)
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
            "view_apitoken",
            "change_apitoken",
            "unlock_employee",
            "reset_pin",
            *_EXPORTS,
            *_IMPORTS,
            *_STRUCTURE,
        ),
        Role.MANAGER: (
            *_DIRECTORY,
            *_EXPORTS,
            *_IMPORTS,
            "add_store",
            "change_store",
            "change_employee",
            "change_branch",
            "view_storebranch",
            "add_storebranch",
            *_STRUCTURE,
            "reset_pin",
        ),
        Role.COORDINATOR: (*_DIRECTORY, *_EXPORTS),
        Role.ASSISTANT_COORDINATOR: (*_DIRECTORY, "export_store"),
        Role.STORE_SUPPORT: ("view_store",),
        Role.SUPERVISOR: (*_DIRECTORY, "export_store"),
        Role.RESPONSIBLE_STAFF: ("view_store",),
        Role.BETA_MANAGER: ("view_store", "view_branch"),
        Role.MONITORING_ADMIN: ("view_branch",),
        Role.AUDITOR: (*(f"view_{model}" for model in (*_MASTER, "rolegrant")), *_EXPORTS),
    }
    # The audit trail shows these masked, and can forget them.
    personal_fields = {"employee": {"name", "phone", "email", "picture"}}
    audit_acts = {
        "account.frozen": _("Account frozen"),
        "account.resigned": _("Marked as resigned"),
        "account.unfrozen": _("Account unfrozen"),
        "account.pin_reset": _("PIN reset"),
        "account.erased": _("Person erased"),
        "account.unlocked": _("Login unlocked"),
        "api_token.made": _("API token made"),
        "api_token.revoked": _("API token revoked"),
        "role.granted": _("Role given"),
        "role.ended": _("Role ended"),
        "role.taken_back": _("Role taken back before it began"),
        "store.branch_assigned": _("Branch assigned"),
        "store.branch_followed": _("Branch changed as planned"),
        "login.by_pin": _("Logged in"),
        "login.by_role_card": _("Logged in by a role card"),
        "login.by_first_admin": _("Logged in by the first administrator's link"),
        "login.wrong_pin": _("Wrong PIN"),
        "login.locked": _("Login locked"),
        "login.disabled_account": _("Login refused: account disabled"),
        "login.logged_out": _("Logged out"),
        "login.pin_changed": _("PIN changed"),
        "login.pin_confirmed": _("PIN typed once more"),
        "login.pin_expired": _("Login refused: one-time PIN too old"),
        "login.first_admin_link_made": _("First administrator's link made"),
        "login.first_admin_set": _("First administrator's PIN set"),
    }
    # Facts of these acts that are no field of the object, and the words of their values.
    audit_labels = {
        "role": _("role"),
        "scope": _("scope"),
        "days": _("days"),
        "delegate_of": _("delegate of"),
        "from_on": _("from"),
        "device": _("device"),
        "locked_until": _("locked until"),
        "expires_at": _("valid until"),
    }
    audit_choices = {"role": Role.choices, "scope": ScopeKind.choices}
