"""Every flow across apps, on one page: who listens to which event, and what the apps put into menu and Beranda."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audit.access import require
from core.audit.personal import entries_about
from core.events import listen
from core.imports import repair as import_repair
from core.jobs import ended as job_ends
from core.jobs.personal import erase_work, work_of
from core.jobs.selectors import job_topics_allowed, open_jobs_count
from core.live import authorisers, check_rights_again
from core.outbox import OutboxDead
from core.registry import Finder, MenuItem, Panel, PersonalData, registry
from monitoring import notices as machine_notices
from monitoring.finders import find_machines
from monitoring.panels import machines_panel
from monitoring.selectors import machine_topics_allowed
from notifications.kinds import declare
from notifications.personal import erase_notifications, notifications_of
from notifications.selectors import topics_allowed
from organization.events import (
    EmployeeFrozen,
    EmployeeResigned,
    EmployeeUnfrozen,
    LoginUnlocked,
    PinReset,
    RoleEnded,
    RoleGranted,
)
from organization.finders import find_employees, find_stores
from organization.panels import directory_panel, workplace_panel
from organization.personal import account_of, erase_account
from organization.scopes import scope_of
from portal import notices


def connect() -> None:
    """Called once, when all apps are loaded."""
    registry.menu += [
        MenuItem(label=_("Home"), url_name="home", icon="home", permission=None),
        MenuItem(
            label=_("Machines"),
            short=pgettext_lazy("bottom bar", "Machines"),
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
        MenuItem(
            label=_("Audit trail"),
            url_name="audit:list",
            icon="history",
            permission="core.view_auditentry",
            section=_("Control"),
        ),
    ]
    registry.menu += [
        MenuItem(
            label=_("My jobs"),
            short=pgettext_lazy("bottom bar", "Jobs"),
            url_name="jobs:list",
            icon="progress",
            permission=None,
            count=open_jobs_count,
        ),
    ]
    registry.panels += [
        Panel(
            key="machines",
            template="monitoring/_panel.html",
            permission="monitoring.view_machine",
            context=machines_panel,
            wide=True,
        ),
        Panel(
            key="directory",
            template="organization/_directory_panel.html",
            permission="organization.view_store",
            context=directory_panel,
        ),
        Panel(
            key="roles",
            template="portal/_roles_panel.html",
            permission=None,
            context=lambda request: {},
        ),
        Panel(
            key="workplace",
            template="organization/_workplace_panel.html",
            permission=None,
            context=workplace_panel,
        ),
    ]
    registry.finders += [
        Finder(
            label=_("Machines"),
            icon="server",
            permission="monitoring.view_machine",
            find=find_machines,
            list_url_name="monitoring:machine-list",
        ),
        Finder(
            label=_("Stores"),
            icon="building-store",
            permission="organization.view_store",
            find=find_stores,
            list_url_name="organization:store-list",
        ),
        Finder(
            label=_("Employees"),
            icon="user",
            permission="organization.view_employee",
            find=find_employees,
            list_url_name="organization:employee-list",
        ),
    ]
    registry.personal += [
        PersonalData(key="account", collect=account_of, erase=erase_account),
        PersonalData(key="work", collect=work_of, erase=erase_work),
        PersonalData(key="notifications", collect=notifications_of, erase=erase_notifications),
        PersonalData(
            key="audit", collect=entries_about, erase=lambda person: 0
        ),  # its owner's: `person --erase`
    ]
    require(lambda person: scope_of(person, "core.view_auditentry").national)
    authorisers["monitoring.machine"] = machine_topics_allowed
    authorisers["core.job"] = job_topics_allowed
    narrowing: tuple[type[Any], ...] = (EmployeeFrozen, EmployeeResigned, PinReset, RoleEnded, RoleGranted)
    for event in narrowing:
        listen(event, close_sockets)
    _connect_notifications()


def _connect_notifications() -> None:
    """Who is told what. Jobs tell in the transaction that ends them, machines by the outbox: those must not be lost."""
    notices.declare_kinds()
    declare(machine_notices.GROUP, *machine_notices.KINDS)
    authorisers["notifications.person"] = topics_allowed
    for hearer in (import_repair.job_ended, notices.job_ended):
        if hearer not in job_ends:
            job_ends.append(hearer)
    listen(PinReset, notices.pin_reset)
    listen(LoginUnlocked, notices.login_unlocked)
    listen(EmployeeUnfrozen, notices.account_opened)
    listen(RoleGranted, notices.role_granted)
    listen(RoleEnded, notices.role_ended)
    listen(OutboxDead, notices.outbox_dead)


def close_sockets(event: EmployeeFrozen | EmployeeResigned | PinReset | RoleEnded | RoleGranted) -> None:
    """Who may no longer listen stops at once; everybody else's page comes back by itself."""
    check_rights_again(event.employee_id)
