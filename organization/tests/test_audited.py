"""What the doors leave in the trail: the login pages and the admin."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from core.models import AuditEntry, Via
from organization.choices import Role
from organization.models import Department
from organization.tests.doors import PIN, WRONG, log_in
from organization.tests.factories import (
    DepartmentFactory,
    DivisionFactory,
    EmployeeFactory,
    StoreFactory,
)

pytestmark = pytest.mark.django_db


def acts():
    return list(AuditEntry.objects.order_by("id").values_list("act", flat=True))


@pytest.fixture
def boss(client):
    person = EmployeeFactory(roles=[Role.ADMINISTRATOR])
    client.force_login(person)
    return person


def test_a_login_a_mistake_and_a_logout_each_leave_an_entry(client, settings):
    settings.TRUSTED_PROXIES = 1
    person = EmployeeFactory(pin=PIN)
    log_in(client, person.nik, WRONG, HTTP_X_FORWARDED_FOR="10.9.9.9, 203.0.113.5")
    log_in(client, person.nik, PIN, HTTP_X_FORWARDED_FOR="10.9.9.9, 203.0.113.5")
    client.post(reverse("login:logout"))

    assert acts() == ["login.wrong_pin", "login.by_pin", "login.logged_out"]
    wrong, by_pin, _out = AuditEntry.objects.order_by("id")
    assert (wrong.actor_id, wrong.object_uuid) == (None, person.uuid)
    assert (by_pin.actor_id, by_pin.address, by_pin.via) == (person.pk, "203.0.113.5", Via.PAGE)
    assert by_pin.request_id
    assert PIN not in str(list(AuditEntry.objects.values()))


def test_the_fifth_mistake_records_the_lock(client):
    person = EmployeeFactory(pin=PIN)
    for _ in range(7):
        log_in(client, person.nik, WRONG)
    assert acts() == ["login.wrong_pin"] * 5 + ["login.locked"]


def test_a_change_in_the_admin_says_old_and_new_and_django_s_own_log_stays_empty(client, boss):
    old, new = DivisionFactory(code="OLD", name="Lama"), DivisionFactory(code="NEW", name="Baru")
    department, pic = DepartmentFactory(division=old, name="Kas"), EmployeeFactory()
    address = reverse("admin:organization_department_change", args=[department.pk])
    form = {"code": department.code, "name": "Kas Besar", "division": new.pk, "pics": [pic.pk]}
    assert client.post(address, form).status_code == 302

    entry = AuditEntry.objects.get(act="object.changed")
    assert (entry.actor_id, entry.via, entry.object_uuid) == (boss.pk, Via.ADMIN, department.uuid)
    assert entry.changes == {
        "name": ["Kas", "Kas Besar"],
        "division": [
            {"kind": "organization.division", "uuid": str(old.uuid), "text": "OLD Lama"},
            {"kind": "organization.division", "uuid": str(new.uuid), "text": "NEW Baru"},
        ],
        "pics": [[], [{"kind": "organization.employee", "uuid": str(pic.uuid)}]],
    }
    assert not LogEntry.objects.exists()


def test_what_is_added_in_the_admin_has_an_entry(client, boss):
    form = {"code": "FIN", "name": "Keuangan"}
    assert client.post(reverse("admin:organization_division_add"), form).status_code == 302
    entry = AuditEntry.objects.get(act="object.added")
    assert entry.changes == {"code": [None, "FIN"], "name": [None, "Keuangan"]}


def test_saving_without_a_change_leaves_no_entry(client, boss):
    department = DepartmentFactory()
    address = reverse("admin:organization_department_change", args=[department.pk])
    client.post(
        address, {"code": department.code, "name": department.name, "division": department.division_id}
    )
    assert acts() == []


def test_an_act_of_the_admin_is_recorded_once_by_its_service(client, boss):
    person = EmployeeFactory()
    client.post(reverse("admin:organization_employee_freeze", args=[person.pk]), {"confirmed": "1"})
    assert acts() == ["account.frozen"]


def test_the_admin_s_history_is_the_trail(client, boss):
    store = StoreFactory()
    answer = client.get(reverse("admin:organization_store_history", args=[store.pk]))
    assert answer.headers["Location"] == reverse("audit:object", args=["organization.store", store.uuid])


def test_when_the_trail_refuses_the_admin_saves_nothing(client, boss, monkeypatch):
    def refuse(*args, **kwargs):
        raise RuntimeError("no entry")

    monkeypatch.setattr("core.audit.record", refuse)
    department = DepartmentFactory(name="Kas")
    address = reverse("admin:organization_department_change", args=[department.pk])
    form = {"code": department.code, "name": "Lain", "division": department.division_id}
    with pytest.raises(RuntimeError):
        client.post(address, form)
    assert Department.objects.get().name == "Kas"
