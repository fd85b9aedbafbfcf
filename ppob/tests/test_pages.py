"""The pages of master data: who sees them, what they cost, and what they show."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from organization.choices import Role
from organization.tests.factories import EmployeeFactory, RoleGrantFactory
from ppob.choices import AccountKind, LimitKind
from ppob.models import AgentDevice, Limit
from ppob.services.limits import apply_limits
from ppob.services.sales import report_sales
from ppob.tests.factories import (
    AgentFactory,
    AgentPriceFactory,
    BillerProductFactory,
    ConnectionFactory,
    CorporateFactory,
    ProductFactory,
    make_login,
)
from ppob.tests.ledger_factories import House, account

pytestmark = pytest.mark.django_db
CEILING = 8
NOUNS = ("agent", "product", "connection", "login")
READERS = (Role.PPOB_ADMINISTRATOR, Role.PPOB_STAFF, Role.ACCOUNTANT, Role.AUDITOR)
STRANGERS = (Role.ADMINISTRATOR, Role.MANAGER, Role.COORDINATOR, Role.MONITORING_ADMIN)
MAKE = {
    "agent": lambda: AgentFactory(corporate=CorporateFactory()),
    "product": lambda: BillerProductFactory().product,
    "connection": ConnectionFactory,
    "login": make_login,
}


def log_in(client, role=Role.PPOB_ADMINISTRATOR):
    person = EmployeeFactory(roles=[role], language="en")
    client.force_login(person)
    return person


def listed(noun):
    return reverse(f"ppob:{noun}-list")


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("role", READERS)
def test_the_back_office_reads_lists_and_things(client, role, noun):
    thing = MAKE[noun]()
    log_in(client, role)

    assert client.get(listed(noun)).status_code == 200
    assert client.get(reverse(f"ppob:{noun}-detail", args=[thing.pk])).status_code == 200


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("role", STRANGERS)
def test_nobody_else_sees_anything(client, role, noun):
    thing = MAKE[noun]()
    log_in(client, role)

    assert client.get(listed(noun)).status_code == 403
    assert client.get(reverse(f"ppob:{noun}-detail", args=[thing.pk])).status_code == 403


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("role", READERS[1:])
def test_who_reads_is_offered_no_act_and_may_not_do_it(client, role, noun):
    thing = MAKE[noun]()
    log_in(client, role)

    page = (
        client.get(listed(noun)).content.decode()
        + client.get(reverse(f"ppob:{noun}-detail", args=[thing.pk])).content.decode()
    )
    assert not re.search(rf"/ppob/{noun}s/(add|\d+/(change|delete))/", page)
    for act, args in (("add", []), ("change", [thing.pk]), ("delete", [thing.pk])):
        url = reverse(f"ppob:{noun}-{act}", args=args)
        assert client.get(url).status_code == 403
        assert client.post(url, {"confirmed": 1}).status_code == 403


@pytest.mark.parametrize("noun", NOUNS)
def test_a_role_that_reaches_one_branch_opens_nothing(client, noun):
    """Sales know no branch, so there is no part of them that it could mean."""
    thing, person = MAKE[noun](), EmployeeFactory()
    RoleGrantFactory(employee=person, role=Role.PPOB_ADMINISTRATOR, branch=person.branch_office)
    client.force_login(person)

    assert client.get(listed(noun)).status_code == 403
    assert client.get(reverse(f"ppob:{noun}-change", args=[thing.pk])).status_code == 403
    assert client.get(reverse(f"ppob:{noun}-add")).status_code == 403


@pytest.mark.parametrize("noun", NOUNS)
def test_nothing_is_where_nothing_is(client, noun):
    log_in(client)
    for pk in (0, 2**31, 2**63, 10**40):
        for act in ("detail", "change", "delete"):
            assert client.get(reverse(f"ppob:{noun}-{act}", args=[pk])).status_code == 404
            if act != "detail":
                assert client.post(reverse(f"ppob:{noun}-{act}", args=[pk])).status_code == 404


@pytest.mark.parametrize("count", [2, 20])
@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_costs_at_most_eight_queries(client, django_assert_max_num_queries, noun, count):
    for _ in range(count):
        MAKE[noun]()
    log_in(client)
    client.get(listed(noun))

    with django_assert_max_num_queries(CEILING):
        page = client.get(listed(noun))

    assert page.content.decode().count('class="row-link') >= count


def test_a_list_walks_by_keys(client):
    agents = AgentFactory.create_batch(60)
    log_in(client)
    first = client.get(listed("agent")).content.decode()
    forth = unescape(re.findall(r'href="([^"]+)"[^>]*rel="next"', first)[0])
    second = client.get(forth).content.decode()

    shown = [set(re.findall(r'row-link" href="([^"]+)"', page)) for page in (first, second)]
    assert len(shown[0]) == 25
    assert not shown[0] & shown[1]
    assert not any(agent.agent_id in forth for agent in agents)


@pytest.mark.parametrize(
    ("noun", "query"),
    [
        ("agent", {"status": "blocked"}),
        ("agent", {"level": 3}),
        ("agent", {"verification": "verified"}),
        ("agent", {"q": "melati raya"}),
        ("product", {"kind": "game"}),
        ("product", {"sold": "no"}),
        ("product", {"q": "melati"}),
        ("connection", {"status": "up"}),
        ("connection", {"used": "no"}),
        ("connection", {"q": "melati"}),
        ("login", {"role": "accountant"}),
        ("login", {"state": "shut"}),
        ("login", {"q": "melati"}),
    ],
    ids=str,
)
def test_filters_narrow_the_list(client, noun, query):
    wanted = {
        "agent": lambda: AgentFactory(
            name="Kios Melati Raya", status="blocked", level=3, verification="verified"
        ),
        "product": lambda: ProductFactory(name="Melati", kind="game", is_active=False),
        "connection": lambda: ConnectionFactory(address="melati.example", status="up", is_active=False),
        "login": lambda: make_login(
            Role.ACCOUNTANT, employee=EmployeeFactory(name="Melati", status="frozen")
        ),
    }[noun]()
    MAKE[noun]()
    log_in(client)

    page = client.get(listed(noun), query).content.decode()

    assert page.count('class="row-link') == 1
    assert reverse(f"ppob:{noun}-detail", args=[wanted.pk]) in page


HOSTILE = [
    {"c": "x"},
    {"q": "\x00"},
    {"status": "__class__"},
    {"corporate": "9" * 30},
    {"corporate": "-1"},
    {"biller": "\x00"},
    {"level": "1e9"},
    {"sort": "ktp_sealed"},
    {"state": "' OR 1=1"},
    {"role": "administrator"},
]


@pytest.mark.parametrize("query", HOSTILE, ids=ascii)
@pytest.mark.parametrize("noun", NOUNS)
def test_no_address_breaks_a_list(client, noun, query):
    MAKE[noun]()
    log_in(client)
    assert client.get(listed(noun), query).status_code == 200


@pytest.mark.parametrize("noun", NOUNS[:3])
@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_a_list_leaves_as_a_file(client, noun, form):
    MAKE[noun]()
    log_in(client, Role.ACCOUNTANT)

    answer = client.post(listed(noun), {"format": form})

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")


def test_an_exported_agent_keeps_its_leading_zero_and_its_secrets(client):
    AgentFactory(agent_id="081200000007", email="kios@gerai.example")
    log_in(client)

    text = client.post(listed("agent"), {"format": "csv"}).getvalue().decode("utf-8-sig")

    assert '"081200000007"' in text
    assert "kios@gerai.example" not in text


def test_an_agents_page_shows_money_limits_devices_and_sales(client, django_assert_max_num_queries):
    house = House.make(balance=1_000_000, level=2)
    agent = house.agent
    Limit.objects.create(level=2, kind=LimitKind.DAY, cap=2_000_000)
    Limit.objects.create(level=2, kind=LimitKind.ITEM, cap=700_000)
    Limit.objects.create(agent=agent, kind=LimitKind.ITEM, cap=500_000)
    apply_limits(agents=[agent])
    report_sales([house.sale(), house.sale(state="suspect")])
    now = timezone.now()
    AgentDevice.objects.create(
        agent=agent, digest="x" * 64, model="Redmi 12", first_seen_at=now, last_seen_at=now, blocked_at=now
    )
    log_in(client)

    with django_assert_max_num_queries(14):
        page = unescape(client.get(reverse("ppob:agent-detail", args=[agent.pk])).content.decode())

    held = account(agent, AccountKind.AGENT)
    assert (held.balance, held.held) == (948_000, 52_000)
    for words in ("Rp\xa0948.000", "Rp\xa0896.000", "Redmi 12", "Blocked", "Suspect", house.product.name):
        assert words in page
    assert "Rp\xa0500.000" in page
    assert "Rp\xa0700.000" not in page
    assert "Rp\xa02.000.000" in page


def test_a_products_page_shows_routes_and_the_prices_in_force(client):
    route = BillerProductFactory(cost=10_250, commission=150)
    product = route.product
    today = timezone.localdate()
    AgentPriceFactory(product=product, level=1, price=11_111)
    AgentPriceFactory(product=product, level=1, price=10_999, from_on=today)
    AgentPriceFactory(
        product=product, level=1, price=10_888, from_on=today.replace(year=today.year + 1, day=1)
    )
    AgentPriceFactory(product=product, level=None, agent=AgentFactory(name="Kios Istimewa"), price=10_777)
    log_in(client, Role.PPOB_STAFF)

    page = unescape(client.get(reverse("ppob:product-detail", args=[product.pk])).content.decode())

    for words in (
        "Rp\xa010.250",
        "Rp\xa0150",
        "Rp\xa010.999",
        "Rp\xa010.888",
        "Rp\xa010.777",
        "Kios Istimewa",
    ):
        assert words in page
    assert "Rp\xa011.111" not in page


def test_the_quick_search_finds_agents_and_products(client):
    agent, product = AgentFactory(name="Kios Melati"), ProductFactory(name="Pulsa Melati")
    log_in(client, Role.PPOB_STAFF)

    by_name = client.get(reverse("search"), {"q": "melati"}).content.decode()
    by_number = client.get(reverse("search"), {"q": agent.agent_id}).content.decode()

    assert reverse("ppob:agent-detail", args=[agent.pk]) in by_name
    assert reverse("ppob:product-detail", args=[product.pk]) in by_name
    assert reverse("ppob:agent-detail", args=[agent.pk]) in by_number


def test_the_quick_search_of_others_finds_none(client):
    AgentFactory(name="Kios Melati")
    log_in(client, Role.MANAGER)

    assert "Kios Melati" not in client.get(reverse("search"), {"q": "melati"}).content.decode()
