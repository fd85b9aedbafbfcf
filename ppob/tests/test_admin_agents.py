"""Agents in the admin: acts instead of deletion, the KTP masked and shown against an entry, no number in the trail."""

import io

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from core.models import AuditEntry
from core.sealed import open_sealed, seal
from organization.choices import Role
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory
from ppob.choices import AccountKind, AgentStatus, LimitKind
from ppob.models import Agent, AgentDevice, Limit
from ppob.tests.factories import AgentDeviceFactory, AgentFactory, BlacklistFactory
from ppob.tests.ledger_factories import account, make_agent

pytestmark = pytest.mark.django_db
KTP = "3273010101900001"


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def client_of(*roles, **grant) -> Client:
    client = Client()
    person = EmployeeFactory(roles=[] if grant else roles, language="en")
    if grant:
        RoleGrantFactory(employee=person, role=roles[0], **grant)
    client.force_login(person)
    return client


@pytest.fixture
def admin():
    return client_of(Role.PPOB_ADMINISTRATOR)


@pytest.fixture
def agent():
    agent = make_agent(ktp_sealed=seal(KTP))
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "JPEG")
    agent.ktp_picture.save("ktp.jpg", ContentFile(picture.getvalue()))
    return agent


def change_url(agent) -> str:
    return reverse("admin:ppob_agent_change", args=[agent.pk])


FIELDS = {"agent_id": "081399990001", "name": "Kios Baru", "level": "1", "verification": "none", "email": "", "address": "",
          "city": "", "corporate": "", "reference_id": "", "ktp_number": ""}  # fmt: skip


def test_a_new_agent_can_be_credited_and_obeys_the_limits_of_its_level(admin):
    Limit.objects.create(level=1, kind=LimitKind.DAY, cap=500_000)

    answer = admin.post(reverse("admin:ppob_agent_add"), FIELDS | {"ktp_number": KTP})

    assert answer.status_code == 302, answer.context["errors"]
    agent = Agent.objects.get(agent_id="081399990001")
    assert agent.status == AgentStatus.REGISTERED
    assert open_sealed(agent.ktp_sealed) == KTP
    assert account(agent).day_cap == 500_000
    assert account(agent, AccountKind.AGENT_POINTS).balance == 0


@pytest.mark.parametrize(
    ("field", "value"), [("agent_id", "12"), ("agent_id", "0899123456"), ("ktp_number", "123"), ("name", "")]
)
def test_what_cannot_be_is_said_beside_its_field(admin, field, value):
    BlacklistFactory(value="0899123456")
    answer = admin.post(reverse("admin:ppob_agent_add"), FIELDS | {field: value})

    assert field in answer.context["adminform"].form.errors
    assert not Agent.objects.exists()


def test_another_level_brings_its_limits(admin, agent):
    Limit.objects.create(level=3, kind=LimitKind.ITEM, cap=9_000)
    admin.post(change_url(agent), FIELDS | {"level": "3"})
    assert account(agent).item_cap == 9_000


def test_the_page_shows_neither_number_nor_pictures(admin, agent):
    page = admin.get(change_url(agent)).content.decode()

    assert "KTP number •••" in page
    assert KTP not in page
    assert agent.ktp_picture.name not in page
    assert "ktp.jpg" not in page


def test_showing_it_asks_first_and_leaves_an_entry(admin, agent):
    url = reverse("admin:ppob_agent_show_ktp", args=[agent.pk])

    asked = admin.get(url)
    assert KTP not in asked.content.decode()
    assert not AuditEntry.objects.filter(act="agent.ktp_shown").exists()

    shown = admin.post(url, {"confirmed": "1"})
    assert KTP in shown.content.decode()
    assert "data:image/jpeg;base64," in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert AuditEntry.objects.get(act="agent.ktp_shown").object_uuid == agent.uuid


def test_an_auditor_sees_neither_button_nor_number(agent):
    auditor = client_of(Role.AUDITOR)

    page = auditor.get(change_url(agent)).content.decode()
    assert "show-ktp" not in page
    assert KTP not in page
    assert "ktp_picture" not in page
    url = reverse("admin:ppob_agent_show_ktp", args=[agent.pk])
    assert auditor.post(url, {"confirmed": "1"}).status_code == 403


def test_the_trail_says_that_the_number_changed_and_not_what_it_is(admin, agent):
    admin.post(change_url(agent), FIELDS | {"name": agent.name, "ktp_number": "3273010101900002"})

    agent.refresh_from_db()
    assert open_sealed(agent.ktp_sealed) == "3273010101900002"
    assert AuditEntry.objects.get(act="object.changed").changes["ktp_number"] == [None, "•••"]
    assert "3273010101900002" not in str(list(AuditEntry.objects.values()))


def test_the_agent_id_and_the_status_stay_whatever_is_sent(admin, agent):
    before = agent.agent_id
    admin.post(change_url(agent), FIELDS | {"status": "closed", "ktp_number": ""})

    agent.refresh_from_db()
    assert (agent.agent_id, agent.status, agent.name) == (before, AgentStatus.ACTIVE, "Kios Baru")
    assert open_sealed(agent.ktp_sealed) == KTP


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [("block", "active", "blocked"), ("activate", "blocked", "active"), ("close", "active", "closed")],
)
def test_acts_ask_and_leave_their_entry(admin, act, before, after):
    agent = AgentFactory(status=before, failed_pins=4)
    url = reverse(f"admin:ppob_agent_{act}", args=[agent.pk])

    assert admin.get(url).status_code == 200
    admin.post(url, {"confirmed": "1"})

    agent.refresh_from_db()
    assert agent.status == after
    assert agent.failed_pins == (0 if act == "activate" else 4)
    assert AuditEntry.objects.filter(object_uuid=agent.uuid, act__startswith="agent.").count() == 1


def test_a_closed_agent_does_not_come_back(admin):
    agent = AgentFactory(status=AgentStatus.CLOSED)
    data = {"action": "activate_selected", "_selected_action": [agent.pk], "confirmed": "1"}

    page = admin.post(reverse("admin:ppob_agent_changelist"), data, follow=True)

    agent.refresh_from_db()
    assert agent.status == AgentStatus.CLOSED
    assert "closed for good" in page.content.decode()


def test_a_lost_phone_is_blocked(admin):
    device = AgentDeviceFactory()
    data = {"action": "block_selected", "_selected_action": [device.pk], "confirmed": "1"}

    admin.post(reverse("admin:ppob_agentdevice_changelist"), data)

    assert AgentDevice.objects.get().blocked_at is not None


def test_nobody_deletes(admin, agent):
    page = admin.get(reverse("admin:ppob_agent_changelist")).content.decode()

    assert "delete_selected" not in page
    assert admin.post(reverse("admin:ppob_agent_delete", args=[agent.pk]), {"post": "yes"}).status_code == 403


def test_a_role_that_reaches_a_branch_opens_nothing(agent):
    narrow = client_of(Role.PPOB_ADMINISTRATOR, branch=BranchFactory())

    for url in ("/admin/ppob/agent/", change_url(agent), "/admin/ppob/account/", "/admin/ppob/agent/import/"):
        assert narrow.get(url).status_code == 403, url


@pytest.mark.parametrize("role", [Role.PPOB_STAFF, Role.ACCOUNTANT])
def test_staff_and_accountants_work_in_the_portal_alone(agent, role):
    assert client_of(role).get(change_url(agent)).status_code == 302
