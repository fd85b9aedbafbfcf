"""The auditor's pages: who may read them, what they say, what they cost."""

from uuid import uuid4

import pytest
from django.urls import reverse

from core import audit
from core.models import AuditEntry, Via
from organization import services
from organization.choices import Role
from organization.tests.factories import (
    BranchFactory,
    EmployeeFactory,
    RoleGrantFactory,
    StoreFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/audit/"


@pytest.fixture
def auditor(client):
    person = EmployeeFactory(roles=[Role.AUDITOR], name="Rina Auditor")
    client.force_login(person)
    return person


def life(obj):
    return reverse("audit:object", args=[audit.kind_of(obj), obj.uuid])


def test_only_who_looks_at_the_whole_country_reads_the_trail(client):
    store = StoreFactory()
    for page in (LIST, life(store)):
        assert client.get(page).status_code == 302
        client.force_login(EmployeeFactory(roles=[Role.MANAGER]))
        assert client.get(page).status_code == 403
        client.force_login(RoleGrantFactory(role=Role.AUDITOR, branch=BranchFactory()).employee)
        assert client.get(page).status_code == 403
        client.force_login(EmployeeFactory(roles=[Role.ADMINISTRATOR]))
        assert client.get(page).status_code == 200
        client.logout()


def test_the_list_tells_who_did_what_in_words(client, auditor):
    boss = EmployeeFactory(roles=[Role.ADMINISTRATOR], name="Budi Admin")
    person = EmployeeFactory(name="Siti Aminah")
    services.freeze_employee(employee=person, actor=boss)
    client.cookies["django_language"] = "en"

    page = client.get(LIST).content.decode()
    assert "Budi Admin" in page
    assert "Account frozen" in page
    assert "Siti Aminah" in page
    assert "<del>Active</del>" in page
    assert "<ins>Frozen</ins>" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=Budi+Adm", True), ("q=2999", False), ("act=account.frozen", True), ("act=role.granted", False),
        ("kind=organization.employee", True), ("kind=organization.store", False), ("via=command", True), ("via=api", False),
        ("since=2020-01-01", True), ("since=2999-01-01", False), ("until=2020-01-01", False), ("until=2999-01-01", True),
    ],
)  # fmt: skip
def test_each_filter_narrows(client, auditor, query, found):
    boss = EmployeeFactory(roles=[Role.ADMINISTRATOR], name="Budi Admin")
    services.freeze_employee(employee=EmployeeFactory(name="Siti Aminah"), actor=boss)
    assert ("Siti Aminah" in client.get(f"{LIST}?{query}").content.decode()) is found


def test_a_life_holds_what_was_done_to_that_object_alone(client, auditor):
    person, other = EmployeeFactory(name="Siti Aminah"), EmployeeFactory(name="Joko Lain")
    for one in (person, other):
        services.reset_pin(employee=one, actor=None)
    services.freeze_employee(employee=person, actor=None)
    page = client.get(life(person))
    assert [line.entry.act for line in page.context["told"]] == ["account.frozen", "account.pin_reset"]
    assert "Joko Lain" not in page.content.decode()


def test_an_object_that_never_was_is_404(client, auditor):
    assert client.get(f"/audit/organization.store/{uuid4()}/").status_code == 404
    assert client.get(f"/audit/organization.nothing/{uuid4()}/").status_code == 404
    assert client.post(f"/audit/organization.store/{uuid4()}/").status_code == 404
    assert client.get(life(StoreFactory())).status_code == 200


def test_personal_values_are_masked_until_somebody_asks_and_that_is_recorded(client, auditor):
    person = EmployeeFactory()
    audit.record(
        None, "object.changed", person, {"phone": ("0811111111", "0822222222"), "job_title": ("A", "Kasir")}
    )
    for page in (LIST, life(person)):
        text = client.get(page).content.decode()
        assert "0822222222" not in text
        assert "Kasir" in text

    shown = client.post(life(person))
    assert "0822222222" in shown.content.decode()
    entry = AuditEntry.objects.get(act="audit.personal_shown")
    assert (entry.actor_id, entry.object_uuid, entry.via) == (auditor.pk, person.uuid, Via.PAGE)


@pytest.mark.parametrize("rows", [2, 20])
def test_pages_cost_at_most_eight_queries(client, auditor, rows, django_assert_max_num_queries):
    stores = [StoreFactory() for _ in range(rows // 2)]
    person = EmployeeFactory()
    for store in stores:
        audit.record(EmployeeFactory(), "object.changed", store, {"branch": (store.branch, BranchFactory())})
        audit.record(EmployeeFactory(), "object.changed", person, {"pic": (None, EmployeeFactory())})
    client.get(LIST)
    for page in (LIST, f"{LIST}?q=Karyawan&via=command", life(person)):
        with django_assert_max_num_queries(8):
            assert len(client.get(page).context["told"]) >= rows // 2


def test_kinds_of_jobs_and_lists_are_told_in_words(client, auditor):
    audit.record(None, "export.made", audit.Ref("core.job", uuid4()), {"list": (None, "organization.store")})
    audit.record(
        None, "job.started", audit.Ref("core.job", uuid4()), {"job_kind": (None, "core.audit_check")}
    )
    audit.record(None, "job.started", audit.Ref("core.job", uuid4()), {"job_kind": (None, "gone.kind")})

    page = client.get(LIST).content.decode()

    assert "organization.store" not in page.split("<tbody>")[1]
    assert "core.audit_check" not in page.split("<tbody>")[1]
    assert "gone.kind" in page, "what nobody knows any more speaks for itself"
