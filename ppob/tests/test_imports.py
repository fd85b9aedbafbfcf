"""Agents and products as tables: template, preview, errors by line, all or nothing; then they can sell."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry, ImportRun
from core.models.imports import ImportState
from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from organization.tests.tables import reasons, text
from ppob.choices import AgentStatus, LimitKind
from ppob.models import Agent, Product
from ppob.tests.factories import (
    AgentFactory,
    BlacklistFactory,
    CorporateFactory,
    LimitFactory,
    ProductFactory,
)
from ppob.tests.ledger_factories import account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def admin():
    client = Client()
    client.force_login(EmployeeFactory(roles=[Role.PPOB_ADMINISTRATOR], language="en"))
    return client


def previewed(client, file, model):
    answer = client.post(reverse(f"admin:ppob_{model}_import_table"), {"file": file})
    assert answer.status_code == 302, answer.context["refusal"]
    return ImportRun.objects.get(pk=answer.url.rstrip("/").rpartition("/")[2])


def confirmed(client, run, model):
    client.post(reverse(f"admin:ppob_{model}_import_run", args=[run.pk]), {"digest": run.preview_digest})
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("model", ["agent", "product"])
def test_the_template_is_taken_as_it_is_and_holds_no_rows(admin, model):
    file = admin.get(reverse(f"admin:ppob_{model}_import_template"))
    assert previewed(admin, SimpleUploadedFile("t.xlsx", file.content), model).counts["rows"] == 0


@pytest.mark.parametrize("model", ["agent", "product"])
def test_todays_data_imported_as_it_is_changes_nothing(admin, model):
    AgentFactory(corporate=CorporateFactory(), name="=1+1")
    AgentFactory(level=3)
    ProductFactory(price=None)
    ProductFactory(points=3)
    file = admin.get(reverse(f"admin:ppob_{model}_import_current"))

    run = previewed(admin, SimpleUploadedFile("data.xlsx", file.content), model)

    assert run.counts["unchanged"] == run.counts["rows"] == 2
    assert run.counts["errors"] == 0


def test_agents_come_registered_with_accounts_and_limits(admin):
    CorporateFactory(code="C1")
    LimitFactory(agent=None, level=2, kind=LimitKind.DAY, cap=70_000)
    known = AgentFactory(agent_id="081300009999", level=1)
    table = text("agent_id;name;level;corporate\n081300000001;Kios Satu;2;C1\n081300009999;Kios Lama;2;\n")

    run = confirmed(admin, previewed(admin, table, "agent"), "agent")

    assert run.state == ImportState.APPLIED
    agent = Agent.objects.get(agent_id="081300000001")
    assert (agent.status, agent.corporate.code) == (AgentStatus.REGISTERED, "C1")
    assert account(agent).day_cap == account(known).day_cap == 70_000
    assert AuditEntry.objects.filter(act="object.added", object_uuid=agent.uuid).exists()


def test_faults_are_told_by_line_and_nothing_is_saved(admin):
    BlacklistFactory(value="081300000666")
    table = text(
        "agent_id;name;level;corporate\n081300000001;Baik;1;\n12;Pendek;1;\n081300000002;;1;\n081300000003;Level;9;\n"
        "081300000004;Corp;1;NIX\n081300000666;Hitam;1;\n"
    )
    run = previewed(admin, table, "agent")

    assert run.state == ImportState.REFUSED
    assert [line for line, _column, _reason in sorted(reasons(run))] == [3, 4, 5, 6, 7]
    assert not Agent.objects.exists()


def test_products_keep_what_an_empty_cell_leaves_out(admin):
    ProductFactory(code="P1", price=26_500, counter_fee=2_500)
    table = text(
        "code;name;kind;price;counter_fee\nP1;Tagihan;pln_bill;;\nP2;Token;pln_token;1000000000000;\n"
    )

    confirmed(admin, previewed(admin, table, "product"), "product")

    bill, token = Product.objects.get(code="P1"), Product.objects.get(code="P2")
    assert (bill.price, bill.counter_fee, bill.kind) == (None, 2_500, "pln_bill")
    assert (token.price, token.counter_fee) == (10**12, 0)


@pytest.mark.parametrize("price", ["0", "-5", "26.500", "1,5", "1000000000000000"])
def test_a_price_that_is_none_is_refused(admin, price):
    run = previewed(admin, text(f"code;name;kind;price\nP1;Pulsa;credit;{price}\n"), "product")
    assert [line for line, *_rest in reasons(run)] == [2]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.PPOB_STAFF])
def test_nobody_else_imports(role):
    client = Client()
    client.force_login(EmployeeFactory(roles=[role]))
    for model in ("agent", "product"):
        assert client.get(reverse(f"admin:ppob_{model}_import_table")).status_code in {302, 403}
