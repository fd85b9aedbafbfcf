"""Adding, changing and deleting master data: rules, errors beside their fields, the trail, and nothing typed lost."""

import re
from html import unescape

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from core.models import AuditEntry
from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from ppob.choices import AccountKind, AgentStatus
from ppob.exceptions import AgentClosed
from ppob.models import Agent, Blacklist, Connection, Limit, Product
from ppob.services import add_agent, change_agent, close_agent
from ppob.tests.factories import (
    AgentFactory,
    BillerFactory,
    ConnectionFactory,
    CorporateFactory,
    ProductFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    person = EmployeeFactory(roles=[Role.PPOB_ADMINISTRATOR], language="en")
    client.force_login(person)
    return person


FORMS = {
    "agent": lambda: {
        "agent_id": "0812 3456-7890", "name": "Kios Berkah", "email": "", "address": "Jl. Melati 3", "city": "Bandung",
        "status": "active", "level": "2", "verification": "none", "corporate": "", "reference_id": "", "app_id": "",
    },
    "product": lambda: {
        "code": "PLS10", "name": "Pulsa 10.000", "kind": "credit", "price": "Rp 11.500", "counter_fee": "0",
        "agent_share": "250", "points": "1", "is_active": "on",
    },
    "connection": lambda: {
        "code": "FIN-A", "biller": str(BillerFactory().pk), "address": "10.20.1.4", "port": "7001", "timeout_s": "45",
        "status": "off", "is_active": "on",
    },
}  # fmt: skip
MODELS = {"agent": Agent, "product": Product, "connection": Connection}
MAKE = {"agent": AgentFactory, "product": ProductFactory, "connection": ConnectionFactory}
RETIRED = {
    "agent": ("status", AgentStatus.CLOSED, "agent.closed"),
    "product": ("is_active", False, "product.withdrawn"),
    "connection": ("is_active", False, "connection.switched_off"),
}


def as_shown(client, url):
    """What the page's form would send as it stands."""
    form = client.get(url).context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if isinstance(value, bool):
            sent |= {field.html_name: "on"} if value else {}
        elif value is not None and not field.field.disabled:
            sent[field.html_name] = str(value)
    return sent


def entries(thing, act):
    return AuditEntry.objects.filter(object_uuid=thing.uuid, act=act)


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize("noun", MODELS)
def test_adding_leads_to_the_thing_and_leaves_an_entry(client, boss, noun):
    answer = client.post(reverse(f"ppob:{noun}-add"), FORMS[noun]())

    thing = MODELS[noun].objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse(f"ppob:{noun}-detail", args=[thing.pk])
    entry = entries(thing, "object.added").get()
    assert entry.actor == boss
    assert entry.via == "page"
    assert any("is saved" in text for text in told(answer))


def test_an_agent_is_added_with_accounts_and_the_limits_of_its_level(client, boss):
    Limit.objects.create(level=2, kind="day", cap=5_000_000)

    client.post(reverse("ppob:agent-add"), FORMS["agent"]())

    agent = Agent.objects.get()
    assert agent.agent_id == "081234567890"
    assert {account.kind for account in agent.accounts.all()} == {"agent", "receivable", "points"}
    assert agent.accounts.get(kind=AccountKind.AGENT).day_cap == 5_000_000


def test_another_level_has_other_limits_at_once(boss):
    Limit.objects.create(level=1, kind="day", cap=1_000_000)
    Limit.objects.create(level=3, kind="day", cap=9_000_000)
    agent = add_agent(agent=AgentFactory.build(level=1), actor=boss)

    assert change_agent(agent=agent, new={"level": 3}, actor=boss)
    assert agent.accounts.get(kind=AccountKind.AGENT).day_cap == 9_000_000


def test_rupiah_are_read_as_people_write_them(client, boss):
    client.post(reverse("ppob:product-add"), FORMS["product"]())
    assert Product.objects.get().price == 11_500


@pytest.mark.parametrize("noun", MODELS)
def test_saving_what_stands_there_says_that_nothing_changed(client, boss, noun):
    thing = MAKE[noun]()
    url = reverse(f"ppob:{noun}-change", args=[thing.pk])

    answer = client.post(url, as_shown(client, url))

    assert answer.status_code == 302
    assert told(answer) == ["Nothing was changed."]
    assert not entries(thing, "object.changed").exists()


@pytest.mark.parametrize(
    ("noun", "field", "value"), [("agent", "name", "Kios Baru"), ("product", "price", "12.000"), ("connection", "port", "7002")]
)  # fmt: skip
def test_a_change_is_saved_and_told_with_old_and_new(client, boss, noun, field, value):
    thing = MAKE[noun]()
    old = getattr(thing, field)
    url = reverse(f"ppob:{noun}-change", args=[thing.pk])

    answer = client.post(url, as_shown(client, url) | {field: value})

    assert told(answer) == ["Your changes are saved."]
    thing.refresh_from_db()
    entry = entries(thing, "object.changed").get()
    assert entry.changes == {field: [old, getattr(thing, field)]}
    assert getattr(thing, field) != old


def test_what_somebody_else_changed_meanwhile_stays(client, boss):
    agent = AgentFactory()
    url = reverse("ppob:agent-change", args=[agent.pk])
    form = as_shown(client, url)
    change_agent(agent=agent, new={"city": "Bandung"}, actor=None)

    client.post(url, form | {"city": "", "name": "Kios Baru"})

    agent.refresh_from_db()
    assert (agent.name, agent.city) == ("Kios Baru", "")  # the form says so: it was sent empty
    change_agent(agent=agent, new={"city": "Bogor"}, actor=None)
    assert entries(agent, "object.changed").count() == 3


@pytest.mark.parametrize("noun", MODELS)
def test_the_number_or_code_stays(client, boss, noun):
    thing = MAKE[noun]()
    fixed = "agent_id" if noun == "agent" else "code"
    url = reverse(f"ppob:{noun}-change", args=[thing.pk])

    client.post(url, as_shown(client, url) | {fixed: "0899999999"})

    before = getattr(thing, fixed)
    thing.refresh_from_db()
    assert getattr(thing, fixed) == before


@pytest.mark.parametrize("noun", MODELS)
def test_deleting_asks_first_keeps_the_row_and_leaves_an_entry(client, boss, noun):
    thing = MAKE[noun]()
    field, value, act = RETIRED[noun]
    url = reverse(f"ppob:{noun}-delete", args=[thing.pk])

    page = client.get(url).content.decode()
    assert re.search(r"<button[^>]*>Yes</button>", page)
    assert ">Cancel</a>" in page
    thing.refresh_from_db()
    assert getattr(thing, field) != value

    answer = client.post(url)
    assert answer.url == reverse(f"ppob:{noun}-list")
    thing.refresh_from_db()
    assert getattr(thing, field) == value
    assert entries(thing, act).get().actor == boss

    again = client.post(url)
    assert told(again)[-1] == "It was closed already; nothing was changed."
    assert entries(thing, act).count() == 1


def test_a_closed_agent_does_not_come_back(client, boss):
    agent = AgentFactory()
    close_agent(agent=agent, actor=boss)
    url = reverse("ppob:agent-change", args=[agent.pk])

    client.post(url, as_shown(client, url) | {"status": "active", "city": "Bogor"})

    agent.refresh_from_db()
    assert (agent.status, agent.city) == (AgentStatus.CLOSED, "Bogor")
    with pytest.raises(AgentClosed):
        change_agent(agent=agent, new={"status": "active"}, actor=boss)


def test_a_form_closes_no_agent(client, boss):
    agent = AgentFactory()
    url = reverse("ppob:agent-change", args=[agent.pk])

    assert client.post(url, as_shown(client, url) | {"status": "closed"}).status_code == 422


FAULTS = [
    ("agent", "agent_id", ""), ("agent", "agent_id", "12"), ("agent", "agent_id", "0812abc45678"), ("agent", "agent_id", "٠٨١٢٣٤٥٦٧٨"),
    ("agent", "name", ""), ("agent", "name", "x" * 81), ("agent", "name", "a\x00b"), ("agent", "email", "no"), ("agent", "level", "9"),
    ("agent", "status", "closed"), ("agent", "corporate", "99999999999999999999"), ("agent", "corporate", "x"),
    ("product", "code", ""), ("product", "price", "-1"), ("product", "price", "0"), ("product", "price", "1.5"),
    ("product", "price", "1.250,50"), ("product", "price", str(10**18)), ("product", "price", "NaN"), ("product", "price", "1e5"),
    ("product", "counter_fee", ""), ("product", "agent_share", "-5"), ("product", "points", "99999999999"), ("product", "kind", "x"),
    ("connection", "port", "0"), ("connection", "port", "65536"), ("connection", "port", "x"), ("connection", "timeout_s", "0"),
    ("connection", "timeout_s", "301"), ("connection", "address", "http://x/y"), ("connection", "address", "a b"),
    ("connection", "biller", ""), ("connection", "biller", str(2**63)), ("connection", "status", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("noun", "field", "value"), FAULTS, ids=lambda part: ascii(part)[:24])
def test_nonsense_is_said_beside_its_field_and_what_was_typed_stays(client, boss, noun, field, value):
    form = FORMS[noun]() | {field: value}
    answer = client.post(reverse(f"ppob:{noun}-add"), form)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    page = unescape(answer.content.decode())
    assert f'id="id_{field}_error"' in page
    kept = next(name for name in ("name", "code", "city") if name in form and name != field)
    assert f'value="{form[kept]}"' in page
    assert not MODELS[noun].objects.exists()
    assert not AuditEntry.objects.filter(act="object.added").exists()


@pytest.mark.parametrize(
    ("noun", "field"), [("agent", "agent_id"), ("product", "code"), ("connection", "code")]
)
def test_a_number_or_code_is_there_once(client, boss, noun, field):
    form = FORMS[noun]()
    taken = form[field] if noun != "agent" else "081234567890"
    MAKE[noun](**{field: taken})

    answer = client.post(reverse(f"ppob:{noun}-add"), form)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}


def test_a_number_on_the_blacklist_becomes_no_agent(client, boss):
    Blacklist.objects.create(value="081234567890", reason="Penipuan")

    answer = client.post(reverse("ppob:agent-add"), FORMS["agent"]())

    assert answer.context["form"].errors["agent_id"] == ["This number is on the blacklist."]
    assert not Agent.objects.exists()


def test_a_corporate_that_is_no_more_is_not_offered_to_others(client, boss):
    gone = CorporateFactory(is_active=False)
    member = AgentFactory(corporate=gone)

    offered = client.get(reverse("ppob:agent-add")).context["form"].fields["corporate"].queryset
    kept = client.get(reverse("ppob:agent-change", args=[member.pk])).context["form"].fields["corporate"]

    assert gone not in offered
    assert gone in kept.queryset


def test_the_form_warns_of_what_is_not_saved(client, boss):
    for noun in MODELS:
        assert "data-warn-unsaved" in client.get(reverse(f"ppob:{noun}-add")).content.decode()


def test_two_who_add_the_same_number_at_once_have_one_agent(boss, monkeypatch):
    """Between the check and the write somebody else was faster: the database says so, and the service in words."""
    from ppob.exceptions import TakenMeanwhile

    agent = AgentFactory.build()
    AgentFactory(agent_id=agent.agent_id)
    monkeypatch.setattr(Agent, "full_clean", lambda self, **how: None)

    with pytest.raises(TakenMeanwhile):
        add_agent(agent=agent, actor=boss)
    assert Agent.objects.count() == 1
