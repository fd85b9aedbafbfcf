"""Report, one sale, suspects, exceptions and the days' figures: who gets in, what they cost, what they say."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.lists.cursor import Position
from core.lists.keyset import read_page
from core.lists.sorts import Order, Sort
from core.live import allowed_topics
from core.models import AuditEntry
from organization.choices import Role
from organization.models import Employee
from organization.tests.factories import EmployeeFactory
from ppob.choices import TransactionState
from ppob.models import AdviceRequest, PostingException, Transaction
from ppob.periods import ledger_today
from ppob.services.reports import save_report
from ppob.services.sales import report_sales
from ppob.services.summaries import summarise_changed
from ppob.tests.balance_world import client_of, person
from ppob.tests.ledger_factories import House
from ppob.tests.report_world import an_hour_ago, sell, url_of

pytestmark = pytest.mark.django_db
CEILING = 8
LISTS = (
    "transaction-list", "transaction-totals", "suspect-list", "exception-list", "report-list", "performance-list",
    "recap-list",
)  # fmt: skip
SEEING = (Role.PPOB_ADMINISTRATOR, Role.PPOB_STAFF, Role.ACCOUNTANT, Role.AUDITOR)


@pytest.fixture
def administrator():
    return person()


@pytest.fixture
def client(administrator):
    return client_of(administrator)


def rows_in(page) -> int:
    return page.content.decode().count('class="row-link"')


def make_all(count: int, owner) -> None:
    for number in range(count):
        sell()
        sell(state="suspect")
        sell(House.make(balance=0))
        save_report(owner=owner, recipients=[EmployeeFactory()], name=f"Laporan {number}", columns=["noref"])
    summarise_changed()


@pytest.mark.parametrize("count", [2, 20])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_at_most_eight_queries(
    client, administrator, django_assert_max_num_queries, name, count
):
    make_all(count, administrator)
    today = ledger_today().isoformat()
    url = reverse(f"ppob:{name}") + (
        f"?since={today}&until={today}" if name in ("performance-list", "recap-list") else ""
    )
    client.get(url)
    with django_assert_max_num_queries(CEILING):
        assert client.get(url).status_code == 200


def test_every_filter_at_once_costs_no_more(client, django_assert_max_num_queries):
    sale = sell()
    query = f"?q={sale.noref}&biller={sale.biller_id}&product={sale.product_id}&state=success&agent={sale.agent.agent_id}"
    url = reverse("ppob:transaction-list") + query
    client.get(url)
    with django_assert_max_num_queries(CEILING):
        page = client.get(url)
    assert rows_in(page) == 1


@pytest.mark.parametrize("role", [*SEEING, Role.STORE_SUPPORT, Role.MANAGER])
def test_who_sees_the_report(role):
    client, sale = client_of(person(role)), sell()
    pages = [client.get(reverse(f"ppob:{name}")).status_code for name in (*LISTS, "transaction-news")]
    assert pages == [200 if role in SEEING else 403] * len(pages)
    assert client.get(url_of(sale)).status_code == (200 if role in SEEING else 403)


@pytest.mark.parametrize("role", SEEING)
def test_who_acts(role):
    client, sale = client_of(person(role)), sell(state="suspect")
    sell(House.make(balance=0))
    exception = PostingException.objects.order_by("-pk").first()
    answers = (
        client.post(url_of(sale, "suspect-ask")).status_code,
        client.get(reverse("ppob:exception-close", args=[exception.pk])).status_code,
        client.get(reverse("ppob:report-add")).status_code,
    )
    assert answers == (
        (302, 200, 200) if role in (Role.PPOB_ADMINISTRATOR, Role.ACCOUNTANT) else (403, 403, 403)
    )


def test_the_report_shows_what_the_original_showed(client):
    sale = sell(source_account="1234567890123456", serial="55556666777788889999")
    shown = client.get(reverse("ppob:transaction-list")).content.decode()
    for text in (sale.noref, sale.customer_id, sale.serial, sale.agent.name, sale.agent.agent_id, sale.product.name,
                 sale.biller.name, "••••3456", "Rp\xa053.000"):  # fmt: skip
        assert text in shown, text
    assert "1234567890123456" not in shown
    sell()
    assert ">-</td>" in client.get(reverse("ppob:transaction-list")).content.decode()


def test_each_filter_finds_its_own_and_no_other(client):
    sale, other = sell(serial="11112222333344445555", customer_id="512345678901"), sell(state="failed")
    url = reverse("ppob:transaction-list")
    for query in (
        f"biller={sale.biller_id}", f"product={sale.product_id}", f"agent={sale.agent.agent_id}", "state=success",
        f"q={sale.noref}", f"q={sale.customer_id}", f"q={sale.serial}", "q=1111-2222-3333-4444-5555",
        "q=1111 2222 3333 4444 5555",
    ):  # fmt: skip
        shown = client.get(f"{url}?{query}").content.decode()
        assert sale.noref in shown, query
        assert other.noref not in shown, query
    # A part of a number is no number.
    assert rows_in(client.get(f"{url}?q={sale.noref[:-1]}")) == 0


def test_a_month_by_default_and_every_day_for_a_number(client):
    old = sell(occurred_at=an_hour_ago() - timedelta(days=40))
    url = reverse("ppob:transaction-list")
    assert rows_in(client.get(url)) == 0
    assert rows_in(client.get(f"{url}?q={old.noref}")) == 1
    day = old.occurred_at.date() - timedelta(days=1)
    assert rows_in(client.get(f"{url}?since={day}")) == 1


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday", "until=2026-13-45", "since=0000-00-00", "biller=999999", "biller=x", "product=" + "9" * 40,
        "state=gone", "agent=" + "8" * 300, "q=" + "1" * 500, "q=%00", "since=9999-12-31", "until=0001-01-01", "c=nonsense",
        "sort=nonsense", "size=1000000", "since=2026-01-02&until=2026-01-01", "hide=nothing", "q=%F0%9F%98%80",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["transaction-list", "transaction-totals", "transaction-news", "suspect-list",
                                  "performance-list", "recap-list", "exception-list", "report-list"])  # fmt: skip
def test_nonsense_is_left_out_and_said(client, name, query):
    answer = client.get(f"{reverse(f'ppob:{name}')}?{query}")
    assert answer.status_code == 200
    if name == "transaction-list" and query in ("since=yesterday", "biller=999999", "state=gone"):
        assert "could not be understood" in answer.content.decode()


@pytest.mark.parametrize("at", ["", "x", "2026-01-01", "9999999-01-01", "2026-01-01T00:00:00Z"])
@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 40, "1"])
def test_the_news_answer_whatever_they_are_asked(client, at, after):
    answer = client.get(reverse("ppob:transaction-news"), {"at": at, "after": after})
    assert answer.status_code == 200
    assert answer.json()["count"] == 0


def test_what_is_not_there_is_404(client):
    sale = sell(state="suspect")
    for at, pk in ((sale.moment, 10**30), (10**40, sale.pk), (sale.moment + 1, sale.pk), (0, 0)):
        assert client.get(f"/ppob/transactions/{at}/{pk}/").status_code == 404
        assert client.post(f"/ppob/suspects/{at}/{pk}/ask/").status_code == 404
    for pk in (0, 10**30):
        assert client.get(f"/ppob/exceptions/{pk}/close/").status_code == 404
        assert client.post(f"/ppob/exceptions/{pk}/close/", {"note": "x"}).status_code == 404
        assert client.get(f"/ppob/reports/{pk}/change/").status_code == 404
        assert client.post(f"/ppob/reports/{pk}/run/").status_code == 404


def test_pages_meet_without_gap_or_double(client):
    house, seconds = House.make(balance=100_000_000), an_hour_ago()
    # Several of one second: the id decides.
    report_sales([house.sale(occurred_at=seconds - timedelta(seconds=number // 4)) for number in range(60)])
    seen, url = [], reverse("ppob:transaction-list") + "?size=25"
    while url:
        page = client.get(url)
        seen += [row.pk for row in page.context["list"].rows]
        url = page.context["list"].next_url
    wanted = Transaction.objects.order_by("-occurred_at", "-id").values_list("pk", flat=True)
    assert seen == list(wanted)


def test_what_has_arrived_is_counted_for_the_filter(client):
    house = House.make()
    first = sell(house)
    url = reverse("ppob:transaction-news")
    asked = {"at": first.occurred_at.isoformat(), "after": first.pk}
    assert client.get(url, asked).json()["count"] == 0
    sell(house, occurred_at=first.occurred_at)
    sell(state="failed", occurred_at=first.occurred_at + timedelta(seconds=5))
    assert client.get(url, asked).json() == {"count": 2, "words": "2 new transactions"}
    assert client.get(url, asked | {"state": "failed"}).json()["count"] == 1
    page = client.get(reverse("ppob:transaction-list")).content.decode()
    assert 'data-follows="1"' in page


def test_new_sales_are_told_to_open_pages(monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr("core.live.publish", lambda topic, data: told.append((topic, data)))
    with django_capture_on_commit_callbacks(execute=True):
        sell()
    assert told == [("ppob.sales.new", {"count": 1})]


def test_totals_are_those_of_brute_force(client):
    house = House.make(balance=10_000_000)
    for number in range(12):
        sell(house, state=("success", "failed", "suspect")[number % 3], bill=1_000 * (number + 1))
    sell()
    summarise_changed()
    for query in ("", f"?biller={house.biller.pk}", "?state=failed", f"?agent={house.agent.agent_id}"):
        totals = client.get(reverse("ppob:transaction-totals") + query).context["totals"]
        rows = list(Transaction.objects.all())
        if "biller" in query or "agent" in query:
            rows = [row for row in rows if row.agent_id == house.agent.pk]
        if "failed" in query:
            rows = [row for row in rows if row.state == "failed"]
        good = [row for row in rows if row.state == "success"]
        assert (totals.count, totals.total) == (len(rows), sum(row.total for row in good))
        assert (totals.net, totals.income) == (sum(row.net for row in good), sum(row.income for row in good))
        assert sum(totals.by_state.values()) == len(rows)
        assert not totals.is_approximate


def test_beyond_a_limit_totals_come_from_the_days_sums_or_not_at_all(client, monkeypatch):
    house = House.make()
    for _ in range(5):
        sell(house)
    summarise_changed()
    monkeypatch.setattr("ppob.selectors.transactions.EXACT_UP_TO", 3)
    url = reverse("ppob:transaction-totals")
    told = client.get(url)
    assert (told.context["totals"].count, told.context["totals"].is_approximate) == (5, True)
    assert "approximate" in told.content.decode()
    told = client.get(f"{url}?agent={house.agent.agent_id}")
    assert told.context["totals"].count is None


def test_one_sale_with_all_that_is_known(client):
    house = House.make()
    sale = sell(house, state="suspect", noref="000000777777")
    report_sales(
        [house.sale(noref="000000777777", occurred_at=sale.occurred_at, state="success", serial="TOKEN-1")]
    )
    page = client.get(url_of(sale))
    text = page.content.decode()
    assert [event.after for event in page.context["history"]] == ["success"]
    assert page.context["first_state"] == "suspect"
    for words in ("TOKEN-1", "Rp\xa053.000", "Rp\xa052.000", "Rp\xa050.500", f"agent:{house.agent.agent_id}"):
        assert words in text, words
    by_asset = {}
    for row in page.context["postings"]:
        by_asset[row.account.asset] = by_asset.get(row.account.asset, 0) + row.account.sign * row.amount
    assert set(by_asset.values()) == {0}


def test_advice_is_asked_once_and_told(client, administrator):
    sale = sell(state="suspect")
    page = client.get(reverse("ppob:suspect-list"))
    assert "Not asked yet" in page.content.decode()
    client.post(url_of(sale, "suspect-ask"))
    again = client.post(url_of(sale, "suspect-ask"), follow=True)
    assert "asked already" in again.content.decode()
    (asked,) = AdviceRequest.objects.all()
    assert (asked.transaction_id, asked.asked_by) == (sale.pk, administrator)
    assert AuditEntry.objects.get(act="advice.asked").object_uuid == asked.uuid
    assert rows_in(client.get(reverse("ppob:suspect-list") + "?asked=no")) == 0
    assert rows_in(client.get(reverse("ppob:suspect-list") + "?asked=open")) == 1
    assert "Advice asked for" in client.get(url_of(sale)).content.decode()


def test_what_has_ended_is_not_asked_about(client):
    answer = client.post(url_of(sell(), "suspect-ask"), follow=True)
    assert "no suspect any more" in answer.content.decode()
    assert not AdviceRequest.objects.exists()


def test_an_exception_is_closed_with_a_note_once(client, administrator):
    sell(House.make(balance=0))
    exception = PostingException.objects.get()
    url = reverse("ppob:exception-close", args=[exception.pk])
    assert client.get(url).status_code == 200
    empty = client.post(url, {"note": " "})
    assert empty.status_code == 422
    assert "id_note_error" in empty.content.decode()
    too_long = client.post(url, {"note": "x" * 201})
    assert too_long.status_code == 422
    assert "x" * 201 in too_long.content.decode()
    client.post(url, {"note": "Dibayar tunai"})
    exception.refresh_from_db()
    assert (exception.note, exception.closed_by) == ("Dibayar tunai", administrator)
    client.post(url, {"note": "Lain"})
    exception.refresh_from_db()
    assert exception.note == "Dibayar tunai"
    assert AuditEntry.objects.filter(act="exception.closed").count() == 1
    assert "Dibayar tunai" in client.get(reverse("ppob:exception-list") + "?state=closed").content.decode()


def test_the_days_figures_are_those_of_the_sales(client):
    house = House.make(balance=10_000_000)
    for number in range(10):
        state = TransactionState.SUCCESS if number < 7 else TransactionState.FAILED
        sell(house, state=state, milliseconds=100 * (number + 1))
    summarise_changed()
    days = f"?since={ledger_today() - timedelta(days=2)}&until={ledger_today()}"
    page = client.get(reverse("ppob:performance-list") + days)
    (day,) = page.context["list"].rows
    assert (day.transactions, day.succeeded, day.failed, day.mean_ms) == (10, 7, 3, 550)
    assert page.context["sums"]["success_rate"] == day.success_rate == 70
    page = client.get(reverse("ppob:recap-list") + days)
    assert (page.context["sums"]["succeeded"], page.context["sums"]["total"]) == (7, 7 * 53_000)
    assert "known once its file" in page.content.decode()
    answer = client.post(reverse("ppob:recap-list") + days, {"format": "csv"})
    assert "371000" in b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("role", [*SEEING, Role.STORE_SUPPORT])
def test_who_hears_of_new_sales(role):
    heard = allowed_topics(Employee.objects.get(pk=person(role).pk), ["ppob.sales.new", "ppob.sales.1"])
    assert heard == ({"ppob.sales.new"} if role in SEEING else set())


def test_a_page_far_down_reads_no_month_after_it():
    """A filter bounds the time and so does the page's place; an index that began at the filter's would read all between."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ppob_transaction'::regclass ORDER BY 1"
        )
        first, *later = [name for (name,) in cursor.fetchall()]
    assert later
    month = datetime.strptime(first[-6:], "%Y%m").replace(tzinfo=UTC)
    sales = Transaction.objects.filter(occurred_at__range=(month, month + timedelta(days=3650)))
    order = Order(Sort(key="at", label="", field="occurred_at"), descending=True)
    place = Position((month + timedelta(days=10)).isoformat(), 10**9)
    with CaptureQueriesContext(connection) as asked:
        assert read_page(sales, order=order, position=place, size=50).rows == []
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert first in plan
    assert not [name for name in later if name in plan]
    assert "Index Cond: ((ROW(occurred_at, id) < " in plan
