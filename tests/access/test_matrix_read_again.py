"""matrix.csv read a second time: not against the code it was written beside, but against what the roles are said to be.

Each rule is a sentence of the house about a role; a row that contradicts one is a fault of the table, the portal or both.
"""

import pytest

from organization.choices import ADMIN_ROLES, Role
from tests.access.matrix import rows
from tests.access.world import ROLES

ROWS = list(rows())
REFUSED = {"403", "404", "405", "login", "new-pin", "401", "410"}
# A door, a probe, words of the pages: for whoever comes.
PUBLIC = {"health-live", "health-ready", "health-status", "javascript-catalog", "set_language"}
DOOR = {
    "login:nik",
    "login:pin",
    "login:logout",
    "login:first-admin",
    "login:role-card",
    "admin:login",
    "admin:logout",
}
# A person's own: work, inbox, session, what they look for.
OWN = ("jobs:", "notifications:", "login:", "home", "search", "set_language")
# Unfold's and Django's pages that hold nothing of anybody.
FRAME = {
    "admin:index",
    "admin:app_list",
    "admin:search",
    "admin:jsi18n",
    "admin:login",
    "admin:logout",
    "pola",
}
WRITES = ("POST", "PUT", "PATCH", "DELETE")


def let_in(row, role):
    return row.answers[role] not in REFUSED


def who(prefix, method="POST"):
    """Every role that is let in at one of the addresses that begin so."""
    return {
        role
        for row in ROWS
        if row.url.startswith(prefix) and row.method == method
        for role in ROLES
        if let_in(row, role)
    }


def test_a_stranger_and_a_frozen_person_see_doors_alone():
    for row in ROWS:
        for nobody in ("anonymous", "frozen"):
            if row.url not in PUBLIC | DOOR:
                assert row.answers[nobody] in REFUSED, (row.url, row.method)


def test_whoever_has_to_change_the_pin_can_do_nothing_else():
    for row in ROWS:
        if row.url not in PUBLIC | DOOR | {"login:new-pin"}:
            assert row.answers["new_pin"] in {"new-pin", "405"}, (row.url, row.method)


def test_the_auditor_changes_nothing_but_what_is_their_own():
    """Reads everything, exports it, and has the trail and the ledger checked."""
    # What is taken home is asked for by POST; what a store thinks is its people's own.
    reads = {
        "audit:list", "audit:object", "ppob:statement", "ppob:run-paper", "ppob:run-kept", "ppob:journal",
        "ppob:commissions", "ppob:reconciliation-day", "betaapp:feedback-add",
    }  # fmt: skip
    for row in ROWS:
        own = (
            row.url.startswith(OWN)
            or row.url.endswith("-list")
            or row.url in FRAME | reads | {"ppob:ledger-prove"}
        )
        leads_on = row.answers[Role.AUDITOR] == "302" or row.url.endswith(("_changelist", "_history"))
        if row.method in WRITES and not own and not leads_on:
            assert not let_in(row, Role.AUDITOR), (row.url, row.method)


def test_only_the_administrator_gives_roles_unlocks_logins_and_opens_accounts():
    """“administrator (accounts, unlocks, roles)”"""
    for name in (
        "admin:organization_rolegrant_add",
        "admin:organization_rolegrant_change",
        "admin:organization_employee_give_role",
        "admin:organization_employee_unlock",
        "admin:organization_employee_add",
    ):
        assert {role for row in ROWS if (row.url, row.method) == (name, "POST") for role in ROLES
                if row.answers[role] not in REFUSED} == {Role.ADMINISTRATOR}, name  # fmt: skip


def test_managers_keep_places_and_people_in_the_admin():
    """“Managers keep branches, stores, divisions, departments, employees … in the Django admin”"""
    for model in ("branch", "store", "division", "department", "employee"):
        assert who(f"admin:organization_{model}_change") >= {Role.ADMINISTRATOR, Role.MANAGER}, model
        assert who(f"admin:organization_{model}_import_table") >= {Role.ADMINISTRATOR, Role.MANAGER}, model


def test_machines_are_registered_by_the_monitoring_admin_alone():
    """“Admin: all machines, registers them” – and a PIC's menu has no act on them, nor has an address."""
    for prefix in ("admin:monitoring_machine_add", "monitoring:machine-load"):
        assert who(prefix) == {Role.MONITORING_ADMIN}, prefix
    assert who("admin:monitoring_machine_change") - {Role.AUDITOR} <= {
        Role.MONITORING_ADMIN, Role.ADMINISTRATOR, Role.MANAGER,
    }  # fmt: skip


def test_machines_are_seen_by_those_who_answer_for_them():
    expected = {
        Role.MONITORING_ADMIN, Role.MACHINE_PIC, Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR,
    }  # fmt: skip
    for prefix in (
        "monitoring:machine-list",
        "monitoring:machine-detail",
        "monitoring:machine-series",
        "api:machine-list",
    ):
        assert who(prefix, "GET") == expected, prefix


def test_the_trail_is_the_auditors_and_the_administrators():
    for prefix in ("audit:list", "audit:object", "jobs:check-audit"):
        assert who(prefix, "GET") | who(prefix) == {Role.AUDITOR, Role.ADMINISTRATOR}, prefix


def test_the_admin_is_the_place_of_four_roles():
    inside = {role for row in ROWS if row.url.startswith("admin:") and row.url not in DOOR for role in ROLES
              if row.method in ("GET", "POST") and let_in(row, role)}  # fmt: skip

    assert inside == set(ADMIN_ROLES)


def test_the_directory_of_people_is_for_those_who_lead_them():
    """Store supports, PICs, PPOB and reporters find no list of colleagues, their telephones or NIKs."""
    expected = {
        Role.ADMINISTRATOR, Role.MANAGER, Role.COORDINATOR, Role.ASSISTANT_COORDINATOR, Role.SUPERVISOR, Role.AUDITOR,
    }  # fmt: skip
    for prefix in ("organization:employee-list", "organization:employee-detail", "api:employee-list"):
        assert who(prefix, "GET") == expected, prefix


@pytest.mark.parametrize(
    "listed", ["organization:store-list", "organization:employee-list", "monitoring:machine-list"]
)
def test_nobody_exports_what_they_may_not_see(listed):
    assert who(listed) <= who(listed, "GET")


def test_nothing_is_deleted_by_anybody():
    """“closed, frozen or ended, and never taken away”"""
    for row in ROWS:
        if row.url.endswith("_delete") or row.method == "DELETE":
            assert row.url in PUBLIC | DOOR or not {role for role in ROLES if row.answers[role] == "200"}, (
                row.url
            )


def test_a_persons_own_pages_are_everybodys():
    for name in (
        "home",
        "search",
        "jobs:list",
        "notifications:inbox",
        "notifications:preferences",
        "login:new-pin",
    ):
        assert who(name, "GET") == set(ROLES), name
