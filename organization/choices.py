from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """The name is the group's name in the database, the label what people read."""

    ADMINISTRATOR = "administrator", _("Administrator")
    MANAGER = "manager", _("Manager")
    COORDINATOR = "coordinator", _("Coordinator")
    ASSISTANT_COORDINATOR = "assistant_coordinator", _("Assistant coordinator")
    STORE_SUPPORT = "store_support", _("Store support")
    DEPARTMENT_PIC = "department_pic", _("Department PIC")
    RESPONSIBLE_STAFF = "responsible_staff", _("Responsible staff")
    BETA_MANAGER = "beta_manager", _("Beta manager")
    PPOB_ADMINISTRATOR = "ppob_administrator", _("PPOB administrator")
    PPOB_STAFF = "ppob_staff", _("PPOB staff")
    ACCOUNTANT = "accountant", _("Accountant")
    MONITORING_ADMIN = "monitoring_admin", _("Monitoring admin")
    MACHINE_PIC = "machine_pic", _("Machine PIC")
    SUPERVISOR = "supervisor", _("Supervisor")
    AUDITOR = "auditor", _("Auditor")
    # Every employee reports problems; nobody needs a grant for it.
    REPORTER = "reporter", _("Reporter")


# Those whose work is in the Django admin.
ADMIN_ROLES = frozenset(
    {
        Role.ADMINISTRATOR,
        Role.MANAGER,
        Role.AUDITOR,
        Role.MONITORING_ADMIN,
        Role.PPOB_ADMINISTRATOR,
        Role.BETA_MANAGER,
    }
)


# Accounts, roles, the trail and the payment point know no branch: whoever keeps or checks them does so for the whole chain.
NATIONAL_ROLES = frozenset(
    {Role.ADMINISTRATOR, Role.AUDITOR, Role.PPOB_ADMINISTRATOR, Role.PPOB_STAFF, Role.ACCOUNTANT}
)

# Who works in the payment point's back office; its own administrators let them in.
PPOB_ROLES = (Role.PPOB_ADMINISTRATOR, Role.PPOB_STAFF, Role.ACCOUNTANT)
# Which roles somebody who is no administrator gives and ends.
GIVEN_BY = {Role.PPOB_ADMINISTRATOR: frozenset(PPOB_ROLES)}


class ScopeKind(TextChoices):
    NATIONAL = "national", _("National")
    BRANCH = "branch", _("Branch")
    DIVISION = "division", _("Division")


class EmployeeStatus(TextChoices):
    ACTIVE = "active", _("Active")
    FROZEN = "frozen", _("Frozen")
    RESIGNED = "resigned", _("Resigned")


class TimeZone(TextChoices):
    """Indonesia's three zones; the label is what follows every time on a page."""

    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"


class BranchKind(TextChoices):
    DISTRIBUTION_CENTRE = "dc", _("Distribution centre")
    HEAD_OFFICE = "head_office", _("Head office")


class StoreState(TextChoices):
    """What a store is on a day, computed from its dates and stored nowhere."""

    OPEN = "open", _("Open")
    PAUSED = "paused", _("Temporarily closed")
    CLOSED = "closed", _("Closed")
    COMING = "coming", _("Opening soon")
