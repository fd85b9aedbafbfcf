"""No sensitive service does anything without its audit entry: whatever an app exports as a service is here, or says why
it is not, so that a new one without an entry fails.
"""

import importlib.util
import inspect
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from core import audit
from core.models import AuditEntry
from monitoring import services as monitoring
from monitoring.choices import TransportKind
from monitoring.models import LoadRun, Machine
from monitoring.tests.factories import MachineFactory
from organization import services as organization
from organization.choices import EmployeeStatus, Role
from organization.login import first_admin
from organization.login import services as login
from organization.login.exceptions import WrongPin
from organization.models import (
    ApiToken,
    Employee,
    FirstAdminLink,
    LoginCounter,
    RoleGrant,
    Store,
    StoreBranch,
)
from organization.tests.factories import (
    LONG_AGO,
    BranchFactory,
    EmployeeFactory,
    RoleGrantFactory,
    StoreFactory,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

# What changes nothing that an auditor asks about.
NOT_SENSITIVE = {
    "monitoring.services.claim_load": "a worker takes what a person asked for, and that was recorded",
    "monitoring.services.end_load": "the same",
    "monitoring.services.sweep_stale_loads": "the same",
    "monitoring.services.roll_up": "sums of samples",
    "notifications.services.is_local": "reads",
    "notifications.services.mark_all_read": "a person's own inbox",
    "notifications.services.mark_read": "the same",
    "notifications.services.notify": "tells of what somebody did, and that was recorded",
    "notifications.services.remove_old": "retention of read news",
    "notifications.services.set_mail_preferences": "a person's own wish",
    "organization.login.services.identify": "reads, and counts look-ups",
    "organization.services.personal_data_of": "reads",
}


def boss():
    return EmployeeFactory(roles=[Role.ADMINISTRATOR])


def freeze():
    person, actor = EmployeeFactory(), boss()
    return lambda: organization.freeze_employee(employee=person, actor=actor)


def resign():
    person, actor = EmployeeFactory(), boss()
    return lambda: organization.mark_resigned(employee=person, actor=actor)


def unfreeze():
    person = EmployeeFactory(status=EmployeeStatus.FROZEN)
    return lambda: organization.unfreeze_employee(employee=person, actor=None)


def reset_pin():
    person = EmployeeFactory()
    return lambda: organization.reset_pin(employee=person, actor=None)


def erase():
    person = EmployeeFactory(status=EmployeeStatus.RESIGNED)
    return lambda: organization.erase_person(employee=person, reason="Asked for it", actor=None)


def unlock():
    person = EmployeeFactory()
    LoginCounter.objects.create(key="k", employee=person, attempts=5, window_started_at=timezone.now())
    return lambda: organization.unlock_login(employee=person, actor=None)


def grant():
    person, actor = EmployeeFactory(), boss()
    return lambda: organization.grant_role(
        employee=person, role=Role.MANAGER, from_on=date(2026, 1, 1), actor=actor
    )


def end_grant():
    given = RoleGrantFactory()
    return lambda: organization.end_role_grant(grant=given, last_on=timezone.localdate(), actor=None)


def take_back_grant():
    given = RoleGrantFactory(days=DateRange(timezone.localdate() + timedelta(days=9), None))
    return lambda: organization.end_role_grant(grant=given, last_on=timezone.localdate(), actor=None)


def assign_branch():
    store, branch = StoreFactory(), BranchFactory()
    tomorrow = timezone.localdate() + timedelta(days=2)
    return lambda: organization.assign_branch(store=store, branch=branch, from_on=tomorrow, actor=None)


def follow_the_calendar():
    store = StoreFactory()
    StoreBranch.objects.filter(store=store).update(branch=BranchFactory(), days=DateRange(LONG_AGO, None))
    return organization.follow_the_calendar


def make_api_token():
    person = EmployeeFactory()
    return lambda: organization.make_api_token(
        employee=person, name="Gudang", valid_for=timedelta(days=1), actor=None
    )


def revoke_api_token():
    token, _text = make_api_token()()
    return lambda: organization.revoke_api_token(token=token, actor=None)


def change_own_pin():
    person = EmployeeFactory(pin="482913")
    return lambda: login.change_own_pin(person=person, pin="739105")


def check_wrong_pin():
    """A wrong PIN changes nothing but the count of tries, which stays on purpose; its entry is what counts."""
    person = EmployeeFactory(pin="482913")
    return lambda: login.check_pin(nik=person.nik, pin="739105", address="203.0.113.1", device_token="")


def make_link():
    BranchFactory(head_office=True)
    return lambda: first_admin.make_link(nik="7654321", name="Pertama")


def spend_link():
    BranchFactory(head_office=True)
    token = first_admin.make_link(nik="7654321", name="Pertama").token
    return lambda: first_admin.spend_link(token=token, pin="739105")


def request_load():
    machine, actor = MachineFactory(transport=TransportKind.LOCAL), EmployeeFactory()
    return lambda: monitoring.request_load(machine=machine, actor=actor)


def ensure_local_machine():
    return monitoring.ensure_local_machine


CASES: dict[str, list[Callable[[], Callable[[], Any]]]] = {
    "organization.services.freeze_employee": [freeze],
    "organization.services.mark_resigned": [resign],
    "organization.services.unfreeze_employee": [unfreeze],
    "organization.services.erase_person": [erase],
    "organization.services.reset_pin": [reset_pin],
    "organization.services.unlock_login": [unlock],
    "organization.services.grant_role": [grant],
    "organization.services.end_role_grant": [end_grant, take_back_grant],
    "organization.services.assign_branch": [assign_branch],
    "organization.services.follow_the_calendar": [follow_the_calendar],
    "organization.services.make_api_token": [make_api_token],
    "organization.services.revoke_api_token": [revoke_api_token],
    "organization.login.services.check_pin": [check_wrong_pin],
    "organization.login.services.change_own_pin": [change_own_pin],
    "organization.login.first_admin.make_link": [make_link],
    "organization.login.first_admin.spend_link": [spend_link],
    "monitoring.services.request_load": [request_load],
    "monitoring.services.ensure_local_machine": [ensure_local_machine],
}
EVERY_CASE = [
    pytest.param(case, id=f"{name}-{case.__name__}") for name, cases in CASES.items() for case in cases
]
ROWS_THAT_MATTER = (ApiToken, Employee, FirstAdminLink, RoleGrant, Store, StoreBranch, Machine, LoadRun)


def services_there_are():
    """What each app's `services` exports, and what else writes at the door."""
    found = set()
    names = [
        f"{config.name}.services"
        for config in apps.get_app_configs()
        if config.module.__file__.startswith(str(settings.BASE_DIR))
    ]
    for name in [*names, "organization.login.services", "organization.login.first_admin"]:
        if importlib.util.find_spec(name) is None:
            continue
        module = importlib.import_module(name)
        exported = getattr(module, "__all__", None) or [
            key for key, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == name and not key.startswith("_")
        ]  # fmt: skip
        found |= {f"{name}.{key}" for key in exported if inspect.isfunction(getattr(module, key))}
    # A look-up that writes nothing, beside the two that do.
    return found - {"organization.login.first_admin.person_of_link"}


def test_every_service_is_audited_or_says_why_it_need_not_be():
    assert services_there_are() == CASES.keys() | NOT_SENSITIVE.keys()


@pytest.mark.parametrize("prepare", EVERY_CASE)
def test_a_sensitive_service_leaves_its_entry(prepare):
    act = prepare()
    before = AuditEntry.objects.count()
    run(act)
    assert AuditEntry.objects.count() > before


@pytest.mark.parametrize("prepare", EVERY_CASE)
def test_without_its_entry_nothing_is_done(prepare, broken_trail):
    act = prepare()
    before = rows()
    broken_trail()
    with pytest.raises(audit.NotRecorded, match="the trail is broken"):
        run(act)
    assert rows() == before


def run(act):
    try:
        act()
    except WrongPin:
        pass  # what a wrong PIN is answered with


def rows():
    return {model.__name__: sorted(model.objects.values_list(), key=str) for model in ROWS_THAT_MATTER}


@pytest.fixture
def broken_trail():
    """Lets PostgreSQL refuse each new entry, as a full disk or a missing partition would."""
    with connections["owner"].cursor() as cursor:
        yield lambda: cursor.execute(
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the trail is broken' USING ERRCODE = 'integrity_constraint_violation'; END $$;"
            "CREATE TRIGGER broken BEFORE INSERT ON core_auditentry FOR EACH ROW EXECUTE FUNCTION broken()"
        )
        cursor.execute("DROP FUNCTION IF EXISTS broken() CASCADE")
