"""The pages of balances, top-ups, statements, redemptions and the ledger: who gets in, what they cost, what they refuse."""

import io
import uuid
from datetime import date, timedelta

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, Job
from core.outbox import drain
from organization.choices import Role
from organization.models import RoleGrant
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory
from ppob import ledger
from ppob.choices import RedemptionState, TopUpState
from ppob.models import BankLine, Redemption, ReportedBalance, Reward, TopUp, Transfer
from ppob.services.balances import watch_balances
from ppob.services.redemptions import ask_redemption
from ppob.services.topups import match_topups
from ppob.tests.balance_world import client_of, make_line, make_topup, person, prove, reported, sold_a_week
from ppob.tests.ledger_factories import account, make_agent, make_biller

pytestmark = pytest.mark.django_db
CEILING = 8
LISTS = (
    "biller-balance-list", "topup-list", "bank-line-list", "statement-list", "redemption-list", "ledger-day-list",
)  # fmt: skip
SEEING = (Role.PPOB_ADMINISTRATOR, Role.PPOB_STAFF, Role.ACCOUNTANT, Role.AUDITOR)


@pytest.fixture
def administrator():
    return person()


@pytest.fixture
def client(administrator):
    return client_of(administrator)


def make_all(count: int) -> None:
    """`count` of everything that the lists show."""
    actor = EmployeeFactory()
    for number in range(count):
        biller, agent = make_biller(low_balance=1), make_agent(5_000)
        sold_a_week(biller, 1_000)
        reported(biller, number)
        topup = make_topup(agent=agent)
        make_topup(biller=biller)
        make_line(topup)
        reward, _made = Reward.objects.get_or_create(
            code="MUG", defaults={"name": "Mug", "points": 3, "stock": 9}
        )
        ask_redemption(agent=agent, reward=reward, actor=actor)
    match_topups(actor=None)


@pytest.mark.parametrize("count", [2, 20])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_at_most_eight_queries(client, django_assert_max_num_queries, name, count):
    make_all(count)
    client.get(reverse(f"ppob:{name}"))
    with django_assert_max_num_queries(CEILING):
        assert client.get(reverse(f"ppob:{name}")).status_code == 200


@pytest.mark.parametrize("count", [2, 20])
@pytest.mark.parametrize("whose", ["agent", "biller"])
def test_a_statement_costs_at_most_eight_queries(client, django_assert_max_num_queries, whose, count):
    agent, biller = make_agent(), make_biller()
    for number in range(count):
        ledger.move(
            key=f"m{number}", kind="move", debit=account(biller).pk, credit=account(agent).pk, amount=100
        )
    url = reverse("ppob:statement", args=[account(agent if whose == "agent" else biller).uuid])
    client.get(url)
    with django_assert_max_num_queries(CEILING):
        page = client.get(url)
    assert f"Rp\xa0{count * 100:,}".replace(",", ".") in page.content.decode()


def test_what_the_panel_costs(client, django_assert_num_queries, administrator):
    from django.test import RequestFactory

    from ppob.panels import payment_point_panel

    make_all(3)
    watch_balances()
    request = RequestFactory().get("/")
    request.user = type(administrator).objects.get(pk=administrator.pk)
    request.user.has_perm("ppob.view_biller")
    with django_assert_num_queries(3):
        shown = payment_point_panel(request)
    assert (shown["low_count"], shown["suspects"], shown["sales"].count) == (3, 0, 0)
    assert "Billers that run dry" in client.get("/").content.decode()


@pytest.mark.parametrize("role", [*SEEING, Role.STORE_SUPPORT, Role.MANAGER])
def test_who_sees_money(role):
    client = client_of(person(role))
    pages = [client.get(reverse(f"ppob:{name}")).status_code for name in LISTS]
    assert pages == [200 if role in SEEING else 403] * len(LISTS)


@pytest.mark.parametrize("role", SEEING)
def test_who_moves_money(role):
    """Staff looks, accountants bring in the bank's word, administrators post."""
    client, topup = client_of(person(role)), make_topup()
    make_line(topup)
    match_topups(actor=None)
    get, post = client.get, client.post
    biller = make_biller()
    answers = {
        "figure": get(reverse("ppob:biller-balance-figure", args=[biller.pk])).status_code,
        "add": get(reverse("ppob:topup-add")).status_code,
        "import": get(reverse("ppob:bank-import")).status_code,
        "post": post(reverse("ppob:topup-post", args=[topup.pk])).status_code,
        "redeem": get(reverse("ppob:redemption-add")).status_code,
        "prove": post(reverse("ppob:ledger-prove")).status_code,
    }
    all_ = dict.fromkeys(answers, 302) | dict.fromkeys(("figure", "add", "import", "redeem"), 200)
    nothing = dict.fromkeys(answers, 403) | {"prove": 302}
    wanted = {Role.PPOB_ADMINISTRATOR: all_, Role.ACCOUNTANT: nothing | {"import": 200}}
    assert answers == wanted.get(role, nothing)


def test_a_role_that_reaches_less_than_the_country_opens_nothing():
    branch = BranchFactory()
    employee = EmployeeFactory(branch_office=branch)
    RoleGrantFactory(employee=employee, role=Role.ACCOUNTANT, branch=branch)
    assert RoleGrant.objects.filter(employee=employee).exists()
    client = client_of(employee)
    assert {client.get(reverse(f"ppob:{name}")).status_code for name in LISTS} == {403}


def test_what_is_not_there_is_404(client):
    nowhere = uuid.uuid4()
    for name, key in (
        ("biller-balance", 999_999), ("biller-balance-figure", 999_999), ("topup", 999_999), ("statement", nowhere),
        ("bank-import-run", nowhere),
    ):  # fmt: skip
        assert client.get(reverse(f"ppob:{name}", args=[key])).status_code == 404, name
    for name in ("topup-post", "topup-match", "topup-cancel", "redemption-approve"):
        assert client.post(reverse(f"ppob:{name}", args=[999_999])).status_code == 404, name
    topup = make_topup()
    assert client.post(reverse("ppob:topup-match", args=[topup.pk]), {"line": "9" * 30}).status_code == 404


def test_a_biller_shows_both_figures_and_what_it_sells(client):
    biller = make_biller(low_balance=2_000_000)
    ledger.move(
        key="f",
        kind="deposit_topup",
        debit=account(biller).pk,
        credit=account("bank:idr").pk,
        amount=1_500_000,
    )
    watch_balances()
    answer = client.post(
        reverse("ppob:biller-balance-figure", args=[biller.pk]),
        {"amount": "Rp 1.499.000", "at": timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")},
    )
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "Rp\xa01.500.000" in page
    assert "Rp\xa01.499.000" in page
    assert "This deposit runs dry" in page


@pytest.mark.parametrize(
    "typed",
    [
        {"amount": "1,5"}, {"amount": ""}, {"amount": "9" * 5000}, {"amount": "\u0661\u0662x"}, {"amount": "\x00"},
        {"at": "2199-01-01T00:00"}, {"at": "1999-01-01T00:00"}, {"at": "soon"}, {"at": ""},
    ],
)  # fmt: skip
def test_a_figure_that_makes_no_sense_is_kept_on_the_form(client, typed):
    biller = make_biller()
    good = {"amount": "5", "at": timezone.localtime().strftime("%Y-%m-%dT%H:%M")}
    answer = client.post(reverse("ppob:biller-balance-figure", args=[biller.pk]), good | typed)
    assert answer.status_code == 422
    assert not ReportedBalance.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_top_up_from_the_form_to_the_ledger(client):
    agent = make_agent()
    agent.virtual_accounts.create(bank="BCA", number="8810000123")
    typed = {"agent_number": agent.agent_id, "amount": "1.250.000", "reference": "TRF-77"}
    answer = client.post(reverse("ppob:topup-add"), typed)
    topup = TopUp.objects.get()
    assert "8810000123" in client.get(answer["Location"]).content.decode()

    line = make_line(reference="another", amount=1_250_000)
    assert "another" in client.get(answer["Location"]).content.decode()
    client.post(reverse("ppob:topup-match", args=[topup.pk]), {"line": line.pk})
    for _ in range(2):
        client.post(reverse("ppob:topup-post", args=[topup.pk]))
    assert account(agent).balance == 1_250_000
    assert Transfer.objects.count() == 1
    page = client.get(reverse("ppob:statement", args=[account(agent).uuid])).content.decode()
    assert "TRF-77" in page
    prove()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"agent_number": "0", "biller": ""}, "agent_number"), ({"agent_number": ""}, "agent_number"),
        ({"biller": "999999"}, "biller"), ({"amount": "0"}, "amount"), ({"amount": "-5"}, "amount"),
        ({"amount": "1" + "0" * 18}, "amount"), ({"amount": "1000,50"}, "amount"), ({"reference": ""}, "reference"),
        ({"reference": " "}, "reference"), ({"reference": "x" * 61}, "reference"), ({"reference": "a\x00"}, "reference"),
        ({"reference": "TAKEN"}, "reference"),
    ],
)  # fmt: skip
def test_a_top_up_that_makes_no_sense_is_kept_on_the_form(client, typed, field):
    agent = make_agent()
    make_topup(reference="TAKEN")
    good = {"agent_number": agent.agent_id, "amount": "5000", "reference": "R-1"}
    answer = client.post(reverse("ppob:topup-add"), good | typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert TopUp.objects.count() == 1


def test_an_agent_and_a_biller_are_not_one_top_up(client):
    agent, biller = make_agent(), make_biller()
    typed = {"agent_number": agent.agent_id, "biller": biller.pk, "amount": "5000", "reference": "R-1"}
    assert client.post(reverse("ppob:topup-add"), typed).status_code == 422


def test_posting_asks_who_is_there(client, settings):
    settings.FRESH_FACTOR_SECONDS = 300
    topup = make_topup()
    make_line(topup)
    match_topups(actor=None)
    for url in (reverse("ppob:topup-post", args=[topup.pk]), reverse("ppob:topup-post-matched")):
        assert "Type your PIN once more" in client.post(url).content.decode()
    topup.refresh_from_db()
    assert topup.state == TopUpState.MATCHED


@pytest.mark.django_db(transaction=True)
def test_all_that_are_matched_are_posted_by_one_click(client):
    topups = [make_topup() for _ in range(3)]
    for topup in topups[:2]:
        make_line(topup)
    match_topups(actor=None)
    assert "2 top-ups are matched" in client.get(reverse("ppob:topup-list")).content.decode()
    for _ in range(2):
        client.post(reverse("ppob:topup-post-matched"))
    assert Transfer.objects.count() == 2
    prove()


def upload(client, text: str):
    file = io.BytesIO(text.encode())
    file.name = "mutasi.csv"
    answer = client.post(reverse("ppob:bank-import"), {"file": file})
    return answer["Location"] if answer.status_code == 302 else answer


HEAD = "Bank;Booked;Reference;Amount;Description\n"


def test_a_bank_statement_is_previewed_confirmed_and_matched(client):
    topup, out = (
        make_topup(reference="TU-1"),
        make_topup(biller=make_biller(), reference="TU-2", amount=7_500_000),
    )
    where = upload(
        client,
        HEAD
        + "BCA;2026-09-30;TU-1;Rp 1.000.000,00;SETORAN\nBCA;30/09/2026;TU-2;-7.500.000;\nBCA;2026-09-30;0099;5000;\n",
    )
    page = client.get(where).content.decode()
    assert "This is what would be added" in page
    assert not BankLine.objects.exists()
    digest = page.partition('name="digest" value="')[2].partition('"')[0]
    client.post(where, {"digest": digest})
    client.post(where, {"digest": digest})

    assert BankLine.objects.count() == 3
    assert BankLine.objects.get(amount=5_000).reference == "0099"
    assert {one.state for one in TopUp.objects.filter(pk__in=[topup.pk, out.pk])} == {TopUpState.MATCHED}
    again = client.get(
        upload(client, HEAD + "BCA;2026-09-30;TU-1;1000000;other words\nBCA;2026-10-01;TU-1;1000000;\n")
    )
    assert (again.context["run"].counts["unchanged"], again.context["run"].counts["added"]) == (1, 1)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("BCA;2026-09-30;R;1.000,50;", "Amount"), ("BCA;2026-09-30;R;0;", "Amount"), ("BCA;2026-09-30;R;1e9;", "Amount"),
        ("BCA;2026-09-30;R;10000000000000001;", "Amount"), ("BCA;2026-09-30;R;=1+1;", "Amount"),
        ("BCA;2026-13-30;R;1000;", "Booked"), ("BCA;1890-01-01;R;1000;", "Booked"), (";2026-09-30;R;1000;", "Bank"),
        ("BCA;2026-09-30;;1000;", "Reference"), ("BCA;2026-09-30;" + "x" * 61 + ";1000;", "Reference"),
        ("B" * 21 + ";2026-09-30;R;1000;", "Bank"),
        ("BCA;2026-09-30;R;1000;\nBCA;2026-09-30;R;1000;", "Reference"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_nothing_is_saved(client, line, column):
    page = client.get(upload(client, HEAD + "BCA;2026-09-30;GOOD;1000;\n" + line + "\n"))
    errors = page.context["run"].errors
    assert [error["column"] for error in errors] == [column]
    assert errors[0]["line"] >= 3
    assert client.post(page.request["PATH_INFO"], {"digest": ""}).status_code == 302
    assert not BankLine.objects.exists()


@pytest.mark.parametrize("text", ["", "x", "Bank;Booked;Reference\nBCA;2026-09-30;R\n", "A;B\n1;2\n"])
def test_a_file_that_is_no_statement_is_refused(client, text):
    where = upload(client, text)
    page = client.get(where) if isinstance(where, str) else where
    assert page.status_code in (200, 422)
    assert not BankLine.objects.exists()


def test_the_template_can_be_filled_in(client):
    content = client.get(reverse("ppob:bank-import-template")).content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [cell.value.rstrip(" *") for cell in sheet[1]] == [
        "Bank",
        "Booked",
        "Reference",
        "Amount",
        "Description",
    ]


def make_history(count: int = 3):
    agent, biller = make_agent(), make_biller()
    for number in range(count):
        ledger.move(
            key=f"m{number}", kind="move", debit=account(biller).pk, credit=account(agent).pk, amount=100 + number,
            memo=f"=memo {number}",
        )  # fmt: skip
    return account(agent), account(biller)


@pytest.mark.parametrize("place", [0, 1])
def test_a_statement_is_taken_home_and_holds_together(client, place):
    of = make_history()[place]
    url = reverse("ppob:statement", args=[of.uuid])
    lines = client.post(url, {"format": "csv"}).getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    balances = [int(line.rpartition(",")[2]) for line in lines[1:]]
    assert balances == [303, 201, 100]
    book = openpyxl.load_workbook(io.BytesIO(client.post(url, {"format": "xlsx"}).getvalue()))
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [row[-1] for row in rows] == balances
    assert rows[0][4] == "=memo 2"  # text, not a formula
    paper = client.post(url, {"format": "pdf"})
    assert paper.getvalue().startswith(b"%PDF")
    assert AuditEntry.objects.filter(act="export.made").count() == 3


def test_what_is_narrowed_comes_as_a_table_alone(client):
    of, _biller = make_history()
    url = reverse("ppob:statement", args=[of.uuid])
    narrowed = f"{url}?direction=down"
    assert client.post(narrowed, {"format": "pdf"}).status_code == 400
    assert client.post(narrowed, {"format": "csv"}).getvalue().count(b"\r\n") == 1


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-99-99", "until=0000-01-01", "since=9999-12-31&until=0001-01-01", "kind=nothing", "direction=x", "c=zzz",
        "since=%00", "sort=-memo", "size=7", "since=2026-01-01&since=2026-02-02",
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_breaks_no_statement(client, query):
    for of in make_history():
        assert client.get(f"{reverse('ppob:statement', args=[of.uuid])}?{query}").status_code == 200


def test_pages_of_a_statement_share_nothing(client):
    of, biller = make_history(120)
    for one in (of, biller):
        page = client.get(reverse("ppob:statement", args=[one.uuid]))
        first = [movement.number for movement in page.context["movements"]]
        following = client.get(page.context["list"].next_url)
        second = [movement.number for movement in following.context["movements"]]
        assert len(first) == len(second) == 50
        assert max(second) < min(first)
        assert (
            following.context["movements"][0].balance
            == page.context["movements"][-1].balance - page.context["movements"][-1].amount
        )


@pytest.mark.django_db(transaction=True)
def test_a_redemption_by_two_people(administrator, client):
    agent = make_agent()
    ledger.receive_points(agent=agent.agent_id, amount=100, key="points")
    reward = Reward.objects.create(code="MUG", name="Mug", points=30, stock=1)
    client.post(reverse("ppob:redemption-add"), {"agent_number": agent.agent_id, "reward": reward.pk})
    asked = Redemption.objects.get()
    approve = reverse("ppob:redemption-approve", args=[asked.pk])
    client.post(approve)
    asked.refresh_from_db()
    assert asked.state == RedemptionState.ASKED

    other = client_of(person())
    for _ in range(2):
        other.post(approve)
    other.post(reverse("ppob:redemption-hand-over", args=[asked.pk]))
    asked.refresh_from_db()
    assert asked.state == RedemptionState.HANDED_OVER
    assert account(agent, "points").balance == 70
    assert (
        client.post(reverse("ppob:redemption-add"), {"agent_number": "x", "reward": "9" * 40}).status_code
        == 422
    )
    prove()


def test_the_quick_search_leads_to_a_statement(client):
    agent = make_agent()
    page = client.get("/search/", {"q": agent.agent_id}).content.decode()
    assert reverse("ppob:statement", args=[account(agent).uuid]) in page


def test_strangers_are_asked_to_log_in():
    assert Client().get(reverse("ppob:topup-list")).status_code == 302


@pytest.mark.django_db(transaction=True)
class TestLedgerPage:
    def test_closed_days_show_their_hash(self, client):
        day = timezone.localdate() - timedelta(days=2)
        agent, biller = make_agent(), make_biller()
        ledger.post(
            key="old", kind="move", legs=[(account(biller).pk, 5), (account(agent).pk, -5)],
            at=timezone.now() - timedelta(days=2),
        )  # fmt: skip
        digest = ledger.close_day(day)
        page = client.get(reverse("ppob:ledger-day-list")).content.decode()
        assert digest.hex() in page
        assert client.post(reverse("ppob:ledger-day-list"), {"format": "csv"}).status_code == 200
        assert isinstance(day, date)

    def test_the_proof_runs_as_a_job_and_says_how_it_went(self, client, administrator):
        make_history()
        client.post(reverse("ppob:ledger-prove"))
        client.post(reverse("ppob:ledger-prove"))  # one at a time
        drain("jobs")
        job = Job.objects.get(kind="ppob.ledger_verify")
        assert job.state == "done", job.error
        assert "everything adds up" in job.note
        assert job.note in client.get(reverse("ppob:ledger-day-list")).content.decode()
