"""Every flow across apps, on one page: who listens to which event, and what the apps put into menu and Beranda."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from betaapp import notices as beta_notices
from betaapp.finders import find_programs
from betaapp.panels import beta_panel
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
from organization.panels import directory_panel, role_to_come_panel, workplace_panel
from organization.personal import account_of, erase_account
from organization.scopes import scope_of
from portal import notices
from ppob import ledger_notices, reconciliation_notices
from ppob import notices as balance_notices
from ppob.events import SalesReported
from ppob.finders import find_accounts, find_agents, find_products
from ppob.live import SALES, sales_topics_allowed, tell_pages_of_sales
from ppob.panels import payment_point_panel
from ppob.selectors.reconciliation import unsigned_days_count


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
            label=pgettext_lazy("menu", "Report"),
            url_name="ppob:transaction-list",
            icon="receipt",
            permission="ppob.view_transaction",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("Suspect queue"),
            short=pgettext_lazy("bottom bar", "Suspects"),
            url_name="ppob:suspect-list",
            icon="help-circle",
            permission="ppob.view_transaction",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("Posting exceptions"),
            short=pgettext_lazy("bottom bar", "Exceptions"),
            url_name="ppob:exception-list",
            icon="alert-triangle",
            permission="ppob.view_postingexception",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("Daily performance"),
            short=pgettext_lazy("bottom bar", "Performance"),
            url_name="ppob:performance-list",
            icon="chart-bar",
            permission="ppob.view_salesday",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("Products sold"),
            short=pgettext_lazy("bottom bar", "Sold"),
            url_name="ppob:recap-list",
            icon="list-numbers",
            permission="ppob.view_salesday",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("Saved reports"),
            short=pgettext_lazy("bottom bar", "Saved"),
            url_name="ppob:report-list",
            icon="bookmark",
            permission="ppob.view_savedreport",
            section=_("PPOB"),
        ),
        MenuItem(
            label=pgettext_lazy("menu", "Agents"),
            url_name="ppob:agent-list",
            icon="user-dollar",
            permission="ppob.view_agent",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("Products"),
            url_name="ppob:product-list",
            icon="package",
            permission="ppob.view_product",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("Connections"),
            short=pgettext_lazy("bottom bar", "Lines"),
            url_name="ppob:connection-list",
            icon="plug-connected",
            permission="ppob.view_connection",
            section=_("PPOB"),
        ),
        MenuItem(
            label=pgettext_lazy("menu", "Back-office logins"),
            short=pgettext_lazy("bottom bar", "Logins"),
            url_name="ppob:login-list",
            icon="user-key",
            permission="ppob.view_login",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("Biller balances"),
            short=pgettext_lazy("bottom bar", "Balances"),
            url_name="ppob:biller-balance-list",
            icon="wallet",
            permission="ppob.view_biller",
            section=_("PPOB"),
        ),
        MenuItem(
            label=pgettext_lazy("menu", "Reconciliation H+1"),
            short=pgettext_lazy("bottom bar", "H+1"),
            url_name="ppob:reconciliation-board",
            icon="scale",
            permission="ppob.view_reconciliationrun",
            section=_("PPOB"),
            count=lambda request: unsigned_days_count(),
        ),
        MenuItem(
            label=_("Top-ups"),
            url_name="ppob:topup-list",
            icon="cash-banknote",
            permission="ppob.view_topup",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("Account statements"),
            short=pgettext_lazy("bottom bar", "Statements"),
            url_name="ppob:statement-list",
            icon="arrows-exchange",
            permission="ppob.view_account",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("Redemptions"),
            url_name="ppob:redemption-list",
            icon="gift",
            permission="ppob.view_redemption",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("General ledger"),
            short=pgettext_lazy("bottom bar", "Ledger"),
            url_name="ppob:ledger-day-list",
            icon="book-2",
            permission="ppob.view_ledgerday",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("Daily journal"),
            short=pgettext_lazy("bottom bar", "Journal"),
            url_name="ppob:journal",
            icon="notebook",
            permission="ppob.view_ledgerday",
            section=_("PPOB"),
        ),
        MenuItem(
            label=_("Commissions and taxes"),
            short=pgettext_lazy("bottom bar", "Taxes"),
            url_name="ppob:commissions",
            icon="receipt-tax",
            permission="ppob.view_salesday",
            section=_("PPOB"),
        ),
        MenuItem(
            label="Beta-app",
            url_name="betaapp:program",
            icon="flask",
            permission="betaapp.view_betaprogram",
            section="Beta-app",
        ),
        MenuItem(
            label="Beta-app Store",
            short=pgettext_lazy("bottom bar", "Stores"),
            url_name="betaapp:stores",
            icon="building-store",
            permission="betaapp.enroll_store",
            section="Beta-app",
        ),
        MenuItem(
            label=pgettext_lazy("menu", "Beta results"),
            short=pgettext_lazy("bottom bar", "Results"),
            url_name="betaapp:results",
            icon="chart-dots",
            permission="betaapp.view_betaprogram",
            section="Beta-app",
        ),
        MenuItem(
            label=pgettext_lazy("menu", "Store versions"),
            short=pgettext_lazy("bottom bar", "Versions"),
            url_name="betaapp:store-version-list",
            icon="versions",
            permission="betaapp.view_installedversion",
            section="Beta-app",
        ),
        MenuItem(
            label=pgettext_lazy("menu", "Feedback"),
            url_name="betaapp:feedback-list",
            icon="message-star",
            permission=None,
            section="Beta-app",
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
        MenuItem(
            label=_("Administration"),
            short=pgettext_lazy("bottom bar", "Admin"),
            url_name="admin:index",
            icon="settings",
            permission=None,
            section=_("Control"),
            for_staff=True,
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
            key="ppob",
            template="ppob/_panel.html",
            permission="ppob.view_biller",
            context=payment_point_panel,
            wide=True,
        ),
        Panel(
            key="beta",
            template="betaapp/_panel.html",
            permission="betaapp.decide_betaprogram",
            context=beta_panel,
            wide=True,
        ),
        Panel(
            key="directory",
            template="organization/_directory_panel.html",
            permission="organization.view_store",
            context=directory_panel,
        ),
        Panel(
            key="role-to-come",
            template="organization/_role_to_come_panel.html",
            permission=None,
            context=role_to_come_panel,
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
            label=pgettext_lazy("menu", "Agents"),
            icon="user-dollar",
            permission="ppob.view_agent",
            find=find_agents,
            list_url_name="ppob:agent-list",
        ),
        Finder(
            label=_("Products"),
            icon="package",
            permission="ppob.view_product",
            find=find_products,
            list_url_name="ppob:product-list",
        ),
        Finder(
            label=_("Account statements"),
            icon="arrows-exchange",
            permission="ppob.view_account",
            find=find_accounts,
            list_url_name="ppob:statement-list",
        ),
        Finder(
            label=_("Beta programmes"),
            icon="flask",
            permission="betaapp.view_betaprogram",
            find=find_programs,
            list_url_name="betaapp:program-list",
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
    authorisers[SALES] = sales_topics_allowed
    listen(SalesReported, tell_pages_of_sales)
    narrowing: tuple[type[Any], ...] = (EmployeeFrozen, EmployeeResigned, PinReset, RoleEnded, RoleGranted)
    for event in narrowing:
        listen(event, close_sockets)
    _connect_notifications()


def _connect_notifications() -> None:
    """Who is told what. Jobs tell in the transaction that ends them, machines by the outbox: those must not be lost."""
    notices.declare_kinds()
    declare(machine_notices.GROUP, *machine_notices.KINDS)
    declare(beta_notices.GROUP, *beta_notices.KINDS)
    declare(ledger_notices.GROUP, *ledger_notices.KINDS)
    declare(balance_notices.GROUP, *balance_notices.KINDS)
    declare(reconciliation_notices.GROUP, *reconciliation_notices.KINDS)
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
