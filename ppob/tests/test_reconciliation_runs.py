"""A run is a function of its files: order, parts, repetition and company change nothing. A signed day changes no more."""

import csv
import io
import random
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation

from core.models import OutboxMessage
from notifications.models import Notification
from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from ppob import ledger, services
from ppob.choices import DifferenceKind, DifferenceState, TransactionState
from ppob.exceptions import DaySigned
from ppob.models import (
    BillerDay,
    DepositStatement,
    Difference,
    ReconciliationRun,
    SettlementFile,
    SettlementProfile,
    Transaction,
)
from ppob.reconciliation import passes, sides
from ppob.reconciliation.clock import reconcile_due_days
from ppob.reconciliation.exceptions import (
    AlreadyRunning,
    DepositNotExplained,
    NoFile,
    NotPrepared,
    OwnPreparation,
    OwnProposal,
    StillOpen,
    WrongState,
)
from ppob.reconciliation.intake import receive_file
from ppob.reconciliation.running import run_day
from ppob.reconciliation_notices import tell_of_refused_file
from ppob.services.proof import verify_ledger
from ppob.services.sales import report_sales
from ppob.tests.ledger_factories import House
from ppob.tests.reconciliation_world import YESTERDAY, market, simulated

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def _own_place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SETTLEMENT_FOLDER = tmp_path / "watched"


def bring(biller, content: bytes, *, day=YESTERDAY, name="file.csv", adds=False):
    return receive_file(
        biller=biller, day=day, stream=io.BytesIO(content), name=name, source="upload", adds=adds
    )


def rows_there_are() -> tuple[int, ...]:
    return tuple(sorted(Difference.objects.values_list("pk", flat=True)))


def accountant():
    return EmployeeFactory(roles=[Role.ACCOUNTANT])


def test_order_parts_repetition_and_content_change_nothing(tmp_path):
    biller = market("FINNET")["FINNET"]
    file, _key = simulated("FINNET", tmp_path)
    content = file.read_bytes()
    header, *lines = content.splitlines(keepends=True)
    # A line that nobody can read is the same line in every arrangement.
    lines.append(lines[0].replace(b"SUCCESS", b"PERHAPS").replace(lines[0].split(b",")[2], b"000000000000"))
    bring(biller, header + b"".join(lines))
    first = run_day(biller=biller, day=YESTERDAY)
    kept = rows_there_are()

    again = run_day(biller=biller, day=YESTERDAY)
    assert (again.digest, again.number) == (first.digest, 2)
    assert rows_there_are() == kept

    _file, known = bring(biller, header + b"".join(lines), name="another name.csv")
    assert known
    assert SettlementFile.objects.count() == 1

    random.Random(3).shuffle(lines)
    bring(biller, header + b"".join(lines))
    assert run_day(biller=biller, day=YESTERDAY).digest == first.digest

    bring(biller, header + b"".join(lines[:100]))
    assert run_day(biller=biller, day=YESTERDAY).digest != first.digest
    bring(biller, header + b"".join(lines[100:]), adds=True)
    whole = run_day(biller=biller, day=YESTERDAY)
    assert (whole.digest, whole.lines, whole.rejected) == (first.digest, first.lines, 1)
    assert DepositStatement.objects.get().unexplained == 0


@pytest.mark.parametrize("code", ["FINNET", "LISTRA"])
def test_more_differences_than_a_statement_may_name_come_to_the_same(code, tmp_path, monkeypatch):
    biller = market(code)[code]
    file, _key = simulated(code, tmp_path, share=0.2)
    bring(biller, file.read_bytes())
    named = run_day(biller=biller, day=YESTERDAY)

    monkeypatch.setattr(sides, "_FEW", 1)
    looked_up = run_day(biller=biller, day=YESTERDAY)

    assert named.breaks[DifferenceKind.DUPLICATE_AT_BILLER] > 1
    assert looked_up.digest == named.digest
    assert looked_up.breaks == named.breaks


def test_a_sale_that_goes_on_meanwhile_is_told_as_it_was_compared(tmp_path, monkeypatch):
    biller = market("FINNET")["FINNET"]
    file, _key = simulated("FINNET", tmp_path, share=0.1)
    bring(biller, file.read_bytes())
    before = run_day(biller=biller, day=YESTERDAY)
    found = Difference.objects.filter(kind=DifferenceKind.AMOUNT, our_state="success").earliest("pk")
    sale = Transaction.objects.get(pk=found.transaction_id)
    reversed_by: list[threading.Thread] = []

    def reverse() -> None:
        ledger.settle(
            transaction_id=sale.pk, occurred_at=sale.occurred_at, state=TransactionState.REVERSED, source="core",
            response_code="", serial="",
        )  # fmt: skip
        connections.close_all()

    def those(cursor, what, table, *rest, **more):
        if table == "recon_x" and not reversed_by:
            reversed_by.append(threading.Thread(target=reverse))
            reversed_by[0].start()
            reversed_by[0].join(30)
        return sides.those(cursor, what, table, *rest, **more)

    monkeypatch.setattr(passes, "those", those)
    again = run_day(biller=biller, day=YESTERDAY)

    sale.refresh_from_db()
    assert sale.state == TransactionState.REVERSED
    assert again.digest == before.digest
    assert Difference.objects.get(transaction_id=sale.pk).our_state == "success"
    assert DepositStatement.objects.get().unexplained == 0


def test_two_at_once_one_works_and_the_other_is_told(tmp_path):
    biller = market("FINNET")["FINNET"]
    file, _key = simulated("FINNET", tmp_path, transactions=50)
    bring(biller, file.read_bytes())
    told: list[object] = []

    def other() -> None:
        try:
            told.append(run_day(biller=biller, day=YESTERDAY))
        except AlreadyRunning as error:
            told.append(error)
        finally:
            connections.close_all()

    with transaction.atomic():
        first = run_day(biller=biller, day=YESTERDAY)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)

    assert [type(one) for one in told] == [AlreadyRunning]
    assert run_day(biller=biller, day=YESTERDAY).digest == first.digest


def test_what_is_carried_over_comes_the_next_day_or_is_missing_then(tmp_path):
    biller = market("FINNET")["FINNET"]
    before = YESTERDAY - timedelta(days=1)
    file, key = simulated("FINNET", tmp_path, day=before)
    bring(biller, file.read_bytes(), day=before)
    run_day(biller=biller, day=before)
    carried = list(Difference.objects.filter(kind="carried_over").order_by("key"))
    assert len(carried) == key["counts"]["carried_over"] > 1
    assert {one.state for one in carried} == {"carried"}

    file, key = simulated("FINNET", tmp_path, day=YESTERDAY)
    late = carried[0]
    row = {
        "trx_date": f"{before}", "trx_time": "23:58:00", "reference": late.noref, "customer_id": late.customer_id,
        "product_code": late.product, "sheets": 1, "amount": late.our_amount, "commission": late.our_commission,
        "net": late.our_net, "status": "SUCCESS", "response_code": "00", "stan": "1", "serial": "",
    }  # fmt: skip
    row["trx_date"], row["trx_time"] = f"{YESTERDAY}", "00:00:30"
    out = io.StringIO()
    csv.DictWriter(out, row, lineterminator="\r\n").writerow(row)
    bring(biller, file.read_bytes() + out.getvalue().encode())
    run = run_day(biller=biller, day=YESTERDAY)

    assert run.carried_in == 1
    assert run.breaks["missing_at_biller"] == key["counts"]["missing_at_biller"] + len(carried) - 1
    assert DepositStatement.objects.get(business_on=YESTERDAY).unexplained == late.our_net


def test_lines_of_several_days_go_to_their_own(tmp_path):
    biller = market("FINNET")["FINNET"]
    before = YESTERDAY - timedelta(days=1)
    first, _ = simulated("FINNET", tmp_path, day=before, transactions=60)
    second, _ = simulated("FINNET", tmp_path, day=YESTERDAY, transactions=80)
    alone = []
    for day, file in ((before, first), (YESTERDAY, second)):
        bring(biller, file.read_bytes(), day=day)
        alone.append(run_day(biller=biller, day=day).digest)
    whole = first.read_bytes() + second.read_bytes().split(b"\r\n", 1)[1]
    both = bring(biller, whole, day=YESTERDAY).file
    SettlementFile.objects.filter(business_on=before).update(is_replaced=True)
    assert (both.first_on, both.last_on) == (before, YESTERDAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        SettlementFile.objects.filter(pk=both.pk).update(first_on=YESTERDAY)

    assert [run_day(biller=biller, day=day).digest for day in (before, YESTERDAY)] == alone


def test_the_application_counts_lines_and_no_other_table():
    for table in ("ppob_transaction", "ppob_settlement_line", "nothing"):
        with (
            pytest.raises(DatabaseError, match="holds no lines"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT recon_count_lines(%s)", [table])


def test_a_suspect_that_the_file_ends_is_no_difference():
    house = House.make(balance=10_000_000)
    biller = house.biller
    SettlementProfile.objects.create(
        biller=biller, form="csv", success_words=["OK"], failure_words=["NO"], time_form="",
        date_form="%Y-%m-%d %H:%M:%S", columns={"date": 0, "noref": 1, "amount": 2, "status": 3},
    )  # fmt: skip
    at = timezone.now() - timedelta(days=2)
    report_sales(
        [
            house.sale(noref=f"{1:012}", state="suspect", occurred_at=at),
            house.sale(noref=f"{2:012}", state="suspect", occurred_at=at),
        ]
    )
    day = timezone.localdate(at)
    stamp = f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
    bring(
        biller,
        f"at,noref,amount,status\n{stamp},{1:012},51000,OK\n{stamp},{2:012},51000,NO\n".encode(),
        day=day,
    )

    run = run_day(biller=biller, day=day)

    assert (run.resolved, run.matched, sum(run.breaks.values())) == (2, 2, 0)
    assert run_day(biller=biller, day=day).digest == run.digest
    assert verify_ledger()["violations"] == []


def test_several_sales_in_one_line_match_by_their_sum():
    house = House.make(balance=10_000_000)
    biller = house.biller
    SettlementProfile.objects.create(
        biller=biller, form="csv", success_words=["OK"], time_form="", date_form="%Y-%m-%d %H:%M:%S", line_rule="many_sales",
        columns={"date": 0, "noref": 1, "amount": 2, "status": 3, "customer_id": 4, "product": 5},
    )  # fmt: skip
    at = timezone.now() - timedelta(days=2)
    report_sales([house.sale(noref=f"{number:012}", occurred_at=at) for number in (1, 2, 3)])
    stamp, day = f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}", timezone.localdate(at)
    head = "at,noref,amount,status,customer,product\n"
    bring(biller, f"{head}{stamp},SUM1,153000,OK,012345678901,{house.product.code}\n".encode(), day=day)

    run = run_day(biller=biller, day=day)

    assert (run.lines, run.ours, run.matched, sum(run.breaks.values())) == (1, 3, 1, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT line) FROM ppob_matched_pair WHERE run_id = %s", [run.pk]
        )
        assert cursor.fetchone() == (3, 1)


def test_two_people_adjust_two_people_sign_and_then_nothing_changes(tmp_path):
    biller = market("FINNET")["FINNET"]
    file, _key = simulated("FINNET", tmp_path)
    bring(biller, file.read_bytes())
    run = run_day(biller=biller, day=YESTERDAY)
    maker, checker = accountant(), accountant()
    one = Difference.objects.filter(kind="missing_here").first()
    rest = Difference.objects.filter(state="open").exclude(pk=one.pk)

    with pytest.raises(StillOpen):
        services.prepare_day(biller=biller, day=YESTERDAY, actor=maker)
    proposed = services.propose_adjustment(difference=one, reason="Biller menagih", actor=maker)
    assert proposed.proposed_amount == -one.their_net
    with pytest.raises(OwnProposal):
        services.approve_adjustment(difference=one, actor=maker)
    for state in ("adjusted", "open"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Difference.objects.filter(pk=one.pk).update(approved_by=maker, state=state, transfer_id=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        # Proposed and approved in one stroke, in another's name.
        Difference.objects.filter(pk=rest[0].pk).update(
            proposed_by=maker, proposed_amount=5, approved_by=checker, state="adjusted", transfer_id=1
        )
    adjusted = services.approve_adjustment(difference=one, actor=checker)
    assert adjusted.transfer_id
    with pytest.raises(WrongState):
        services.approve_adjustment(difference=one, actor=checker)
    statement = DepositStatement.objects.get()
    assert (statement.adjustments, statement.unexplained) == (-one.their_net, 0)
    # A new run keeps what people did.
    assert run_day(biller=biller, day=YESTERDAY).digest == run.digest
    one.refresh_from_db()
    assert one.state == DifferenceState.ADJUSTED
    assert verify_ledger()["violations"] == []

    services.explain_differences(differences=rest, explanation="Uji coba", actor=maker)
    wrong = {
        "reported": F("reported") + 1,
        "difference": F("difference") + 1,
        "unexplained": F("unexplained") + 1,
    }
    DepositStatement.objects.update(**wrong)
    with pytest.raises(DepositNotExplained, match="1"):
        services.prepare_day(biller=biller, day=YESTERDAY, actor=maker)
    DepositStatement.objects.update(**{name: F(name) - 1 for name in wrong})
    with pytest.raises(NotPrepared):
        services.sign_day(biller=biller, day=YESTERDAY, actor=checker)
    services.prepare_day(biller=biller, day=YESTERDAY, actor=maker)
    with pytest.raises(OwnPreparation):
        services.sign_day(biller=biller, day=YESTERDAY, actor=maker)
    services.sign_day(biller=biller, day=YESTERDAY, actor=checker)

    refused = (
        lambda: run_day(biller=biller, day=YESTERDAY),
        lambda: bring(biller, b"x"),
        lambda: services.explain_differences(differences=[one], explanation="x", actor=maker),
        lambda: services.note_difference(difference=one, text="x", actor=maker),
        lambda: services.prepare_day(biller=biller, day=YESTERDAY, actor=maker),
        lambda: services.sign_day(biller=biller, day=YESTERDAY, actor=checker),
    )
    for act in refused:
        with pytest.raises(DaySigned):
            act()
    newest = ReconciliationRun.objects.latest("number")
    statements = (
        "UPDATE ppob_difference SET explanation = 'x'",
        "DELETE FROM ppob_difference WHERE state = 'carried'",
        "UPDATE ppob_reconciliationrun SET matched = 0",
        "UPDATE ppob_depositstatement SET reported = 0, difference = 0, unexplained = 0",
        "DELETE FROM ppob_depositstatement",
        "UPDATE ppob_settlementfile SET is_replaced = true",
        "DELETE FROM ppob_settlementfile",
        "UPDATE ppob_settlement_line SET amount = 1",
        f"DELETE FROM ppob_matched_stretch WHERE run_id = {newest.pk}",
        f"INSERT INTO ppob_matched_stretch VALUES ({newest.pk}, 1, '{{1}}')",
        "UPDATE ppob_matched_stretch SET file_id = 1",
        "UPDATE ppob_billerday SET signed_at = NULL, signed_by_id = NULL",
        "DELETE FROM ppob_billerday",
    )
    for using in ("default", "owner"):
        for statement in statements:
            with (
                pytest.raises(DatabaseError),
                transaction.atomic(using=using),
                connections[using].cursor() as cursor,
            ):
                cursor.execute(statement)


def test_the_clock_takes_files_runs_what_is_due_and_asks_for_what_is_missing(tmp_path, settings):
    biller = market("FINNET")["FINNET"]
    file, key = simulated("FINNET", tmp_path)
    now = timezone.now()
    assert reconcile_due_days(now) == 0
    assert OutboxMessage.objects.filter(kind="ppob.settlement_missing").count() == 1
    assert reconcile_due_days(now) == 0
    assert OutboxMessage.objects.filter(kind="ppob.settlement_missing").count() == 1
    with pytest.raises(NoFile):
        run_day(biller=biller, day=YESTERDAY)

    place = settings.SETTLEMENT_FOLDER / "FINNET"
    place.mkdir(parents=True)
    (place / file.name).write_bytes(file.read_bytes())
    (place / "broken_20260102.csv").write_bytes(b"nothing of the kind\n1\n")
    later = now + timedelta(minutes=1)
    assert reconcile_due_days(later) == 1
    assert reconcile_due_days(later) == 0
    run = ReconciliationRun.objects.get()
    assert run.breaks == key["counts"]
    # What failed here and stands in no file is nobody's business: neither its number nor its amount.
    different = Difference.objects.exclude(transaction_id=None).exclude(kind="duplicate_at_biller")
    assert run.ours == run.matched + different.count()
    assert [one.parent.name for one in sorted(place.rglob("*.csv"))] == ["done", "refused"]
    assert BillerDay.objects.count() == 1
    _is_told_in_the_readers_language(OutboxMessage.objects.get(kind="ppob.settlement_refused"))


def _is_told_in_the_readers_language(message: OutboxMessage) -> None:
    accountant = EmployeeFactory(roles=[Role.ACCOUNTANT])
    assert tell_of_refused_file(message.payload, key="once") == 1
    notice = Notification.objects.get(person=accountant)
    with translation.override("en"):
        assert "Line 1: there is no column" in notice.text
    with translation.override("id"):
        assert translation.gettext("Line 1: there is no column “%(name)s”.").split("“")[0] in notice.text


def test_the_trail_tells_a_run_s_differences_in_words(tmp_path, client):
    billers = market("FINNET")
    file, _answer = simulated("FINNET", tmp_path)
    bring(billers["FINNET"], file.read_bytes())
    run = run_day(biller=billers["FINNET"], day=YESTERDAY)
    auditor = EmployeeFactory(roles=[Role.AUDITOR])
    client.force_login(auditor)

    page = client.get(reverse("audit:object", args=["ppob.reconciliationrun", run.uuid])).content.decode()

    assert run.breaks["missing_here"] > 0
    with translation.override(auditor.language):
        assert f"{DifferenceKind.MISSING_HERE.label}: {run.breaks['missing_here']}" in page
    assert "missing_here" not in page
