"""A form changes what it shows and nothing else, whatever else is sent along: every field of every model, to every address."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.forms import FileField, MultiWidget
from django.urls import reverse

from organization.choices import Role
from organization.models import Employee
from organization.tests.doors import PIN
from organization.tests.factories import EmployeeFactory, RoleGrantFactory
from tests.access.addresses import every_address
from tests.access.snapshots import changes, every_field, snapshot
from tests.access.world import FORM, OBJECTS, World, undone

pytestmark = pytest.mark.django_db
NEW_PIN = "905173"
WRITERS = (Role.ADMINISTRATOR, Role.MANAGER, Role.MONITORING_ADMIN)

# What an address is for: all that a POST to it may change. What is not named here changes nothing.
MAY_CHANGE: dict[str, set[str]] = {
    "login:new-pin": {
        *(f"organization.employee.{name}" for name in ("password", "must_change_pin", "pin_expires_at")),
        "organization.usedpin +",
    },
    "login:logout": set(),
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
}  # fmt: skip


def post(world: World, who: str, url: str, fields: dict[str, Any]) -> tuple[Any, set[str]]:
    """The answer, and what it changed; taken back afterwards."""
    before = snapshot()
    with undone():
        world.restore(who)
        response = world.clients[who].generic(
            "POST", url, urlencode(fields, doseq=True).encode(), content_type=FORM
        )
        return response, changes(before, snapshot())


def test_addresses_change_only_what_they_are_for(world):
    """Portal and admin; what the admin's forms themselves change, the next test looks at."""
    told = []
    for who in WRITERS:
        person = world.people[who]
        person.set_password(PIN)
        person.save()
        world.let_in(who, person)
        wishes = every_field() | {"current_pin": PIN, "new_pin": NEW_PIN, "repeated_pin": NEW_PIN}
        for address in every_address():
            if address.name.endswith(("_change", "_add")):
                continue
            _response, changed = post(world, who, world.url(address, who), wishes)
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
        shown = _as_sent(form, page.context["inline_admin_formsets"])
        shown_fields = {name for name, field in form.fields.items() if not field.disabled}
        wishes = {name: value for name, value in every_field().items() if name not in shown_fields}

        plain, changed_plainly = post(world, who, url, shown)
        response, changed = post(world, who, url, shown | wishes)

        assert plain.status_code == 302, (who, label, plain.context and plain.context["errors"])
        assert response.status_code == 302
        assert changed == changed_plainly, (who, label)
        assert not PROTECTED[label] & shown_fields, (who, label)


def test_every_model_that_somebody_can_change_is_looked_at():
    changeable = {
        model._meta.label_lower
        for model, model_admin in admin.site._registry.items()
        if "has_change_permission" not in vars(type(model_admin))
        or model._meta.label_lower == "organization.rolegrant"
    }

    assert changeable == set(PROTECTED)


def _as_sent(form: Any, formsets: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if isinstance(bound.field, FileField):
            continue
        if isinstance(bound.field.widget, MultiWidget):
            widget: Any = bound.field.widget
            parts = zip(widget.widgets_names, widget.decompress(bound.initial), strict=True)
            sent |= {f"{bound.html_name}{name}": str(part or "") for name, part in parts}
            continue
        if isinstance(value, bool):
            sent |= {bound.html_name: "on"} if value else {}
        elif isinstance(value, list | tuple):
            sent[bound.html_name] = [getattr(item, "pk", item) for item in value]
        elif value is not None:
            sent[bound.html_name] = getattr(value, "pk", value)
    for inline in formsets:
        management = inline.formset.management_form
        sent |= {management.add_prefix(name): management[name].value() for name in management.fields}
        for row in inline.formset.initial_forms:
            sent |= {
                row[name].html_name: row[name].value() for name in row.fields if row[name].value() is not None
            }
    return sent


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
