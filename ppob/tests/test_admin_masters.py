"""The rest of the payment point in the admin: switched off instead of deleted, limits that hold at once, keys shown once,
redemptions by two people, a ledger that is only read."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from core.sealed import open_sealed
from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from ppob import ledger
from ppob.choices import AccountKind, LimitKind, RedemptionState
from ppob.exceptions import OutOfStock
from ppob.models import Account, AgentPrice, ApiClient, Biller, BillerProduct, Limit, Product, Redemption
from ppob.services import approve_redemption
from ppob.services.sales import report_sales
from ppob.tests.factories import (
    AgentPriceFactory,
    BillerFactory,
    LimitFactory,
    ProductFactory,
    RedemptionFactory,
    RewardFactory,
)
from ppob.tests.ledger_factories import House, account, make_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return EmployeeFactory(roles=[Role.PPOB_ADMINISTRATOR], language="en")


@pytest.fixture
def admin(person):
    client = Client()
    client.force_login(person)
    return client


def selected(admin, model, action, *things):
    data = {"action": action, "_selected_action": [thing.pk for thing in things], "confirmed": "1"}
    return admin.post(reverse(f"admin:ppob_{model}_changelist"), data, follow=True)


def test_delete_switches_off_and_can_be_taken_back(admin):
    product = ProductFactory()

    selected(admin, "product", "deactivate_selected", product)
    assert not Product.objects.get().is_active
    assert "It is so already" in selected(admin, "product", "deactivate_selected", product).content.decode()
    selected(admin, "product", "activate_selected", product)

    assert Product.objects.get().is_active
    acts = AuditEntry.objects.filter(object_uuid=product.uuid).order_by("id").values_list("act", flat=True)
    assert list(acts) == ["master.deactivated", "master.activated"]


def test_a_product_is_saved_with_where_it_is_bought(admin):
    product, biller = ProductFactory(), BillerFactory()
    data = {
        "name": "Pulsa 25.000", "kind": "credit", "price": "26500", "counter_fee": "0", "agent_share": "500", "points": "1",
        "is_active": "on", "routes-TOTAL_FORMS": "1", "routes-INITIAL_FORMS": "0", "routes-0-biller": biller.pk,
        "routes-0-biller_code": "X25", "routes-0-cost": "25000", "routes-0-admin_fee": "0", "routes-0-commission": "0",
        "routes-0-route": "1", "routes-0-is_available": "on", "code": "ANOTHER",
    }  # fmt: skip
    answer = admin.post(reverse("admin:ppob_product_change", args=[product.pk]), data)

    assert answer.status_code == 302, answer.context["errors"]
    assert Product.objects.get().code == product.code
    assert BillerProduct.objects.get().cost == 25_000


def test_a_price_below_nothing_is_refused_beside_its_field(admin):
    product = ProductFactory()
    data = {"name": "P", "kind": "credit", "price": "0", "counter_fee": "0", "agent_share": "0", "points": "0",
            "routes-TOTAL_FORMS": "0", "routes-INITIAL_FORMS": "0"}  # fmt: skip
    answer = admin.post(reverse("admin:ppob_product_change", args=[product.pk]), data)

    assert "price" in answer.context["adminform"].form.errors


def test_a_new_biller_has_its_deposit(admin):
    data = {"code": "FIN", "name": "Finnet", "settlement": "prefunded", "is_active": "on", "time_zone": "Asia/Jakarta",
            "cut_off_minute": "0", "low_balance": "1000000"}  # fmt: skip
    answer = admin.post(reverse("admin:ppob_biller_add"), data)

    assert answer.status_code == 302, answer.context["errors"]
    assert Account.objects.get(biller=Biller.objects.get()).kind == AccountKind.BILLER_DEPOSIT


def test_a_limit_holds_from_the_next_sale_on(admin):
    agent = make_agent(1_000_000)
    add = {"level": "", "agent": agent.pk, "kind": "item", "cap": "20000"}
    assert admin.post(reverse("admin:ppob_limit_add"), add).status_code == 302
    assert account(agent).item_cap == 20_000

    limit = Limit.objects.get()
    admin.post(reverse("admin:ppob_limit_change", args=[limit.pk]), {"cap": "30000", "kind": "day"})

    assert (Limit.objects.get().cap, Limit.objects.get().kind) == (30_000, LimitKind.ITEM)
    assert account(agent).item_cap == 30_000
    assert ledger.take_money(agent=agent.agent_id, amount=30_001, key="over").status != "SUCCESS"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"level": "1", "kind": "day", "cap": "0"}, "cap"),
        ({"level": "", "kind": "day", "cap": "5"}, "level"),
        ({"level": "1", "kind": "day", "cap": str(10**18)}, "cap"),
    ],
)
def test_a_limit_that_cannot_be_says_so_beside_its_field(admin, fields, field):
    answer = admin.post(reverse("admin:ppob_limit_add"), {"agent": "", **fields})
    assert field in answer.context["adminform"].form.errors


def test_a_second_limit_of_the_kind_is_refused(admin):
    LimitFactory(agent=None, level=1, kind=LimitKind.DAY)
    answer = admin.post(
        reverse("admin:ppob_limit_add"), {"agent": "", "level": "1", "kind": "day", "cap": "9"}
    )
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors


def test_a_price_that_has_begun_stays_as_it_was(admin):
    old = AgentPriceFactory(from_on=date(2026, 1, 1))
    coming = AgentPriceFactory(from_on=timezone.localdate() + timedelta(days=9))
    for price in (old, coming):
        data = {"price": "1", "from_on": coming.from_on.isoformat()}
        admin.post(reverse("admin:ppob_agentprice_change", args=[price.pk]), data)

    assert AgentPrice.objects.get(pk=old.pk).price == 26_000
    assert AgentPrice.objects.get(pk=coming.pk).price == 1


def test_a_key_shows_its_secret_once_and_keeps_it_sealed(admin):
    page = admin.post(
        reverse("admin:ppob_apiclient_add"), {"name": "Core server"}, follow=True
    ).content.decode()

    client = ApiClient.objects.get()
    secret = open_sealed(client.secret_sealed)
    assert secret in page
    assert client.key_id in page
    assert secret not in admin.get(reverse("admin:ppob_apiclient_change", args=[client.pk])).content.decode()
    assert secret not in str(list(AuditEntry.objects.values()))
    assert AuditEntry.objects.filter(object_uuid=client.uuid).count() == 1

    renewed = admin.post(
        reverse("admin:ppob_apiclient_renew", args=[client.pk]), {"confirmed": "1"}, follow=True
    )
    client.refresh_from_db()
    assert open_sealed(client.secret_sealed) != secret
    assert open_sealed(client.secret_sealed) in renewed.content.decode()


def test_making_a_key_asks_who_is_at_the_keyboard(admin, settings):
    settings.FRESH_FACTOR_SECONDS = 300
    admin.post(reverse("admin:ppob_apiclient_add"), {"name": "Core server"})
    assert not ApiClient.objects.exists()


def test_one_asks_for_a_reward_and_another_approves(admin, person):
    agent, reward = make_agent(), RewardFactory(points=100, stock=1)
    ledger.receive_points(agent=agent.agent_id, amount=150, key="points")
    answer = admin.post(reverse("admin:ppob_redemption_add"), {"agent": agent.pk, "reward": reward.pk})
    assert answer.status_code == 302, answer.context["errors"]
    asked = Redemption.objects.get()
    assert (asked.points, asked.asked_by, asked.state) == (100, person, RedemptionState.ASKED)

    page = selected(admin, "redemption", "approve_selected", asked).content.decode()
    assert "Somebody else has to decide" in page

    other = Client()
    other.force_login(EmployeeFactory(roles=[Role.PPOB_ADMINISTRATOR], language="en"))
    selected(other, "redemption", "approve_selected", asked)
    selected(other, "redemption", "hand_over_selected", asked)

    asked.refresh_from_db()
    reward.refresh_from_db()
    assert (asked.state, reward.stock) == (RedemptionState.HANDED_OVER, 0)
    assert asked.transfer_id
    assert account(agent, AccountKind.AGENT_POINTS).balance == 50


def test_a_redemption_without_points_or_stock_takes_nothing(admin, person):
    poor = RedemptionFactory(agent=make_agent())
    assert "too low" in selected(admin, "redemption", "approve_selected", poor).content.decode().lower()
    poor.refresh_from_db()
    poor.reward.refresh_from_db()
    assert (poor.state, poor.reward.stock) == (RedemptionState.ASKED, 5)

    with pytest.raises(OutOfStock):
        approve_redemption(
            redemption=RedemptionFactory(agent=make_agent(), reward=RewardFactory(stock=0)), actor=person
        )


def test_money_is_only_looked_at(admin):
    house = House.make()
    report_sales([house.sale()])
    for model in ("account", "transfer", "transaction"):
        page = admin.get(reverse(f"admin:ppob_{model}_changelist"))
        thing = page.context["cl"].result_list[0]
        detail = admin.get(reverse(f"admin:ppob_{model}_change", args=[thing.pk]))
        assert detail.status_code == 200
        assert 'name="_save"' not in detail.content.decode()
        assert admin.post(reverse(f"admin:ppob_{model}_change", args=[thing.pk]), {}).status_code == 403
        assert admin.get(reverse(f"admin:ppob_{model}_add")).status_code == 403


def test_a_transfer_shows_all_its_entries_and_an_account_its_newest(admin):
    house = House.make(balance=100_000)
    report_sales([house.sale()])
    sale = house.agent.accounts.get(kind=AccountKind.AGENT).entries.latest("version").transfer

    page = admin.get(reverse("admin:ppob_transfer_change", args=[sale.pk])).content.decode()
    assert f"agent:{house.agent.agent_id}" in page
    assert "income:idr" in page

    mine = admin.get(reverse("admin:ppob_account_change", args=[account(house.agent).pk])).content.decode()
    assert "Rp\xa048.000" in mine
