"""What a list of the payment point costs: the same at 2 and at 20 rows; and searches that use their index."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from ppob import ledger
from ppob.models import Agent, Product
from ppob.services import prepare_day, sign_day
from ppob.services.sales import report_sales
from ppob.tests import factories as made
from ppob.tests.ledger_factories import House, account, make_agent
from ppob.tests.reconciliation_world import YESTERDAY, compared_day

pytestmark = pytest.mark.django_db
CEILING = 12


def make_day():
    made.BillerDayFactory()


def make_sale():
    house = House.make()
    report_sales([house.sale()])


def make_hold():
    agent = make_agent(100_000)
    ledger.hold(key=f"hold:{agent.pk}", account=account(agent).pk, amount=1_000)


LISTS = {
    "agent": lambda: made.AgentFactory(corporate=made.CorporateFactory()),
    "corporate": made.CorporateFactory,
    "agentdevice": made.AgentDeviceFactory,
    "blacklist": made.BlacklistFactory,
    "apprelease": made.AppReleaseFactory,
    "biller": made.BillerFactory,
    "connection": made.ConnectionFactory,
    "reportedbalance": made.ReportedBalanceFactory,
    "billerday": make_day,
    "product": made.ProductFactory,
    "agentprice": made.AgentPriceFactory,
    "bill": made.BillFactory,
    "limit": made.LimitFactory,
    "virtualaccount": made.VirtualAccountFactory,
    "topup": made.TopUpFactory,
    "bankline": made.BankLineFactory,
    "reward": made.RewardFactory,
    "redemption": made.RedemptionFactory,
    "achievement": made.AchievementFactory,
    "merchant": lambda: made.MerchantFactory(agent=made.AgentFactory()),
    "content": made.ContentFactory,
    "pushmessage": lambda: made.PushMessageFactory(agent=made.AgentFactory()),
    "setting": made.SettingFactory,
    "apiclient": made.ApiClientFactory,
    "account": make_agent,
    "transfer": lambda: make_agent(10_000),
    "hold": make_hold,
    "transaction": make_sale,
    "difference": lambda: compared_day(1, owner=EmployeeFactory()),
    "settlementprofile": lambda: compared_day(1),
    "settlementfile": lambda: compared_day(1),
    "reconciliationrun": lambda: compared_day(1),
    "depositstatement": lambda: compared_day(1),
}


@pytest.fixture
def client():
    client = Client()
    client.force_login(EmployeeFactory(roles=[Role.PPOB_ADMINISTRATOR]))
    return client


def queries(client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize(("model", "make"), LISTS.items(), ids=list(LISTS))
def test_a_list_costs_the_same_at_2_and_at_20_rows(client, model, make):
    url = f"/admin/ppob/{model}/"
    for _ in range(2):
        make()
    client.get(url)
    at_2 = queries(client, url)
    for _ in range(18):
        make()
    at_20 = queries(client, url)

    assert at_20 == at_2
    assert at_20 <= CEILING


@pytest.mark.parametrize(
    ("model", "url", "index"),
    [
        (Agent, "/admin/ppob/agent/?q=berkah", "agent_search"),
        (Product, "/admin/ppob/product/?q=pulsa", "product_search"),
    ],
)
def test_a_search_uses_its_index(client, model, url, index):
    changelist = client.get(url).context["cl"]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")

    assert index in changelist.queryset.order_by().explain()


def test_a_sale_is_found_in_its_own_partition(client):
    make_sale()
    changelist = client.get("/admin/ppob/transaction/").context["cl"]
    url = changelist.url_for_result(changelist.result_list[0])

    with CaptureQueriesContext(connection) as captured:
        page = client.get(url)

    assert page.status_code == 200
    assert "ppob_transaction" in str([query for query in captured if 'occurred_at" = ' in query["sql"]])
    assert client.get("/admin/ppob/transaction/999999999/change/").status_code == 302


def test_nothing_of_a_reconciliation_is_changed_here(client):
    """Evidence is read; a signed day refuses by trigger as well, whoever asks."""
    (one,) = compared_day(1, state="closed")
    for maker in ("prepare", "sign"):
        act = {"prepare": prepare_day, "sign": sign_day}[maker]
        act(biller=one.biller, day=YESTERDAY, actor=EmployeeFactory(roles=[Role.ACCOUNTANT]))
    things = {
        "difference": one, "settlementfile": one.file, "reconciliationrun": one.run,
        "settlementprofile": one.biller.settlement_profile, "depositstatement": one.biller.statements.get(),
        "billerday": one.biller.days.get(),
    }  # fmt: skip
    for model, thing in things.items():
        before = type(thing).objects.values().get(pk=thing.pk)
        page = client.get(f"/admin/ppob/{model}/{thing.pk}/change/")
        assert page.status_code == 200
        assert not page.context["has_change_permission"]
        for act in (f"{thing.pk}/change", f"{thing.pk}/delete", "add"):
            posted = {"explanation": "x", "state": "open", "is_active": "", "post": "yes"}
            assert client.post(f"/admin/ppob/{model}/{act}/", posted).status_code == 403, (model, act)
        assert type(thing).objects.values().get(pk=thing.pk) == before
