"""The day's journal balances and says what the ledger says; a month's commissions are taxed by the rates of their days."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from ppob.models import AccountCode, SalesDay, TaxRate
from ppob.periods import ledger_today
from ppob.selectors.journal import LAWS, commissions_of, journal_of, rates, taxed
from ppob.services.sales import report_sales
from ppob.services.shared_accounts import fold_all
from ppob.services.summaries import summarise_changed
from ppob.tests.ledger_factories import House, make_agent, make_biller

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def accountant():
    return EmployeeFactory(roles=[Role.ACCOUNTANT])


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def sums_of_ledger(day: date) -> dict[str, tuple[int, int]]:
    """Debits and credits by the account's kind, asked of the ledger in another way than the journal does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.kind, sum(l.amount) FILTER (WHERE l.amount > 0), -sum(l.amount) FILTER (WHERE l.amount < 0)"
            " FROM (SELECT account_id, amount FROM ppob_entry WHERE fold_id IS NULL AND posted_on = %s"
            " UNION ALL SELECT account_id, amount FROM ppob_delta WHERE posted_on = %s) l"
            " JOIN ppob_account a ON a.id = l.account_id WHERE a.asset = 'IDR' GROUP BY 1",
            [day, day],
        )
        return {kind: (int(debit or 0), int(credit or 0)) for kind, debit, credit in cursor.fetchall()}


def test_debits_are_credits_and_folds_count_once():
    house = House.make(balance=10_000_000)
    report_sales([house.sale() for _ in range(7)])
    today, viewer = ledger_today(), accountant()
    before = journal_of(viewer, today)
    fold_all()
    journal = journal_of(viewer, today)

    assert journal == before
    assert journal.debits == journal.credits > 0
    assert not journal.is_closed
    seen: dict[str, list[int]] = {}
    for line in journal.lines:
        assert (line.debit is None) != (line.credit is None)
        pair = seen.setdefault(line.account, [0, 0])
        pair[0] += line.debit or 0
        pair[1] += line.credit or 0
    assert sorted(map(tuple, seen.values())) == sorted(sums_of_ledger(today).values())
    for number in {line.number for line in journal.lines}:
        lines = [line for line in journal.lines if line.number == number]
        assert sum(line.debit or 0 for line in lines) == sum(line.credit or 0 for line in lines)
    assert journal_of(EmployeeFactory(), today).lines == []


def test_codes_are_the_companys_where_it_has_given_some():
    house, other = House.make(balance=10_000_000), make_biller()
    report_sales([house.sale()])
    AccountCode.objects.create(kind="deposit", code="1-1400", name="Uang muka PPOB")
    AccountCode.objects.create(kind="deposit", biller=house.biller, code="1-1401", name="Deposit FINNET")
    AccountCode.objects.create(kind="deposit", biller=other, code="1-1402", name="Deposit lain")
    lines = journal_of(accountant(), ledger_today()).lines
    assert {line.code for line in lines if line.biller == house.biller.code} == {"1-1401"}
    assert {line.code for line in lines if line.account == "Titipan saldo agen"} == {"2110"}
    for wrong in (
        {"kind": "deposit", "code": "2", "name": "dua kali"},
        {"kind": "deposit", "biller": house.biller, "code": "2", "name": "dua kali"},
        {"kind": "bank", "biller": house.biller, "code": "2", "name": "bank milik biller"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountCode.objects.create(**wrong)


def test_the_journal_is_taken_home_in_three_forms_with_the_same_sums(django_assert_max_num_queries):
    house = House.make(balance=10_000_000)
    report_sales([house.sale()])
    person = accountant()
    client, journal = client_of(person), journal_of(person, ledger_today())
    AccountCode.objects.create(kind="bank", code="0011", name='=HYPERLINK("x")')
    address = reverse("ppob:journal") + f"?day={ledger_today()}"
    client.get(address)
    with django_assert_max_num_queries(12):
        assert client.get(address).status_code == 200
    got = client.post(address, {"format": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(got.streaming_content).decode("utf-8-sig"))))[1:]
    assert sum(int(row[6] or 0) for row in rows) == sum(int(row[7] or 0) for row in rows) == journal.debits
    got = client.post(address, {"format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(got.streaming_content))).worksheets[0]
    assert sum(row[6].value or 0 for row in list(sheet.rows)[1:]) == journal.debits
    assert all(cell.data_type != "f" for row in sheet.rows for cell in row)
    assert {row[2].value for row in sheet.rows} >= {"0011"}
    assert b"".join(client.post(address, {"format": "pdf"}).streaming_content).startswith(b"%PDF")
    assert AuditEntry.objects.filter(act="export.made").count() == 3
    assert client.post(address, {"format": "exe"}).status_code == 400
    assert client.get(reverse("ppob:journal") + "?day=nonsense").status_code == 200


@pytest.mark.parametrize(
    ("day", "commission", "expected"),
    [
        (date(2022, 3, 31), 1_000_000, (1_000_000, 100_000, 20_000)),
        (date(2022, 4, 1), 1_000_000, (1_000_000, 110_000, 20_000)),
        (date(2024, 12, 31), 1_000_000, (1_000_000, 110_000, 20_000)),
        (date(2025, 1, 1), 1_200_000, (1_100_000, 132_000, 24_000)),
        (date(2026, 11, 1), 999, (915, 109, 19)),
        (date(2026, 11, 1), 10**15, (916_666_666_666_666, 109_999_999_999_999, 20_000_000_000_000)),
    ],
)
def test_a_commission_is_taxed_by_the_rate_of_its_day_in_whole_rupiah(day, commission, expected):
    rate = max(one for one in LAWS if one.from_on <= day)
    assert taxed(commission, rate) == expected


def test_a_month_in_which_the_rate_changed_has_a_line_for_each(django_assert_max_num_queries):
    biller = make_biller(code="FINNET")
    house = House(make_agent(10_000_000), biller, House.make().product)
    at = timezone.now() - timedelta(days=1)
    report_sales([house.sale(occurred_at=at) for _ in range(3)])
    summarise_changed(since=timezone.now() - timedelta(hours=1))
    made = SalesDay.objects.get(biller=biller, state="success")
    assert made.commission == 3 * 500
    SalesDay.objects.all().delete()
    month = date(2026, 6, 1)
    for day, commission in (
        (date(2026, 6, 10), 1_200_000),
        (date(2026, 6, 20), 2_400_000),
        (date(2026, 7, 1), 9),
    ):
        SalesDay.objects.create(
            biller=biller, product=house.product, business_on=day, state="success", transactions=10, sheets=10, total=1, net=1,
            income=1, commission=commission, milliseconds=0, timed=0,
        )  # fmt: skip
    TaxRate.objects.create(from_on=date(2026, 6, 15), ppn=Decimal("13.00"), pph=Decimal("2.50"))
    viewer = accountant()
    with django_assert_max_num_queries(8):
        first, second = commissions_of(viewer, month)
    assert (first.since, first.until, first.commission) == (month, date(2026, 6, 14), 1_200_000)
    assert (first.base, first.ppn, first.pph) == (1_100_000, 132_000, 24_000)
    assert (second.since, second.until) == (date(2026, 6, 15), date(2026, 6, 30))
    assert (second.base, second.ppn, second.pph) == (2_400_000, 312_000, 60_000)
    assert second.receivable == 2_400_000 + 312_000 - 60_000
    assert len(rates()) == len(LAWS) + 1

    client = client_of(viewer)
    page = client.get(reverse("ppob:commissions") + "?month=2026-06")
    assert page.context["sums"]["commission"] == 3_600_000
    got = client.post(reverse("ppob:commissions") + "?month=2026-06", {"format": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(got.streaming_content).decode("utf-8-sig"))))[1:]
    assert [int(row[8]) for row in rows] == [132_000, 312_000]
    with pytest.raises(IntegrityError), transaction.atomic():
        TaxRate.objects.create(from_on=date(2027, 1, 1), ppn=Decimal("101.00"), pph=Decimal("2.50"))
