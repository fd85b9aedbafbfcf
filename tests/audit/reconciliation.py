"""What is audited of settlement files, runs, differences and signed days."""

import io
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from ppob import services as ppob
from ppob.models import (
    BillerDay,
    Difference,
    ReconciliationRun,
    SettlementProfile,
)
from ppob.reconciliation.intake import receive_file
from ppob.reconciliation.running import run_day
from ppob.tests.ledger_factories import make_biller
from tests.audit.acts import Doors, Services, Writers, client_of, ppob_boss


def _difference(**fields: Any) -> Difference:
    """A sale that the biller charged and that we do not have, found by a run."""
    biller, now, on = make_biller(), timezone.now(), timezone.localdate() - timedelta(days=1)
    run = ReconciliationRun.objects.create(
        biller=biller, business_on=on, number=1, started_at=now, ended_at=now, lines=1, lines_amount=5_000, ours=0,
        ours_amount=0, matched=0, matched_lines=0, matched_amount=0, different_lines=1, different_amount=5_000, rejected=0,
        digest=b"x",
    )  # fmt: skip
    return Difference.objects.create(
        biller=biller, business_on=on, run=run, kind="missing_here", key="1", found_at=now, correction=-5_000,
        impact=-5_000, **fields,
    )  # fmt: skip


def _proposed() -> Difference:
    return ppob.propose_adjustment(difference=_difference(), reason="Tidak ada di sini", actor=ppob_boss())


def _clean_day(*, prepared: bool) -> tuple[Any, date]:
    one = _difference(state="closed")
    if prepared:
        ppob.prepare_day(biller=one.biller, day=one.business_on, actor=ppob_boss())
    return one.biller, one.business_on


def save_profile():
    biller = make_biller()
    profile = SettlementProfile(
        biller=biller,
        form="csv",
        success_words=["OK"],
        columns={"date": 0, "noref": 1, "amount": 2, "status": 3},
    )
    return lambda: ppob.save_profile(profile=profile, actor=None)


def assign_differences():
    one, actor = _difference(), ppob_boss()
    return lambda: ppob.assign_differences(differences=[one], owner=actor, actor=actor)


def note_difference():
    one, actor = _difference(), ppob_boss()
    return lambda: ppob.note_difference(difference=one, text="Ditelepon", actor=actor)


def explain_differences():
    one, actor = _difference(), ppob_boss()
    return lambda: ppob.explain_differences(differences=[one], explanation="Uji coba", actor=actor)


def dispute_difference():
    one, actor = _difference(), ppob_boss()
    return lambda: ppob.dispute_difference(difference=one, reason="Bukan kami", actor=actor)


def close_difference():
    one, actor = _difference(), ppob_boss()
    return lambda: ppob.close_difference(difference=one, reason="Sudah dikoreksi", actor=actor)


def propose_adjustment():
    one, actor = _difference(), ppob_boss()
    return lambda: ppob.propose_adjustment(difference=one, reason="Koreksi", actor=actor)


def withdraw_adjustment():
    one, actor = _proposed(), ppob_boss()
    return lambda: ppob.withdraw_adjustment(difference=one, actor=actor)


def approve_adjustment():
    one, actor = _proposed(), ppob_boss()
    return lambda: ppob.approve_adjustment(difference=one, actor=actor)


def prepare_day():
    (biller, day), actor = _clean_day(prepared=False), ppob_boss()
    return lambda: ppob.prepare_day(biller=biller, day=day, actor=actor)


def sign_day():
    (biller, day), actor = _clean_day(prepared=True), ppob_boss()
    return lambda: ppob.sign_day(biller=biller, day=day, actor=actor)


def sign_clean_days():
    (biller, day), actor = _clean_day(prepared=True), ppob_boss()
    days = list(BillerDay.objects.filter(biller=biller, business_on=day))
    return lambda: ppob.sign_clean_days(days=days, actor=actor)


def prepare_clean_days():
    (biller, day), actor = _clean_day(prepared=False), ppob_boss()
    days = [BillerDay.objects.get_or_create(biller=biller, business_on=day)[0]]
    return lambda: ppob.prepare_clean_days(days=days, actor=actor)


def confirm_suggestion():
    here, actor = _difference(suggestion={"rule": "stan", "key": "2"}, their_net=5_000), ppob_boss()
    there = {
        "kind": "missing_at_biller",
        "key": "2",
        "our_net": 5_000,
        "suggestion": {"rule": "stan", "key": "1"},
    }
    Difference.objects.create(
        biller=here.biller, business_on=here.business_on, run=here.run, found_at=here.found_at, **there
    )
    return lambda: ppob.confirm_suggestion(difference=here, actor=actor)


def _settled_biller() -> Any:
    biller = make_biller()
    columns = {"date": 0, "time": 1, "noref": 2, "amount": 3, "status": 4}
    SettlementProfile.objects.create(biller=biller, form="csv", success_words=["OK"], columns=columns)
    return biller


def _bring_file(biller: Any) -> Any:
    day = timezone.localdate() - timedelta(days=2)
    content = f"date,time,noref,amount,status\n{day},08:00:00,1,5000,OK\n".encode()
    return receive_file(biller=biller, day=day, stream=io.BytesIO(content), name="a.csv", source="upload")


def receive_settlement_file():
    biller = _settled_biller()
    return lambda: _bring_file(biller)


def reconcile_a_day():
    biller = _settled_biller()
    day = _bring_file(biller).file.business_on
    return lambda: run_day(biller=biller, day=day)


def take_a_paper():
    biller = _settled_biller()
    run = run_day(biller=biller, day=_bring_file(biller).file.business_on)
    client = client_of(ppob_boss())
    return lambda: client.post(reverse("ppob:run-paper", args=[run.pk, "csv"]))


SERVICES: Services = {
    "ppob.services.approve_adjustment": [approve_adjustment],
    "ppob.services.assign_differences": [assign_differences],
    "ppob.services.close_difference": [close_difference],
    "ppob.services.confirm_suggestion": [confirm_suggestion],
    "ppob.services.dispute_difference": [dispute_difference],
    "ppob.services.explain_differences": [explain_differences],
    "ppob.services.note_difference": [note_difference],
    "ppob.services.prepare_clean_days": [prepare_clean_days],
    "ppob.services.prepare_day": [prepare_day],
    "ppob.services.propose_adjustment": [propose_adjustment],
    "ppob.services.save_profile": [save_profile],
    "ppob.services.sign_clean_days": [sign_clean_days],
    "ppob.services.sign_day": [sign_day],
    "ppob.services.withdraw_adjustment": [withdraw_adjustment],
}

DOORS: Doors = (
    receive_settlement_file,
    reconcile_a_day,
    take_a_paper,
)

WRITERS: Writers = {
    "ppob.services.reconciliation.save_profile": ("ppob.services.save_profile",),
    "ppob.services.reconciliation.assign_differences": ("ppob.services.assign_differences",),
    "ppob.services.reconciliation.note_difference": ("ppob.services.note_difference",),
    "ppob.services.reconciliation.propose_adjustment": ("ppob.services.propose_adjustment",),
    "ppob.services.reconciliation.withdraw_adjustment": ("ppob.services.withdraw_adjustment",),
    "ppob.services.reconciliation.approve_adjustment": ("ppob.services.approve_adjustment",),
    "ppob.services.reconciliation.prepare_day": (
        "ppob.services.prepare_day",
        "ppob.services.prepare_clean_days",
    ),
    "ppob.services.reconciliation.sign_day": ("ppob.services.sign_day", "ppob.services.sign_clean_days"),
    "ppob.services.reconciliation._say": (
        "ppob.services.explain_differences",
        "ppob.services.dispute_difference",
        "ppob.services.close_difference",
        "ppob.services.confirm_suggestion",
    ),
    "ppob.reconciliation.intake.receive_file": ("receive_settlement_file",),
    "ppob.reconciliation.running.run_day": ("reconcile_a_day",),
}

# What must be as it was when an act is refused.
ROWS = (BillerDay, Difference, SettlementProfile)
