"""The last days at the billers, compared by their files: what was sold, less and more than the billers say, as it happens.

The files are written by the simulator's forms from the demo's own sales and come in by the same door as everybody's.
"""

import random
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import override

from organization.choices import Role
from organization.demo.cast import ROLE_CARDS
from organization.models import Employee
from ppob import services
from ppob.business_days import bounds_of, business_day
from ppob.choices import FileSource, TransactionState
from ppob.explanations import BY_KIND
from ppob.models import Biller, Difference, ReconciliationRun, ReportedBalance, SettlementProfile, Transaction
from ppob.reconciliation.calendar import LOOK_BACK
from ppob.reconciliation.deposit import CLOSING, opening_of, topups_of
from ppob.reconciliation.intake import receive_file
from ppob.reconciliation.running import run_day
from ppob.selectors.differences import UNSETTLED
from ppob.simulation.catalogue import KEPT_EMPTY
from ppob.simulation.forms import FORMS, Line

DAYS = LOOK_BACK  # older ones nobody asks for
# Days back from which on everything is explained and signed: what is newer is this morning's work.
SIGNED_FROM = 3
# Of a hundred sales, so many stand otherwise in the biller's file.
BROKEN = 2
Progress = Callable[[float, str], None]


def load(*, days: int, seed: int, progress: Progress, now: datetime | None = None) -> dict[str, int]:
    """Write, take in and compare the files of the last days, inside the caller's transaction; the rows by model."""
    now, chance = now or timezone.now(), random.Random(f"reconciliation {seed}")
    profiles = [
        one
        for one in SettlementProfile.objects.select_related("biller").order_by("biller__code")
        if one.biller.code in FORMS and one.biller.code not in KEPT_EMPTY
    ]
    runs = 0
    with tempfile.TemporaryDirectory() as folder:
        for place, profile in enumerate(profiles, start=1):
            late: list[Line] = []
            for back in range(min(DAYS, days), 0, -1):
                day = business_day(profile.biller, now) - timedelta(days=back)
                late, done = _reconcile(profile, day, late, chance, Path(folder))
                runs += done
                if done and back >= SIGNED_FROM:
                    _settle(profile.biller, day)
            progress(place / len(profiles), f"PPOB: {profile.biller.code} reconciled")
    return {"ppob.reconciliationrun": runs, "ppob.difference": Difference.objects.count() if runs else 0}


def _reconcile(
    profile: SettlementProfile, day: date, late: list[Line], chance: random.Random, folder: Path
) -> tuple[list[Line], bool]:
    """The day's file with what was late the day before; what is late now, and whether there was anything to compare."""
    biller = profile.biller
    lines, later = _lines(profile, day, chance)
    if not lines or ReconciliationRun.objects.filter(biller=biller, business_on=day).exists():
        return [], False
    lines = sorted([*late, *lines], key=lambda line: (line.at, line.noref))
    if biller.is_prefunded:
        closing = opening_of(biller, day) + topups_of(biller, day) - sum(line.net for line in lines)
        ReportedBalance.objects.create(
            biller=biller, at=bounds_of(biller, day)[1], amount=closing, source=CLOSING
        )
    path = FORMS[biller.code](lines, biller=biller.code, day=day, folder=folder)
    with path.open("rb") as stream:
        receive_file(biller=biller, day=day, stream=stream, name=path.name, source=FileSource.DEMO)
    run_day(biller=biller, day=day)
    return later, True


def _settle(biller: Biller, day: date) -> None:
    """As it was done on that morning: each difference explained in the words that the page offers, and two signatures."""
    cast = Employee.objects.in_bulk(
        [ROLE_CARDS[Role.ACCOUNTANT], ROLE_CARDS[Role.PPOB_ADMINISTRATOR]], field_name="nik"
    )
    if len(cast) < 2:
        return
    first, second = (cast[ROLE_CARDS[role]] for role in (Role.ACCOUNTANT, Role.PPOB_ADMINISTRATOR))
    with override("id"):
        for one in Difference.objects.filter(biller=biller, business_on=day, state__in=UNSETTLED):
            services.explain_differences(
                differences=[one], explanation=str(BY_KIND[one.kind][0]), actor=first
            )
    services.prepare_day(biller=biller, day=day, actor=first)
    services.sign_day(biller=biller, day=day, actor=second)


def _lines(profile: SettlementProfile, day: date, chance: random.Random) -> tuple[list[Line], list[Line]]:
    start, end = bounds_of(profile.biller, day)
    near = end - timedelta(minutes=profile.cut_off_margin)
    lines, later = [], []
    for sale, line in _sold(profile.biller, day, start, end):
        if sale.state == TransactionState.SUSPECT:
            if chance.random() < 0.6:
                lines.append(replace(line, is_success=chance.random() < 0.7))
        elif sale.occurred_at >= near and chance.random() < 0.15:
            later.append(line)
        elif chance.randrange(100) < BROKEN:
            lines += _broken(line, chance)
        else:
            lines.append(line)
    return lines, later


def _broken(line: Line, chance: random.Random) -> list[Line]:
    match chance.randrange(5):
        case 0:
            return [replace(line, amount=line.amount + chance.choice((-1_000, 500, 2_500)))]
        case 1:
            return [replace(line, is_success=False, response_code="68")]
        case 2:
            return []
        case 3:
            return [line, line]
        case _:
            number = chance.randrange(10**12)
            return [
                line,
                replace(
                    line,
                    noref=f"{number:012}",
                    stan=f"{number % 10**6:06}",
                    customer_id=line.customer_id[::-1],
                ),
            ]


def _sold(biller: Biller, day: date, start: datetime, end: datetime) -> list[tuple[Transaction, Line]]:
    """What the biller delivered, and what nobody knows the end of, as it would write it."""
    zone = ZoneInfo(biller.time_zone)
    sales = Transaction.objects.filter(
        biller=biller, business_on=day, occurred_at__gte=start, occurred_at__lt=end,
        state__in=(TransactionState.SUCCESS, TransactionState.SUSPECT),
    ).select_related("product")  # fmt: skip
    return [
        (
            sale,
            Line(
                at=sale.occurred_at.astimezone(zone), noref=sale.noref, customer_id=sale.customer_id,
                product=sale.product.code, sheets=sale.sheets, amount=sale.bill + sale.fine + sale.biller_fee,
                commission=sale.commission, is_success=True, response_code="00", stan=sale.stan, serial=sale.serial,
            ),
        )
        for sale in sales.order_by("occurred_at", "id")
    ]  # fmt: skip
