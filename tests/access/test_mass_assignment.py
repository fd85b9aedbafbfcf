"""A form changes what it shows and nothing else, whatever else is sent along: every field of every model, to every address."""

import re
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from organization.choices import Role, ScopeKind
from organization.models import Employee
from organization.tests.doors import PIN
from organization.tests.factories import EmployeeFactory, RoleGrantFactory
from tests.access.addresses import Address, every_address
from tests.access.forms import as_sent
from tests.access.matrix import turned
from tests.access.snapshots import Snapshot, changes, every_field, rows_written, snapshot
from tests.access.world import FORM, OBJECTS, World, undone

pytestmark = pytest.mark.django_db
NEW_PIN = "905173"
WRITERS = (
    Role.ADMINISTRATOR,
    Role.MANAGER,
    Role.MONITORING_ADMIN,
    Role.PPOB_ADMINISTRATOR,
    Role.BETA_MANAGER,
)

# What an address is for: all that a POST to it may change. What is not named here changes nothing.
MAY_CHANGE: dict[str, set[str]] = {
    "login:new-pin": {
        *(f"organization.employee.{name}" for name in ("password", "must_change_pin", "pin_expires_at")),
        "organization.usedpin +",
    },
    "login:logout": set(),
    "set_language": {"organization.employee.language"},
    "jobs:cancel": {f"core.job.{name}" for name in ("state", "cancel_requested_at", "ended_at", "note")},
    "jobs:retry": {
        *(f"core.job.{name}" for name in ("state", "run", "attempts", "done", "total", "note", "error")),
        *(f"core.job.{name}" for name in ("started_at", "ended_at", "heartbeat_at", "cancel_requested_at")),
        "core.outboxmessage +",
    },
    "jobs:check-audit": {"core.job +", "core.outboxmessage +"},
    "monitoring:machine-load": {"monitoring.loadrun +"},
    "notifications:mark-read": {"notifications.notification.read_at"},
    "notifications:mark-all-read": {"notifications.notification.read_at"},
    "notifications:preferences": {"notifications.preference +", "notifications.preference.by_mail"},
    "betaapp:program-add": {"betaapp.betaprogram +"},
    "betaapp:program-change": {
        f"betaapp.betaprogram.{name}" for name in ("name", "first_on", "last_on", "new_stores")
    },
    "betaapp:program-start": {"betaapp.betaprogram.state", "betaapp.betaprogram.started_at"},
    "betaapp:program-end": {"betaapp.betaprogram.state", "betaapp.betaprogram.ended_at"},
    "betaapp:program-stores": {
        "betaapp.betaprogram.revision",
        "betaapp.enrollment +",
        "betaapp.storechange +",
    },
    "betaapp:program-application-add": {"betaapp.programapplication +"},
    "betaapp:tried-remove": {"betaapp.programapplication -"},
    "betaapp:program-wave": {
        "betaapp.betaprogram.revision",
        "betaapp.enrollment +",
        "betaapp.storechange +",
    },
    "betaapp:store-version-confirm": {"betaapp.confirmedversion +"},
    "betaapp:feedback-add": {"betaapp.feedback +"},
    # An agent is added with its accounts, and a level brings its limits.
    "ppob:agent-add": {"ppob.agent +", "ppob.account +"},
    "ppob:agent-change": {
        *(
            f"ppob.agent.{name}"
            for name in ("name", "email", "address", "city", "status", "level", "verification")
        ),
        *(f"ppob.agent.{name}" for name in ("corporate_id", "reference_id", "app_id")),
        *(f"ppob.account.{name}_cap" for name in ("item", "day", "month")),
    },
    "ppob:agent-delete": {"ppob.agent.status"},
    "ppob:product-add": {"ppob.product +"},
    "ppob:product-change": {
        *(
            f"ppob.product.{name}"
            for name in ("name", "kind", "price", "counter_fee", "agent_share", "points", "is_active")
        ),
    },
    "ppob:product-delete": {"ppob.product.is_active"},
    "ppob:connection-add": {"ppob.connection +"},
    "ppob:connection-change": {
        *(
            f"ppob.connection.{name}"
            for name in ("biller_id", "address", "port", "timeout_s", "status", "is_active")
        ),
    },
    "ppob:connection-delete": {"ppob.connection.is_active", "ppob.connection.status"},
    "ppob:login-add": {"organization.rolegrant +"},
    "ppob:login-change": {
        "organization.rolegrant +",
        "organization.rolegrant.days",
        "ppob.login +",
        "ppob.login.days",
    },
    "ppob:login-delete": {"organization.rolegrant.days", "ppob.login.days"},
    "ppob:ledger-prove": {"core.job +"},
    "ppob:report-delete": {"ppob.savedreport -"},
    "ppob:report-run": {"core.job +"},
    "ppob:redemption-refuse": {
        f"ppob.redemption.{name}" for name in ("state", "decided_at", "decided_by_id")
    },
    "ppob:topup-cancel": {"ppob.topup.state"},
    **{
        f"ppob:difference-{act}": {
            f"ppob.difference.{name}" for name in ("state", "explanation", "changed_at")
        }
        for act in ("explain", "dispute", "close")
    },
    "ppob:difference-note": {"ppob.differencenote +"},
    "ppob:difference-propose": {
        f"ppob.difference.{name}"
        for name in ("state", "explanation", "changed_at", "proposed_amount", "proposed_by_id")
    },
    "ppob:reconciliation-run": {"core.job +"},
}
# A new object has a state of its own, which the form does not choose; told in words to whom it concerns.
CONSEQUENCES = {"core.outboxmessage +", "notifications.notification +"}
# Beside what a form shows: nobody sets these by a form, whoever it is.
PROTECTED = {
    "organization.employee": {"id", "uuid", "nik", "password", "status", "must_change_pin", "pin_expires_at", "session_series",
                              "last_login", "joined_at"},
    "organization.store": {"id", "uuid", "code", "branch"},
    "organization.branch": {"id", "uuid", "code"},
    "organization.rolegrant": {"id", "uuid", "employee", "group", "scope", "branch", "division", "delegate_of"},
    "organization.apitoken": {"id", "uuid", "digest", "employee", "expires_at", "revoked_at", "created_at"},
    "organization.division": {"id", "uuid"},
    "organization.department": {"id", "uuid"},
    "monitoring.machine": {"id", "uuid"},
    "betaapp.application": {"id", "uuid", "code"},
    "betaapp.version": {"id", "uuid", "application", "number"},
    "betaapp.storetoken": {"id", "uuid", "store", "digest", "made_at", "revoked_at"},
    "ppob.agent": {"id", "uuid", "agent_id", "status", "ktp_sealed", "app_id", "registered_at", "last_login_at",
                   "failed_logins", "failed_pins"},
    "ppob.corporate": {"id", "uuid", "code"},
    "ppob.agentdevice": {"id", "uuid", "agent", "digest", "first_seen_at", "last_seen_at", "blocked_at"},
    "ppob.blacklist": {"id", "uuid", "value", "added_at"},
    "ppob.apprelease": {"id", "uuid"},
    "ppob.biller": {"id", "uuid", "code", "settlement"},
    "ppob.connection": {"id", "uuid", "code", "status", "last_echo_at", "last_stan"},
    "ppob.product": {"id", "uuid", "code"},
    "ppob.agentprice": {"id", "uuid", "product", "level", "agent", "price", "from_on"},
    "ppob.limit": {"id", "uuid", "level", "agent", "kind"},
    "ppob.sftpsource": {"id", "uuid", "biller", "secret_sealed", "checked_at", "error"},
    "ppob.accountcode": {"id", "uuid", "kind", "biller"},
    "ppob.taxrate": {"id", "uuid", "from_on"},
    "ppob.virtualaccount": {"id", "uuid", "agent", "bank", "number"},
    "ppob.reward": {"id", "uuid", "code"},
    "ppob.achievement": {"id", "uuid", "agent"},
    "ppob.merchant": {"id", "uuid", "code"},
    "ppob.content": {"id", "uuid"},
    "ppob.pushmessage": {"id", "uuid", "sent_at"},
    "ppob.setting": {"id", "uuid", "name"},
    "ppob.apiclient": {"id", "uuid", "key_id", "secret_sealed", "created_at", "last_seen_at"},
}  # fmt: skip


def post(
    world: World, who: str, url: str, fields: dict[str, Any], known: Snapshot | None = None
) -> tuple[Any, set[str]]:
    """The answer, and what it changed; taken back afterwards. `known` is what stood in the database before, if that is known."""
    before = snapshot() if known is None else known
    with undone():
        world.restore(who)
        written = rows_written()
        response = world.clients[who].generic(
            "POST", url, urlencode(fields, doseq=True).encode(), content_type=FORM
        )
        return response, changes(before, snapshot()) if rows_written() != written else set()


def writers_of(address: Address) -> set[str]:
    """Who may change things of the address' application, and one of the others."""
    app = re.split(r"[:_/]", address.name.removeprefix("admin").lstrip(":/"))[0]
    declared = getattr(apps.app_configs.get(app), "role_permissions", WRITERS)
    return {who for who in WRITERS if who in declared} | {turned(WRITERS, address.name)[0]}


def test_addresses_change_only_what_they_are_for(world):
    """Portal and admin; what the admin's forms themselves change, the next test looks at."""
    told = []
    for who in WRITERS:
        person = world.people[who]
        person.set_password(PIN)
        person.save()
        world.let_in(who, person)
        wishes = every_field() | {"current_pin": PIN, "new_pin": NEW_PIN, "repeated_pin": NEW_PIN}
        urls = {address: world.url(address, who) for address in every_address()}
        before = snapshot()
        for address, url in urls.items():
            if address.name.endswith(("_change", "_add")) or who not in writers_of(address):
                continue
            _response, changed = post(world, who, url, wishes, before)
            more = changed - MAY_CHANGE.get(address.name, set()) - CONSEQUENCES
            told += [f"{who} {address.name}: {sorted(more)}"] if more else []

    assert not told, "\n".join(told)


@pytest.mark.parametrize("label", sorted(PROTECTED))
def test_a_form_of_the_admin_changes_what_it_shows(world, label):
    """Sent as the form stands, with a wish for every field that it does not show."""
    for who in WRITERS:
        thing = OBJECTS[label](world.own, world.people[who])
        url = reverse(f"admin:{label.replace('.', '_')}_change", args=[thing.pk])
        page = world.clients[who].get(url)
        if page.status_code != 200 or not page.context.get("has_change_permission"):
            continue
        form = page.context["adminform"].form
        shown = as_sent(form, page.context["inline_admin_formsets"])
        shown_fields = {name for name, field in form.fields.items() if not field.disabled}
        wishes = {name: value for name, value in every_field().items() if name not in shown_fields}

        plain, changed_plainly = post(world, who, url, shown)
        response, changed = post(world, who, url, shown | wishes)

        assert plain.status_code == 302, (who, label, plain.context and plain.context["errors"])
        assert response.status_code == 302
        assert changed == changed_plainly, (who, label)
        assert not PROTECTED[label] & shown_fields, (who, label)


@pytest.mark.parametrize("noun", ["agent", "product", "connection", "login"])
def test_a_form_of_the_back_office_changes_what_it_shows(world, noun):
    """Sent as the form stands but for one field, with a wish for everything that it does not show."""
    who, thing = Role.PPOB_ADMINISTRATOR, getattr(world.own, noun)
    url = reverse(f"ppob:{noun}-change", args=[thing.pk])
    form = world.clients[who].get(url).context["form"]
    shown = as_sent(form, ()) | (
        {"role": "accountant"} if noun == "login" else {"is_active": "", "city": "Bogor"}
    )
    wishes = {
        name: value for name, value in every_field().items()
        if name not in form.fields or form.fields[name].disabled
    }  # fmt: skip

    plain, changed_plainly = post(world, who, url, shown)
    response, changed = post(world, who, url, shown | wishes)

    assert (plain.status_code, response.status_code) == (302, 302)
    assert changed == changed_plainly
    assert changed - CONSEQUENCES
    assert changed <= MAY_CHANGE[f"ppob:{noun}-change"] | CONSEQUENCES


def test_every_model_that_somebody_can_change_is_looked_at():
    changeable = {
        model._meta.label_lower
        for model, model_admin in admin.site._registry.items()
        if not _is_never_changed(model_admin)
    }

    assert changeable == set(PROTECTED)


def test_a_new_employee_cannot_be_born_with_a_pin_or_a_role(world):
    """The add form, with every field of the model beside its own."""
    wishes = every_field() | {
        "nik": "8800112233", "name": "Baru", "language": "id", "branch_office": world.own.branch.pk, "store": "",
        "division": "", "department": "", "email": "", "phone": "", "job_title": "Staf", "picture": "",
        "status": "frozen", "must_change_pin": "", "session_series": "9", "password": "argon2$x",
        "role_grants-TOTAL_FORMS": "1", "role_grants-INITIAL_FORMS": "0", "role_grants-0-group": "1",
        "role_grants-0-scope": "national", "role_grants-0-days_from": "2026-01-01",
    }  # fmt: skip
    answer = world.clients[Role.ADMINISTRATOR].post(reverse("admin:organization_employee_add"), wishes)
    person = Employee.objects.get(nik="8800112233")

    assert answer.status_code == 302
    assert not person.has_usable_password()
    assert (person.status, person.must_change_pin, person.session_series) == ("active", True, 0)
    assert str(person.uuid) != wishes["uuid"]
    assert not person.role_grants.exists()


def test_nobody_gives_roles_through_a_persons_form(world):
    """A manager may change people of the branch, and nobody's roles: not by the inline, nor by the roles' own page."""
    manager = EmployeeFactory(branch_office=world.own.branch)
    RoleGrantFactory(employee=manager, role=Role.MANAGER, branch=world.own.branch)
    world.let_in("m", manager)
    grant = {
        "group": str(world.own.grant.group_id),
        "scope": "national",
        "days_from": "2026-01-01",
        "days_until": "",
    }
    inline = {f"role_grants-0-{name}": value for name, value in grant.items()}
    management = {"role_grants-TOTAL_FORMS": "1", "role_grants-INITIAL_FORMS": "0"}
    employee = world.own.employee
    fields = {"name": employee.name, "language": "id", "branch_office": world.own.branch.pk, "store": ""}

    for person in (employee, manager):
        url = reverse("admin:organization_employee_change", args=[person.pk])
        _response, changed = post(world, "m", url, fields | inline | management)
        assert not [line for line in changed if "rolegrant" in line]
    add = reverse("admin:organization_rolegrant_add")
    response, changed = post(world, "m", add, grant | {"employee": str(manager.pk)})

    assert response.status_code == 403
    assert changed == set()


def test_an_administrator_gives_themselves_no_role(world):
    person = world.people[Role.ADMINISTRATOR]
    grant = {
        "employee": str(person.pk),
        "group": str(world.own.grant.group_id),
        "scope": "national",
        "days_from": "2026-01-01",
    }

    _response, changed = post(world, Role.ADMINISTRATOR, reverse("admin:organization_rolegrant_add"), grant)

    assert not [line for line in changed if "rolegrant" in line]


def _is_never_changed(model_admin: Any) -> bool:
    """Whether nobody at all may, whatever they hold."""
    request: Any = SimpleNamespace(user=_Everybody(), method="GET", GET={})
    return not model_admin.has_change_permission(request)


class _Everybody:
    """Holds every permission and every role, everywhere."""

    pk, is_active, role_names = 0, True, frozenset(Role.values)
    grants = (SimpleNamespace(group_id=1, scope=ScopeKind.NATIONAL, branch_id=None, division_id=None),)

    @property
    def permissions_by_group(self) -> dict[int, Any]:
        return {1: self}

    def __contains__(self, permission: str) -> bool:
        return True

    def has_perm(self, permission: str) -> bool:
        return True
