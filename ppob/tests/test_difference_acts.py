"""What people do about one difference, on its page and in the sheet: it stays as it was where something is refused."""

import json

import pytest
from django.urls import reverse

from core.models import AuditEntry
from organization.choices import Role
from ppob.choices import DifferenceState
from ppob.models import BillerDay, Difference, DifferenceNote, Transfer
from ppob.services import prepare_day, sign_day
from ppob.tests.balance_world import client_of, person
from ppob.tests.reconciliation_world import YESTERDAY, compared_day

pytestmark = pytest.mark.django_db
SHEET = {"HX-Request": "true", "HX-Target": "difference-sheet"}
SAYING = {"explain": "explained", "dispute": "disputed", "close": "closed"}


@pytest.fixture
def accountant():
    return person(Role.ACCOUNTANT)


@pytest.fixture
def client(accountant):
    return client_of(accountant)


@pytest.fixture
def one():
    return compared_day(1)[0]


def url(act, one):
    return reverse(f"ppob:difference-{act}", args=[one.pk])


@pytest.mark.parametrize(("act", "state"), SAYING.items())
def test_saying_why_moves_it_on(client, one, act, state):
    answer = client.post(url(act, one), {"text": "Biaya admin naik"})
    one.refresh_from_db()
    assert answer.status_code == 302
    assert (one.state, one.explanation) == (state, "Biaya admin naik")


@pytest.mark.parametrize("act", [*SAYING, "note", "propose"])
@pytest.mark.parametrize("text", ["", "   ", "y" * 401, "\x00"])
def test_without_a_reason_nothing_changes_and_what_was_typed_stays(client, one, act, text):
    answer = client.post(url(act, one), {"text": text, "amount": "1234"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'aria-invalid="true"' in page
    if text.startswith("y"):
        assert "y" * 401 in page
    one.refresh_from_db()
    assert one.state == DifferenceState.OPEN
    assert not DifferenceNote.objects.exists()


@pytest.mark.parametrize("amount", ["", "0", "1,5", "abc", "9" * 30, "-"])
def test_an_adjustment_of_no_amount_is_refused_beside_its_field(client, one, amount):
    answer = client.post(url("propose", one), {"text": "Koreksi", "amount": amount})
    assert answer.status_code == 422
    assert "Koreksi" in answer.content.decode()
    one.refresh_from_db()
    assert one.proposed_by is None


def test_a_sheet_answers_with_itself_and_tells_the_list(client, one):
    answer = client.post(url("explain", one), {"text": "Biaya naik"}, headers=SHEET)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    told = json.loads(answer["HX-Trigger"])
    assert told["gerai:difference-changed"] == {"pk": one.pk}
    assert told["gerai:toast"]["tone"] == "safe"
    refused = client.post(url("explain", one), {"text": ""}, headers=SHEET)
    assert refused.status_code == 422
    assert "<html" not in refused.content.decode()


def test_one_person_proposes_and_another_approves(client, accountant, one):
    client.post(url("propose", one), {"text": "Biller menagih lebih", "amount": "-1.000"})
    one.refresh_from_db()
    assert (one.proposed_amount, one.proposed_by) == (-1_000, accountant)
    own = client.post(url("approve", one))
    assert own.status_code == 422
    assert "Somebody else has to approve" in own.content.decode()
    assert not Transfer.objects.filter(kind="adjustment").exists()

    client_of(person(Role.PPOB_ADMINISTRATOR)).post(url("approve", one))
    one.refresh_from_db()
    assert one.state == DifferenceState.ADJUSTED
    again = client_of(person(Role.ACCOUNTANT)).post(url("approve", one))
    assert again.status_code == 422
    assert Transfer.objects.filter(kind="adjustment").count() == 1
    page = client.get(reverse("ppob:difference", args=[one.pk])).content.decode()
    assert "Approved by" in page
    assert "house:adjustment" in page or "adjustment" in page


def test_approving_asks_who_is_at_the_keyboard(client, one, settings):
    client.post(url("propose", one), {"text": "x", "amount": "-1000"})
    settings.FRESH_FACTOR_SECONDS = 300
    answer = client_of(person(Role.ACCOUNTANT)).post(url("approve", one), headers=SHEET)
    assert answer.template_name == "organization/fresh_factor.html"
    assert answer["HX-Retarget"] == "body"
    assert not Transfer.objects.filter(kind="adjustment").exists()


def test_a_proposal_is_withdrawn_and_holds_up_what_else_one_would_say(client, one):
    client.post(url("propose", one), {"text": "x", "amount": "-1000"})
    held = client.post(url("explain", one), {"text": "lain"})
    assert held.status_code == 422
    client.post(url("withdraw", one))
    one.refresh_from_db()
    assert one.proposed_by is None
    assert client.post(url("withdraw", one)).status_code == 422
    assert client.post(url("explain", one), {"text": "lain"}).status_code == 302


def test_notes_stand_below_one_another(client, one):
    for text in ("Sudah ditelepon", "Menunggu <b>jawaban</b>"):
        client.post(url("note", one), {"text": text})
    page = client.get(reverse("ppob:difference", args=[one.pk])).content.decode()
    assert page.index("Sudah ditelepon") < page.index("Menunggu &lt;b&gt;jawaban")


def test_it_is_given_to_somebody_who_sees_to_differences_and_to_nobody_else(client, one):
    colleague, manager = person(Role.ACCOUNTANT), person(Role.MANAGER)
    client.post(url("assign", one), {"owner": colleague.pk})
    one.refresh_from_db()
    assert one.owner == colleague
    assert client.post(url("assign", one), {"owner": manager.pk}).status_code == 422
    client.post(url("assign", one), {"owner": ""})
    one.refresh_from_db()
    assert one.owner is None


def pair(**theirs):
    (ours,) = compared_day(
        1, kind="missing_at_biller", their_success=None, their_amount=None, their_net=None, their_commission=None, impact=0,
        correction=50_000, suggestion={"rule": "stan", "key": "T1"},
    )  # fmt: skip
    other = Difference.objects.create(
        biller=ours.biller, business_on=ours.business_on, run=ours.run, kind="missing_here", key="T1", noref="T1",
        their_success=True, their_amount=50_000, impact=-50_000, correction=-50_000, found_at=ours.found_at,
        suggestion={"rule": "stan", "key": ours.key}, **{"their_net": 50_000, **theirs},
    )  # fmt: skip
    return ours, other


@pytest.mark.parametrize("which", [0, 1])
def test_a_suggestion_that_a_person_confirms_explains_both(client, which):
    both = pair()
    page = client.get(reverse("ppob:difference", args=[both[which].pk])).content.decode()
    assert "Perhaps the same sale" in page
    assert both[1 - which].noref in page
    client.post(url("confirm", both[which]))
    assert set(Difference.objects.values_list("state", flat=True)) == {"explained"}
    assert AuditEntry.objects.filter(act="difference.paired").count() == 2


def test_a_suggestion_of_other_money_is_no_explanation(client):
    ours, _other = pair(their_net=49_000)
    answer = client.post(url("confirm", ours))
    assert answer.status_code == 422
    assert "same money" in answer.content.decode()
    assert set(Difference.objects.values_list("state", flat=True)) == {"open"}


def test_what_was_never_suggested_is_not_confirmed(client, one):
    assert client.post(url("confirm", one)).status_code == 422


def test_a_rejected_line_shows_its_number_and_its_reason_in_the_readers_language(client, accountant):
    kept = '{"code":"amount","text":"5O000"}'
    (bad,) = compared_day(1, kind="bad_line", reason=kept, our_state="", line=17)
    page = client.get(reverse("ppob:difference", args=[bad.pk])).content.decode()
    assert "Line 17 of finnet.csv" in page
    assert "“5O000” is no amount" in page
    accountant.language = "id"
    accountant.save()
    assert "“5O000” bukan" in client.get(reverse("ppob:difference", args=[bad.pk])).content.decode()


def test_nothing_of_a_signed_day_changes_by_its_pages(client, one):
    client.post(url("propose", one), {"text": "x", "amount": "-1000"})
    client.post(url("withdraw", one))
    client.post(url("explain", one), {"text": "Selesai"})
    prepare_day(biller=one.biller, day=YESTERDAY, actor=person(Role.ACCOUNTANT))
    sign_day(biller=one.biller, day=YESTERDAY, actor=person(Role.ACCOUNTANT))
    before = Difference.objects.values().get(pk=one.pk)

    for act in (*SAYING, "note", "assign", "propose", "withdraw", "approve"):
        answer = client.post(url(act, one), {"text": "Lain", "amount": "5", "owner": ""})
        assert answer.status_code == 422, act
        assert "signed" in answer.content.decode(), act
    for act in ("explain", "assign", "prepare", "sign"):
        where = reverse(f"ppob:reconciliation-{act}", args=[one.biller_id, YESTERDAY])
        client.post(where, {"chosen": one.pk, "text": "Lain", "owner": "me"})
    assert Difference.objects.values().get(pk=one.pk) == before
    assert not DifferenceNote.objects.exists()
    assert BillerDay.objects.filter(signed_at__isnull=False).count() == 1
