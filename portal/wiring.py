"""Every flow across apps, on one page: who listens to which event, and what the apps put into menu and Beranda."""

from django.utils.translation import gettext_lazy as _

from core.registry import MenuItem, registry


def connect() -> None:
    """Called once, when all apps are loaded."""
    registry.menu += [
        MenuItem(label=_("Home"), url_name="home", icon="home", permission=None),
        MenuItem(
            label=_("Machines"),
            url_name="monitoring:machine-list",
            icon="server",
            permission="monitoring.view_machine",
            section=_("Monitoring"),
        ),
        MenuItem(
            label=_("Stores"),
            url_name="organization:store-list",
            icon="building-store",
            permission="organization.view_store",
            section=_("Directory"),
        ),
        MenuItem(
            label=_("Employees"),
            url_name="organization:employee-list",
            icon="users",
            permission="organization.view_employee",
            section=_("Directory"),
        ),
    ]
