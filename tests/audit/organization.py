"""What is audited of people, roles, stores and the login."""

from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organization import services as organization
from organization.choices import EmployeeStatus, Role
from organization.demo.cast import CAST_DOMAIN, ROLE_CARDS
from organization.login import first_admin
from organization.login import services as login
from organization.login.services import check_pin
from organization.models import (
    ApiToken,
    Division,
    Employee,
    FirstAdminLink,
    LoginCounter,
    RoleGrant,
    Store,
    StoreBranch,
)
from organization.services import imported
from organization.tests.doors import PIN, WRONG, log_in, type_nik
from organization.tests.factories import (
    LONG_AGO,
    BranchFactory,
    DivisionFactory,
    EmployeeFactory,
    RoleGrantFactory,
    StoreFactory,
)
from tests.audit.acts import Doors, Services, Writers, boss, client_of


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


def choose_language():
    person = EmployeeFactory(language="id")
    return lambda: organization.choose_language(person=person, language="en")


def hand_over():
    person = EmployeeFactory()
    return lambda: organization.personal_data_of(person, actor=None)


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


def add_many():
    person = boss()
    values = [{"code": "D1", "name": "Satu"}]
    return lambda: imported.add_many(Division, values, actor=person)


def change_many():
    division, person = DivisionFactory(), boss()
    change = imported.Change(division, {"name": (division.name, "Baru")})
    return lambda: imported.change_many([change], actor=person)


def move_many():
    move = imported.Move(StoreFactory(), BranchFactory(), timezone.localdate() + timedelta(days=3))
    person = boss()
    return lambda: imported.assign_branches([move], actor=person)


def log_in_by_pin():
    person = EmployeeFactory(pin=PIN)
    client = Client(raise_request_exception=False)
    return lambda: log_in(client, person.nik)


def log_in_by_a_role_card():
    nik = ROLE_CARDS[Role.AUDITOR]
    EmployeeFactory(nik=nik, email=f"{nik}@{CAST_DOMAIN}", roles=[Role.AUDITOR])
    client = Client(raise_request_exception=False)
    return lambda: client.post(reverse("login:role-card"), {"role": Role.AUDITOR})


def log_out():
    client = client_of(EmployeeFactory())
    return lambda: client.post(reverse("login:logout"))


def log_in_to_a_frozen_account():
    """Refused with its entry, and refused without it."""
    person = EmployeeFactory(pin=PIN, status=EmployeeStatus.FROZEN)
    return lambda: check_pin(nik=person.nik, pin=PIN, address="203.0.113.1", device_token="")


def log_in_by_a_pin_too_old():
    person = EmployeeFactory(pin=PIN, pin_expires_at=timezone.now() - timedelta(hours=1))
    return lambda: check_pin(nik=person.nik, pin=PIN, address="203.0.113.1", device_token="")


def type_the_last_wrong_pin():
    person, client = EmployeeFactory(pin=PIN), Client(raise_request_exception=False)
    for _ in range(4):
        log_in(client, person.nik, WRONG)
    type_nik(client, person.nik)
    return lambda: client.post(reverse("login:pin"), {"pin": WRONG})


def confirm_by_pin():
    """The act that asked for the PIN is not done either."""
    person, client = EmployeeFactory(), client_of(boss())
    address = reverse("admin:organization_employee_reset_pin", args=[person.pk])
    return lambda: client.post(address, {"confirmed": 1, "fresh_pin": PIN})


SERVICES: Services = {
    "organization.services.freeze_employee": [freeze],
    "organization.services.mark_resigned": [resign],
    "organization.services.unfreeze_employee": [unfreeze],
    "organization.services.erase_person": [erase],
    "organization.services.personal_data_of": [hand_over],
    "organization.services.reset_pin": [reset_pin],
    "organization.services.unlock_login": [unlock],
    "organization.services.choose_language": [choose_language],
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
}

DOORS: Doors = (
    add_many,
    change_many,
    move_many,
    log_in_by_pin,
    log_in_by_a_role_card,
    log_out,
    log_in_to_a_frozen_account,
    log_in_by_a_pin_too_old,
    type_the_last_wrong_pin,
    confirm_by_pin,
)

WRITERS: Writers = {
    "organization.services.imported.add_many": ("add_many",),
    "organization.services.imported.change_many": ("change_many",),
    "organization.services.imported.assign_branches": ("move_many",),
    "organization.fresh_factor._is_their_pin": ("confirm_by_pin",),
    "organization.login.doorstep.let_in": ("log_in_by_pin", "log_in_by_a_role_card"),
    "organization.login.doorstep.let_out": ("log_out",),
    "organization.login.services.check_pin": ("log_in_to_a_frozen_account", "log_in_by_a_pin_too_old"),
    "organization.login.services._record_refusal": ("type_the_last_wrong_pin",),
    "organization.services.accounts.unfreeze_employee": ("organization.services.unfreeze_employee",),
    "organization.services.accounts.reset_pin": ("organization.services.reset_pin",),
    "organization.services.accounts.choose_language": ("organization.services.choose_language",),
    "organization.services.accounts.unlock_login": ("organization.services.unlock_login",),
    "organization.services.accounts._leave": (
        "organization.services.freeze_employee",
        "organization.services.mark_resigned",
    ),
    "organization.services.tokens.make_api_token": ("organization.services.make_api_token",),
    "organization.services.tokens.revoke_api_token": ("organization.services.revoke_api_token",),
    "organization.services.erasing.erase_person": ("organization.services.erase_person",),
    "organization.services.erasing.personal_data_of": ("organization.services.personal_data_of",),
    "organization.services.roles.grant_role": (
        "organization.services.grant_role",
        "ppob.services.add_login",
        "ppob.services.change_login",
    ),
    "organization.services.roles.end_role_grant": (
        "organization.services.end_role_grant",
        "ppob.services.end_login",
    ),
    "organization.services.stores.assign_branch": ("organization.services.assign_branch",),
    "organization.services.stores.follow_the_calendar": ("organization.services.follow_the_calendar",),
    "organization.login.services.change_own_pin": ("organization.login.services.change_own_pin",),
    "organization.login.first_admin.make_link": ("organization.login.first_admin.make_link",),
    "organization.login.first_admin.spend_link": ("organization.login.first_admin.spend_link",),
}

# What changes nothing that an auditor asks about.
NOT_SENSITIVE = {
    "organization.login.services.identify": "reads, and counts look-ups",
}

# What must be as it was when an act is refused.
ROWS = (ApiToken, Employee, FirstAdminLink, RoleGrant, Store, StoreBranch)
