"""Nobody approves an adjustment of one's own, nor signs a day of one's own, whichever way one tries; a signed day takes
nothing, from whatever door."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.exceptions import GeraiError
from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from ppob import ledger, services
from ppob.models import (
    Account,
    BillerDay,
    DepositStatement,
    Difference,
    ReconciliationRun,
    SettlementProfile,
    Transaction,
    Transfer,
)
from ppob.services.sales import report_sales
from ppob.tests.ledger_factories import House

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
DAY = timezone.localdate() - timedelta(days=2)


class Scene:
    """A day with a proposed difference, another that nobody has touched, and two accountants."""

    def __init__(self) -> None:
        self.house = House.make(balance=10_000_000)
        self.biller = self.house.biller
        self.maker, self.checker = (EmployeeFactory(roles=[Role.ACCOUNTANT]) for _ in range(2))
        now = timezone.now()
        self.run = ReconciliationRun.objects.create(
            biller=self.biller, business_on=DAY, number=1, started_at=now, ended_at=now, lines=2, lines_amount=10_000, ours=0,
            ours_amount=0, matched=0, matched_lines=0, matched_amount=0, different_lines=2, different_amount=10_000, rejected=0,
            digest=b"x",
        )  # fmt: skip
        SettlementProfile.objects.create(
            biller=self.biller, form="csv", success_words=["OK"], columns={"date": 0, "noref": 1, "amount": 2, "status": 3}
        )  # fmt: skip
        DepositStatement.objects.create(biller=self.biller, business_on=DAY, run=self.run, sales=0, payable=0)
        self.mine, self.free = (
            Difference.objects.create(
                biller=self.biller, business_on=DAY, run=self.run, kind="missing_here", key=key, found_at=now,
                correction=-5_000, impact=-5_000,
            )
            for key in "12"
        )  # fmt: skip
        services.propose_adjustment(difference=self.mine, reason="Biller menagih", actor=self.maker)
        self.mine.refresh_from_db()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def sql(using: str, statement: str, *params: Any) -> None:
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(statement, params)


def posted(scene: Scene) -> int:
    """A transfer that somebody posts by hand, to give the difference an air of having been adjusted."""
    accounts = Account.objects.values_list("pk", flat=True)
    legs = [
        (accounts.get(biller=scene.biller, kind="deposit"), -5_000),
        (accounts.get(code="adjustment:idr"), 5_000),
    ]
    return ledger.post(
        key=f"by hand {scene.mine.pk}", kind="adjustment", memo="x", actor=scene.maker, legs=legs
    ).id


def _propose_and_approve(scene: Scene) -> None:
    services.propose_adjustment(difference=scene.free, reason="x", actor=scene.maker)
    services.approve_adjustment(difference=scene.free, actor=scene.maker)


def _withdrawn_meanwhile(scene: Scene) -> None:
    services.withdraw_adjustment(difference=scene.mine, actor=scene.maker)
    services.approve_adjustment(difference=scene.mine, actor=scene.checker)


def _proposed_again_by_the_checker(scene: Scene) -> None:
    """Whoever changes the amount becomes its maker."""
    services.propose_adjustment(difference=scene.mine, reason="lain", amount=-4_000, actor=scene.checker)
    services.approve_adjustment(difference=scene.mine, actor=scene.checker)


def _stale_object(scene: Scene) -> None:
    """As it was read before somebody proposed it."""
    stale = Difference.objects.get(pk=scene.mine.pk)
    stale.proposed_by = scene.checker
    services.approve_adjustment(difference=stale, actor=scene.maker)


def _by_page(who: str) -> Callable[[Scene], None]:
    """The page's door: refused, and told so."""

    def ask(scene: Scene) -> None:
        client = Client()
        client.force_login(getattr(scene, who) if hasattr(scene, who) else EmployeeFactory(roles=[who]))
        answer = client.post(
            reverse("ppob:difference-approve", args=[scene.mine.pk]), {"current_pin": "123456"}
        )
        assert answer.status_code in (200, 302, 403, 409, 422)
        scene.mine.refresh_from_db()
        if scene.mine.state != "adjusted":
            raise REFUSED_BY_PAGE

    return ask


REFUSED_BY_PAGE = GeraiError("refused by the page")
BY_SERVICE: dict[str, Callable[[Scene], Any]] = {
    "its maker approves": lambda s: services.approve_adjustment(difference=s.mine, actor=s.maker),
    "its maker proposes and approves at once": _propose_and_approve,
    "nothing is proposed": lambda s: services.approve_adjustment(difference=s.free, actor=s.checker),
    "withdrawn before it was approved": _withdrawn_meanwhile,
    "the checker changes the amount and approves": _proposed_again_by_the_checker,
    "an object that says another is its maker": _stale_object,
    "its maker, by the page": _by_page("maker"),
    "a manager, by the page": _by_page(Role.MANAGER),
    "staff who may only read, by the page": _by_page(Role.PPOB_STAFF),
    "an auditor, by the page": _by_page(Role.AUDITOR),
}
UPDATE = "UPDATE ppob_difference SET {} WHERE id = %s"
# As whoever has the application's password, and as the owner of the tables.
BY_SQL = {
    "approved by its maker": "state = 'adjusted', approved_by_id = proposed_by_id, transfer_id = {transfer}",
    "approved by its maker, without a transfer": "state = 'adjusted', approved_by_id = proposed_by_id",
    "adjusted by nobody": "state = 'adjusted', transfer_id = {transfer}",
    "adjusted without a transfer": "state = 'adjusted', approved_by_id = {checker}",
    "approved and left open": "approved_by_id = {checker}",
    "approved and left open, with a transfer": "approved_by_id = {checker}, transfer_id = {transfer}",
    "a transfer and no approval": "transfer_id = {transfer}",
    "the maker changed in the same stroke": "state = 'adjusted', proposed_by_id = {checker}, approved_by_id = {maker}, transfer_id = {transfer}",
    "the amount changed in the same stroke": "state = 'adjusted', proposed_amount = -1, approved_by_id = {checker}, transfer_id = {transfer}",
    "a proposal of nothing": "proposed_amount = 0",
    "a proposal without a maker": "proposed_by_id = NULL",
    "a proposal without an amount": "proposed_amount = NULL",
}


def words(scene: Scene, statement: str) -> str:
    return statement.format(transfer=posted(scene), maker=scene.maker.pk, checker=scene.checker.pk)


@pytest.fixture
def unchanged(scene: Scene) -> Iterator[None]:
    """Whatever is tried: nothing is adjusted, and nothing posted by it."""
    before = Transfer.objects.count()
    yield
    states = set(Difference.objects.filter(biller=scene.biller).values_list("state", flat=True))
    assert states == {"open"}
    assert Transfer.objects.filter(key__startswith="reconciliation:").count() == 0
    assert Transfer.objects.count() - before <= 1


@pytest.mark.parametrize("attempt", BY_SERVICE.values(), ids=BY_SERVICE.keys())
def test_no_service_and_no_page_lets_one_person_adjust(scene, unchanged, attempt):
    with pytest.raises(GeraiError):
        attempt(scene)


@pytest.mark.parametrize("using", ["default", "owner"])
@pytest.mark.parametrize("statement", BY_SQL.values(), ids=BY_SQL.keys())
def test_no_statement_lets_one_person_adjust(scene, unchanged, statement, using):
    with pytest.raises(DatabaseError):
        sql(using, UPDATE.format(words(scene, statement)), scene.mine.pk)


def test_an_adjusted_difference_cannot_be_inserted_nor_undone(scene):
    row = Difference(
        biller=scene.biller, business_on=DAY, run=scene.run, kind="missing_here", key="3", found_at=timezone.now(),
        state="adjusted", proposed_amount=5, proposed_by=scene.maker, approved_by=scene.checker, transfer_id=posted(scene),
    )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    services.approve_adjustment(difference=scene.mine, actor=scene.checker)
    for statement in (
        "state = 'open'",
        f"proposed_by_id = {scene.checker.pk}",
        "proposed_amount = -1",
        "transfer_id = NULL",
    ):
        for using in ("default", "owner"):
            with pytest.raises(DatabaseError):
                sql(using, UPDATE.format(statement), scene.mine.pk)
    scene.mine.refresh_from_db()
    assert scene.mine.state == "adjusted"


def test_a_signed_day_refuses_service_statement_and_the_cores_report(scene):
    services.withdraw_adjustment(difference=scene.mine, actor=scene.maker)
    services.explain_differences(
        differences=[scene.mine, scene.free], explanation="Uji coba", actor=scene.maker
    )
    services.prepare_day(biller=scene.biller, day=DAY, actor=scene.maker)
    with pytest.raises(GeraiError):
        services.sign_day(biller=scene.biller, day=DAY, actor=scene.maker)
    for using in ("default", "owner"):
        with pytest.raises(DatabaseError):
            sql(
                using,
                "UPDATE ppob_billerday SET signed_by_id = prepared_by_id, signed_at = now() WHERE biller_id = %s",
                scene.biller.pk,
            )
    services.sign_day(biller=scene.biller, day=DAY, actor=scene.checker)
    # The core reports a sale of that day afterwards: it is taken, as an exception, and not as one of the signed day.
    at = timezone.localtime() - timedelta(days=2)
    (outcome,) = report_sales([replace(scene.house.sale(), occurred_at=at)])
    assert outcome.business_on > DAY
    assert Transfer.objects.filter(biller_id=scene.biller.pk, business_on=DAY).count() == 0
    assert Transaction.objects.filter(biller=scene.biller, business_on=DAY).count() == 0
    for act in (
        lambda: services.note_difference(difference=scene.free, text="x", actor=scene.maker),
        lambda: services.propose_adjustment(difference=scene.free, reason="x", actor=scene.maker),
        lambda: services.close_difference(difference=scene.free, reason="x", actor=scene.maker),
        lambda: services.assign_differences(differences=[scene.free], owner=scene.maker, actor=scene.maker),
    ):
        with pytest.raises(GeraiError):
            act()
    assert BillerDay.objects.get(biller=scene.biller).signed_by == scene.checker
