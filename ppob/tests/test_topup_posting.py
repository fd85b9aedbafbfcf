"""A top-up is matched by the bank's word and posted once, however often and by how many it is asked for."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from core.models import AuditEntry
from organization.tests.factories import EmployeeFactory
from ppob.choices import TopUpState
from ppob.exceptions import (
    AlreadyPosted,
    LineTaken,
    NotMatched,
    NotWaiting,
    OtherAmount,
    ReferenceTaken,
    TopUpCancelled,
)
from ppob.models import TopUp, Transfer
from ppob.services.topups import (
    add_topup,
    cancel_topup,
    match_topups,
    pick_line,
    post_matched,
    post_topup,
    release_line,
)
from ppob.tests.balance_world import make_line, make_topup, prove
from ppob.tests.ledger_factories import account, make_agent, make_biller, total_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def actor():
    return EmployeeFactory()


def matched(actor, **fields):
    topup = make_topup(**fields)
    make_line(topup)
    match_topups(actor=actor)
    topup.refresh_from_db()
    return topup


def test_an_agents_top_up_raises_its_balance_from_the_bank(actor):
    agent = make_agent()
    topup = post_topup(topup=matched(actor, agent=agent), actor=actor)

    assert account(agent).balance == 1_000_000
    assert total_of("bank:idr") == 1_000_000
    assert (topup.state, topup.transfer_id) == (TopUpState.POSTED, Transfer.objects.get().pk)
    assert Transfer.objects.get().key == f"topup:{topup.uuid}"
    prove()


@pytest.mark.parametrize(("settlement", "after"), [("prefunded", 1_000_000), ("transfer", -1_000_000)])
def test_a_billers_top_up_leaves_the_bank(actor, settlement, after):
    """A deposit grows; what is owed becomes less."""
    biller = make_biller(settlement=settlement)
    post_topup(topup=matched(actor, biller=biller), actor=actor)

    assert (total_of(biller), total_of("bank:idr")) == (after, -1_000_000)
    prove()


def test_posted_twice_it_is_there_once(actor):
    topup = matched(actor)
    post_topup(topup=topup, actor=actor)
    with pytest.raises(AlreadyPosted):
        post_topup(topup=topup, actor=actor)
    assert Transfer.objects.count() == 1
    assert AuditEntry.objects.filter(act="topup.posted").count() == 1


def test_two_who_post_at_once_post_once(actor):
    topup = matched(actor)
    start, told = threading.Barrier(2), []

    def post():
        start.wait()
        try:
            post_topup(topup=topup, actor=actor)
            told.append("posted")
        except AlreadyPosted:
            told.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(told) == ["posted", "refused"]
    assert Transfer.objects.count() == 1
    assert account(topup.agent).balance == 1_000_000
    prove()


def test_state_ledger_and_trail_are_one(actor, monkeypatch):
    """The trail cannot be written, so nothing is posted."""
    topup = matched(actor)

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("ppob.services.topups.audit.record", fail)
    with pytest.raises(RuntimeError):
        post_topup(topup=topup, actor=actor)
    topup.refresh_from_db()
    assert (topup.state, Transfer.objects.count()) == (TopUpState.MATCHED, 0)


def test_without_the_banks_word_nothing_is_posted(actor):
    topup = make_topup()
    with pytest.raises(NotMatched):
        post_topup(topup=topup, actor=actor)
    cancel_topup(topup=topup, actor=actor)
    with pytest.raises(TopUpCancelled):
        post_topup(topup=topup, actor=actor)
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(
    "line", [{"reference": " tu-1 "}, {"booked_on": "2026-01-01"}], ids=["letters", "another day"]
)
def test_reference_and_amount_match(actor, line):
    topup = make_topup(reference="TU-1")
    make_line(topup, **line)
    assert match_topups(actor=actor) == 1
    topup.refresh_from_db()
    assert (topup.state, topup.bank_line.amount) == (TopUpState.MATCHED, 1_000_000)


def test_one_of_both_alone_matches_nothing(actor):
    topup, biller = make_topup(reference="TU-1"), make_topup(biller=make_biller(), reference="TU-2")
    make_line(topup, amount=999_999)
    make_line(topup, reference="TU-3")
    make_line(biller, amount=1_000_000)  # came in, where ours should go out
    assert match_topups(actor=actor) == 0


def test_two_candidates_are_for_a_person(actor):
    topup = make_topup(reference="TU-1")
    one, other = make_line(topup), make_line(topup, bank="BRI")
    twin = make_topup(reference="tu-1")
    assert match_topups(actor=actor) == 0

    pick_line(topup=topup, line=one, actor=actor)
    with pytest.raises(NotWaiting):
        pick_line(topup=topup, line=other, actor=actor)
    with pytest.raises(LineTaken):
        pick_line(topup=twin, line=one, actor=actor)
    # One is left on each side.
    assert match_topups(actor=actor) == 1
    assert TopUp.objects.get(pk=twin.pk).bank_line == other


def test_a_person_picks_no_other_amount(actor):
    topup = make_topup()
    with pytest.raises(OtherAmount):
        pick_line(topup=topup, line=make_line(amount=-1_000_000), actor=actor)


def test_a_wrong_line_is_given_back_before_the_posting_and_not_after(actor):
    topup = matched(actor)
    release_line(topup=topup, actor=actor)
    with pytest.raises(NotMatched):
        release_line(topup=topup, actor=actor)
    match_topups(actor=actor)
    post_topup(topup=topup, actor=actor)
    for act in (release_line, cancel_topup):
        with pytest.raises(AlreadyPosted):
            act(topup=topup, actor=actor)


def test_cancelling_frees_the_line(actor):
    topup = matched(actor)
    line = topup.bank_line
    cancel_topup(topup=topup, actor=actor)
    with pytest.raises(TopUpCancelled):
        cancel_topup(topup=topup, actor=actor)
    other = make_topup(reference="OTHER")
    pick_line(topup=other, line=line, actor=actor)


def test_a_reference_is_announced_once_and_matched_at_once(actor):
    agent = make_agent()
    make_line(reference="R-9", amount=5_000)
    topup = add_topup(agent=agent, amount=5_000, reference=" R-9 ", actor=actor)
    assert (topup.reference, topup.state) == ("R-9", TopUpState.MATCHED)
    with pytest.raises(ReferenceTaken):
        add_topup(agent=agent, amount=5_000, reference="R-9", actor=actor)


def test_one_that_is_refused_holds_up_no_other(actor):
    good, gone = matched(actor), matched(actor)
    cancel_topup(topup=gone, actor=actor)
    posted, refused = post_matched(topups=[gone, good], actor=actor)
    assert posted == 1
    assert [topup for topup, _error in refused] == [gone]


@pytest.mark.parametrize(
    "fields",
    [{"state": "posted"}, {"state": "matched"}, {"transfer_id": 5}],
    ids=["posted", "matched", "both"],
)
def test_the_database_refuses_half_a_posting(fields):
    topup = make_topup()
    with pytest.raises(IntegrityError), transaction.atomic():
        TopUp.objects.filter(pk=topup.pk).update(**fields)
