"""The morning board and a biller's day: who gets in, what they cost, what they show, and what two signatures lock."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.models import AuditEntry
from organization.choices import Role
from ppob.choices import DayState
from ppob.models import BillerDay, DepositStatement, Difference, ReportedBalance, SettlementProfile, Transfer
from ppob.reconciliation.deposit import CLOSING
from ppob.reconciliation_forms import BoardForm
from ppob.reconciliation_notices import tell_of_result
from ppob.selectors.reconciliation import board, day_of
from ppob.services import prepare_day, sign_day
from ppob.simulation.forms import PROFILES
from ppob.tests.balance_world import client_of, person, prove, sold
from ppob.tests.ledger_factories import make_biller
from ppob.tests.reconciliation_world import YESTERDAY, compared_day, reconciled

pytestmark = pytest.mark.django_db
CEILING = 8
ON_A_DATABASE_OF_ITS_OWN = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
SEEING = (Role.PPOB_ADMINISTRATOR, Role.PPOB_STAFF, Role.ACCOUNTANT, Role.AUDITOR)


@pytest.fixture(autouse=True)
def _own_place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def accountant():
    return person(Role.ACCOUNTANT)


@pytest.fixture
def client(accountant):
    return client_of(accountant)


def url(name, *args):
    return reverse(f"ppob:{name}", args=args)


def day_url(one, name="reconciliation-day"):
    return url(name, one.biller_id, one.business_on)


@pytest.mark.parametrize("count", [2, 20])
def test_the_board_costs_at_most_eight_queries(client, django_assert_max_num_queries, count):
    for _n in range(count):
        compared_day(2)
    client.get(url("reconciliation-board"))
    with django_assert_max_num_queries(CEILING):
        page = client.get(url("reconciliation-board"))
    assert page.status_code == 200
    assert page.context["figures"]["unsettled"] == 2 * count


@pytest.mark.parametrize("count", [2, 20])
def test_a_day_costs_at_most_eight_queries(client, django_assert_max_num_queries, count):
    (one, *_rest) = compared_day(count, owner=person(Role.ACCOUNTANT))
    client.get(day_url(one))
    with django_assert_max_num_queries(CEILING):
        page = client.get(day_url(one))
    assert len(page.context["differences"]) == count


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_of_what_is_unsettled_costs_at_most_eight_queries(
    client, django_assert_max_num_queries, count
):
    for _n in range(count):
        compared_day(1)
    client.get(url("difference-list"))
    with django_assert_max_num_queries(CEILING):
        page = client.get(url("difference-list"))
    assert len(page.context["differences"]) == count


@pytest.mark.parametrize("role", [*SEEING, Role.STORE_SUPPORT, Role.MANAGER])
def test_who_sees_billers_days(role):
    (one,) = compared_day(1)
    client = client_of(person(role))
    pages = (
        url("reconciliation-board"), day_url(one), day_url(one, "reconciliation-history"), url("difference-list"),
        url("difference", one.pk),
    )  # fmt: skip
    assert {client.get(page).status_code for page in pages} == {200 if role in SEEING else 403}


@pytest.mark.parametrize("role", [Role.PPOB_STAFF, Role.AUDITOR])
def test_who_only_looks_is_offered_nothing_and_may_do_nothing(role):
    (one,) = compared_day(1)
    client = client_of(person(role))
    page = client.get(day_url(one)).content.decode()
    assert 'id="bulk"' not in page
    assert "Explain" not in client.get(url("difference", one.pk)).content.decode()
    posts = [
        *(day_url(one, f"reconciliation-{act}") for act in ("explain", "assign", "prepare", "sign")),
        *(
            url(f"difference-{act}", one.pk)
            for act in ("explain", "note", "assign", "dispute", "close", "propose", "withdraw", "approve", "confirm")
        ),
        url("reconciliation-sign-clean"),
    ]  # fmt: skip
    assert {client.post(page, {"text": "x"}).status_code for page in posts} == {403}


def test_what_is_not_there_is_404(client):
    biller = make_biller()
    assert client.get(url("reconciliation-day", biller.pk, YESTERDAY)).status_code == 404  # no profile
    assert client.get(url("reconciliation-day", 2**62, YESTERDAY)).status_code == 404
    (one,) = compared_day(1)
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert client.get(url("reconciliation-day", one.biller_id, tomorrow)).status_code == 404
    for text in ("2026-13-45", "0001-01-01", "9999-12-31", "2026-1-1"):
        assert client.get(f"/ppob/reconciliation/{one.biller_id}/{text}/").status_code == 404
    assert client.get(url("difference", 10**9)).status_code == 404
    assert client.get(f"/ppob/differences/{2**63}/").status_code == 404
    assert client.post(url("difference-explain", 10**9), {"text": "x"}).status_code == 404


def test_the_board_names_what_waits_with_whom_to_call(client, accountant):
    biller = make_biller(contact="Rina", contact_phone="021-777")
    SettlementProfile.objects.create(biller=biller, **PROFILES["FINNET"])
    sold(biller, timezone.localdate() - timedelta(days=1), 5_000)
    page = client.get(url("reconciliation-board"))
    states = [line.state for due in page.context["dues"] for line in due.lines]
    assert states.count(DayState.NO_FILE) == 1
    assert states[0] == DayState.NO_FILE  # what waits stands on top
    assert states.count(DayState.QUIET) == 3
    assert 'href="tel:021-777"' in page.content.decode()


def test_after_a_weekend_three_days_are_due_at_once(client, accountant):
    biller = make_biller()
    profile = SettlementProfile.objects.create(
        biller=biller, **{**PROFILES["FINNET"], "closed_weekdays": [5, 6]}
    )
    monday = timezone.localdate()
    monday -= timedelta(days=monday.weekday())
    now = timezone.make_aware(datetime.combine(monday, time(8)))
    lines = board(accountant, days=4, now=now)
    by_due = {}
    for line in lines:
        by_due.setdefault(line.due_at, []).append(line.business_on)
    assert sorted(len(days) for days in by_due.values()) == [1, 3]
    assert profile.biller_id == biller.pk


def test_what_nobody_signed_stays_on_the_board_for_a_month(accountant):
    (old,) = compared_day(1, day=timezone.localdate() - timedelta(days=20))
    compared_day(1, day=timezone.localdate() - timedelta(days=40))
    days = [line.business_on for line in board(accountant) if line.run]
    assert days == [old.business_on]


def test_a_file_that_is_asked_for_is_on_the_board_as_long(accountant):
    today = timezone.localdate()
    biller = make_biller()
    SettlementProfile.objects.create(biller=biller, **PROFILES["FINNET"])
    for back in (2, 6, 7, 8, 20):
        sold(biller, today - timedelta(days=back), 10)
    missing = [line.business_on for line in board(accountant, days=4) if line.state == DayState.NO_FILE]
    assert sorted(missing) == [today - timedelta(days=back) for back in (7, 6, 2)]


@pytest.mark.parametrize(
    "query", ["?state=nonsense&days=x&biller=99999", "?days=31&state=waiting", "?biller=-1"]
)
def test_filters_of_the_board_that_make_no_sense_are_left_out(client, query):
    compared_day(1)
    page = client.get(url("reconciliation-board") + query)
    assert page.status_code == 200
    assert ("could not be understood" in page.content.decode()) == (query != "?days=31&state=waiting")


def test_a_day_shows_the_deposit_in_its_parts_and_both_sides(client):
    (one, _other) = compared_day(2)
    page = client.get(day_url(one)).content.decode()
    for text in ("Rp\xa010.000.000", "−Rp\xa0100.000", "Rp\xa09.900.000", "Rp\xa09.898.000", "−Rp\xa02.000"):
        assert text in page
    assert "<mark>Rp\xa050.000</mark>" in page
    assert "<mark>Rp\xa051.000</mark>" in page
    assert "2 differences have to be settled" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?kind=amount", 3), ("?kind=status", 0), ("?state=unsettled", 3), ("?state=explained", 0), ("?owner=me", 1),
        ("?owner=nobody", 1), ("?owner=others", 1), ("?q=000000000001", 1), ("?state=proposed", 0), ("?sort=-impact", 3),
    ],
)  # fmt: skip
def test_a_days_list_is_narrowed(client, accountant, query, count):
    one, two, _three = compared_day(3)
    Difference.objects.filter(pk=one.pk).update(owner=accountant)
    Difference.objects.filter(pk=two.pk).update(owner=person(Role.ACCOUNTANT))
    assert len(client.get(day_url(one) + query).context["differences"]) == count


def test_pages_of_a_day_go_on_from_what_is_open_to_what_is_settled(client):
    rows = compared_day(60)
    settled = [row.pk for row in rows[:20]]
    Difference.objects.filter(pk__in=settled).update(state="explained", explanation="x")
    first = client.get(day_url(rows[0]))
    second = client.get(first.context["list"].next_url)
    found = [one.pk for page in (first, second) for one in page.context["differences"]]
    assert sorted(found) == sorted(row.pk for row in rows)
    assert found[:40] == [row.pk for row in rows[20:]]


def test_many_are_explained_at_once_and_each_leaves_its_entry(client):
    rows = compared_day(5)
    answer = client.post(
        day_url(rows[0], "reconciliation-explain") + "?kind=amount",
        {"chosen": [rows[0].pk, rows[1].pk, "x", "9" * 30], "text": "Biaya naik"},
    )
    assert answer["Location"] == day_url(rows[0]) + "?kind=amount"
    assert Difference.objects.filter(state="explained", explanation="Biaya naik").count() == 2
    assert AuditEntry.objects.filter(act="difference.explained").count() == 2

    client.post(day_url(rows[0], "reconciliation-explain") + "?kind=amount", {"all": "1", "text": "Sisanya"})
    assert Difference.objects.filter(state="explained").count() == 5


@pytest.mark.parametrize("typed", [{}, {"text": ""}, {"text": "x" * 401}, {"text": "\x00"}])
def test_many_without_a_reason_are_left_as_they_are(client, typed):
    rows = compared_day(2)
    answer = client.post(
        day_url(rows[0], "reconciliation-explain"), {"chosen": [rows[0].pk], **typed}, follow=True
    )
    assert not Difference.objects.filter(state="explained").exists()
    assert [str(message) for message in answer.context["messages"]]


def test_another_days_differences_are_not_reached_through_this_one(client):
    (one,), (foreign,) = compared_day(1), compared_day(1)
    client.post(day_url(one, "reconciliation-explain"), {"chosen": [foreign.pk], "text": "x"})
    assert not Difference.objects.filter(state="explained").exists()


def test_differences_are_taken_over_and_given_up(client, accountant):
    rows = compared_day(3)
    client.post(day_url(rows[0], "reconciliation-assign"), {"all": "1", "owner": "me"})
    assert Difference.objects.filter(owner=accountant).count() == 3
    client.post(day_url(rows[0], "reconciliation-assign"), {"chosen": rows[0].pk, "owner": ""})
    assert Difference.objects.filter(owner=accountant).count() == 2
    client.post(
        day_url(rows[0], "reconciliation-assign"), {"chosen": rows[1].pk, "owner": person(Role.MANAGER).pk}
    )
    assert Difference.objects.filter(owner=accountant).count() == 2


def test_two_people_sign_and_the_page_says_who(client, accountant):
    (one,) = compared_day(1, state="explained", explanation="x")
    other = client_of(person(Role.ACCOUNTANT, name="Sari Kedua"))
    client.post(day_url(one, "reconciliation-prepare"))
    refused = client.post(day_url(one, "reconciliation-sign"), follow=True)
    assert "Somebody else has to sign" in refused.content.decode()
    assert not BillerDay.objects.get().signed_at
    other.post(day_url(one, "reconciliation-sign"))
    page = client.get(day_url(one)).content.decode()
    assert "This day is locked" in page
    assert "Sari Kedua" in page
    assert accountant.name in page
    assert 'id="bulk"' not in page


def test_a_deposit_that_nothing_explains_is_said_and_offers_no_signature(client):
    (one,) = compared_day(1, state="closed")
    DepositStatement.objects.filter(biller=one.biller_id).update(
        reported=9_950_000, difference=0, unexplained=1_000, explained=-1_000
    )
    page = client.get(day_url(one)).content.decode()
    assert "+Rp\xa01.000 that nothing explains" in page
    assert day_url(one, "reconciliation-prepare") not in page
    client.post(day_url(one, "reconciliation-prepare"))
    assert BillerDay.objects.get().prepared_at is None


def test_signing_asks_who_is_at_the_keyboard(client, settings):
    settings.FRESH_FACTOR_SECONDS = 300
    (one,) = compared_day(1, state="explained", explanation="x")
    for name in ("reconciliation-prepare", "reconciliation-sign"):
        answer = client.post(day_url(one, name))
        assert answer.template_name == "organization/fresh_factor.html"
    assert client.post(url("reconciliation-sign-clean"), {"day": "1:2"}).template_name.endswith(
        "fresh_factor.html"
    )
    assert BillerDay.objects.get().prepared_at is None


def test_all_clean_days_are_signed_and_no_other(client, accountant):
    other = person(Role.ACCOUNTANT)
    prepared, mine, fresh, dirty, unexplained = (compared_day(1)[0] for _n in range(5))
    for one in (prepared, mine, fresh, unexplained):
        Difference.objects.filter(pk=one.pk).update(state="closed")
    DepositStatement.objects.filter(biller=unexplained.biller_id).update(
        reported=9_950_000, difference=0, unexplained=1_000, explained=-1_000
    )
    prepare_day(biller=prepared.biller, day=YESTERDAY, actor=other)
    prepare_day(biller=mine.biller, day=YESTERDAY, actor=accountant)
    page = client.get(url("reconciliation-board"))
    keys = page.context["signable"].keys
    assert len(keys) == 2
    client.post(
        url("reconciliation-sign-clean"), {"day": [*keys, f"{dirty.biller_id}:{YESTERDAY}", "nonsense"]}
    )

    days = {day.biller_id: day for day in BillerDay.objects.all()}
    assert days[prepared.biller_id].signed_by_id == accountant.pk
    assert days[fresh.biller_id].prepared_by_id == accountant.pk
    assert [day.biller_id for day in days.values() if day.signed_at] == [prepared.biller_id]
    assert days[dirty.biller_id].prepared_at is None
    assert days[unexplained.biller_id].prepared_at is None


def test_only_days_that_the_question_named_are_signed(client):
    one, two = (compared_day(1, state="closed")[0] for _n in range(2))
    client.post(url("reconciliation-sign-clean"), {"day": f"{one.biller_id}:{one.business_on}"})
    assert [day.biller_id for day in BillerDay.objects.filter(prepared_at__isnull=False)] == [one.biller_id]
    assert two.biller_id != one.biller_id


@ON_A_DATABASE_OF_ITS_OWN
def test_what_a_run_told_leads_to_the_day(tmp_path):
    from core.outbox import drain
    from notifications.models import Notification

    person(Role.ACCOUNTANT)
    biller, _run = reconciled("FINNET", tmp_path, transactions=20)
    drain("default")
    assert Notification.objects.filter(kind="ppob.reconciled").first().url == url(
        "reconciliation-day", biller.pk, YESTERDAY
    )


def test_nobody_is_called_to_a_day_that_was_signed_meanwhile(accountant):
    other = person(Role.ACCOUNTANT)
    one = compared_day(1, state="closed")[0]
    assert tell_of_result(one.run_id, key="run") == 2
    prepare_day(biller=one.biller, day=YESTERDAY, actor=accountant)
    sign_day(biller=one.biller, day=YESTERDAY, actor=other)
    assert tell_of_result(one.run_id, key="another run") == 0


@ON_A_DATABASE_OF_ITS_OWN
def test_a_day_of_the_simulator_from_the_first_difference_to_the_lock(client, accountant, tmp_path):
    biller, run = reconciled("FINNET", tmp_path)
    if not ReportedBalance.objects.filter(source=CLOSING).exists():
        ReportedBalance.objects.create(biller=biller, amount=0, at=timezone.now(), source="api")
    page = client.get(url("reconciliation-day", biller.pk, YESTERDAY))
    assert (
        page.context["line"].counts.in_states(["open"]) == Difference.objects.filter(state="open").count() > 3
    )
    for one in Difference.objects.all():
        sheet = client.get(
            url("difference", one.pk), headers={"HX-Request": "true", "HX-Target": "difference-sheet"}
        )
        assert sheet.status_code == 200
        assert "<html" not in sheet.content.decode()
    other = person(Role.ACCOUNTANT)
    one = Difference.objects.filter(state="open", kind="missing_here").first()
    client.post(
        url("difference-propose", one.pk),
        {"text": "Koreksi", "amount": f"{one.correction:,}".replace(",", ".")},
    )
    client_of(other).post(url("difference-approve", one.pk))
    assert Transfer.objects.filter(kind="adjustment").count() == 1
    assert "Approved by" in client.get(url("difference", one.pk)).content.decode()
    client.post(url("reconciliation-explain", biller.pk, YESTERDAY), {"all": "1", "text": "Uji coba"})
    line = day_of(accountant, biller.pk, YESTERDAY)
    assert line.unsettled_count == 0
    prepare_day(biller=biller, day=YESTERDAY, actor=accountant)
    sign_day(biller=biller, day=YESTERDAY, actor=other)
    assert day_of(accountant, biller.pk, YESTERDAY).state == DayState.SIGNED
    assert run.number == 1
    prove()


@pytest.mark.parametrize(("language", "words"), [("id", "4 hari"), ("en", "4 days")])
def test_the_days_that_the_board_offers_are_in_the_readers_language(language, words):
    with override(language):
        assert dict(BoardForm({}, billers=()).fields["days"].choices)[""] == words
