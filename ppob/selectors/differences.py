"""Where two books differ: both sides beside each other, what is known of the sale behind it, and who may see to it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.choices import Role
from organization.models import Employee
from organization.selectors import holders_of
from ppob.access import reaches
from ppob.choices import AmountMeaning, DifferenceKind, DifferenceState, TransactionState
from ppob.models import Difference, SettlementFile, SettlementProfile, Transaction
from ppob.selectors.transactions import Posted, postings_of_transfer

UNSETTLED = (DifferenceState.OPEN, DifferenceState.DISPUTED)
# What somebody may still say something else about.
CHANGEABLE = (*UNSETTLED, DifferenceState.EXPLAINED, DifferenceState.CLOSED)
# Bands of age: key, words, days from, days to (both included).
AGES: tuple[tuple[str, Any, int, int | None], ...] = (
    ("0-1", _("0–1 day"), 0, 1),
    ("2-7", _("2–7 days"), 2, 7),
    ("8-30", _("8–30 days"), 8, 30),
    ("31+", _("over 30 days"), 31, None),
)
_RAW_LINE = """
    SELECT l.raw FROM ppob_settlement_line l
     WHERE l.staged_at = %s AND l.file_id = %s AND l.number = %s AND l.reason IS NOT NULL LIMIT 1
"""


def differences_visible_to(viewer: Employee) -> QuerySet[Difference]:
    """All, with what a page shows beside them."""
    if not reaches(viewer, "ppob.view_difference"):
        return Difference.objects.none()
    return Difference.objects.select_related(
        "biller__settlement_profile", "run", "file", "owner", "proposed_by", "approved_by"
    )


def differences_of_day(viewer: Employee, biller_id: int, day: date) -> QuerySet[Difference]:
    """With `rank`: what somebody has to see to is 0, what is carried 1, what is settled 2, what is found no more 3."""
    rank = Case(
        When(gone=True, then=Value(3)),
        When(state__in=UNSETTLED, then=Value(0)),
        When(state=DifferenceState.CARRIED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = differences_visible_to(viewer).filter(biller=biller_id, business_on=day)
    return found.annotate(rank=rank)


def unsettled_visible_to(viewer: Employee) -> QuerySet[Difference]:
    """Of all days what is not settled; the index of the unsettled answers it."""
    states = (*UNSETTLED, DifferenceState.CARRIED)
    return differences_visible_to(viewer).filter(state__in=states, gone=False)


def unsettled_by_age(viewer: Employee, *, today: date | None = None) -> dict[str, int]:
    """How many are open or disputed, by age in days: 0–1, 2–7, 8–30, more."""
    if not reaches(viewer, "ppob.view_difference"):
        return {key: 0 for key, *_band in AGES}
    today = today or timezone.localdate()
    days = Difference.objects.filter(state__in=UNSETTLED, gone=False).values_list("business_on", flat=True)
    ages = Counter((today - on).days for on in days)
    return {
        key: sum(count for age, count in ages.items() if least <= age and (most is None or age <= most))
        for key, _words, least, most in AGES
    }


@dataclass(frozen=True)
class Part:
    """One part of what both sides say. `ours` and `theirs` are Rupiah, or words where `is_money` is false."""

    key: str
    label: Any
    ours: Any
    theirs: Any
    is_money: bool = True
    # Of words: whether both mean the same, however each side calls it.
    is_same: bool | None = None

    @property
    def differs(self) -> bool:
        same = self.ours == self.theirs if self.is_same is None else self.is_same
        return self.is_told_twice and not same

    @property
    def is_told_twice(self) -> bool:
        return self.ours is not None and self.theirs is not None

    @property
    def gap(self) -> int | None:
        """Theirs less ours, where both say a number."""
        return self.theirs - self.ours if self.is_money and self.is_told_twice else None


def sides_of(difference: Difference) -> list[Part]:
    """Both sides part by part. A side that does not know the sale at all says None to each."""
    profile: SettlementProfile | None = getattr(difference.biller, "settlement_profile", None)
    amount = AmountMeaning(profile.amount_means).label if profile else _("Amount")
    ours = TransactionState(difference.our_state).label if difference.our_state else None
    theirs = {True: TransactionState.SUCCESS.label, False: TransactionState.FAILED.label, None: None}
    # A file knows success and failure alone: what is reversed here failed there.
    same = (difference.our_state == TransactionState.SUCCESS) == bool(difference.their_success)
    return [
        Part("state", _("Status"), ours, theirs[difference.their_success], is_money=False, is_same=same),
        Part("amount", amount, difference.our_amount, difference.their_amount),
        Part("commission", _("Biller's commission"), difference.our_commission, difference.their_commission),
        Part("net", _("Net to the deposit"), difference.our_net, difference.their_net),
    ]


def sale_of(difference: Difference) -> Transaction | None:
    """The sale behind it, if there is one of ours."""
    if difference.transaction_id is None or difference.occurred_at is None:
        return None
    sales = Transaction.objects.select_related("agent", "biller", "product")
    return sales.filter(pk=difference.transaction_id, occurred_at=difference.occurred_at).first()


def counterpart_of(difference: Difference) -> Difference | None:
    """What a suggestion points to: the difference of the same day on the other side."""
    key = difference.suggestion.get("key")
    if not key:
        return None
    other = (
        DifferenceKind.MISSING_HERE
        if difference.kind == DifferenceKind.MISSING_AT_BILLER
        else DifferenceKind.MISSING_AT_BILLER
    )
    found = Difference.objects.select_related("biller__settlement_profile", "file")
    same_day = {"biller": difference.biller_id, "business_on": difference.business_on}
    return found.filter(**same_day, kind=other, key=key, copy=1, gone=False).first()


def raw_line_of(difference: Difference) -> str:
    """How the rejected line begins, as it stands in the file."""
    if difference.kind != DifferenceKind.BAD_LINE or difference.file is None:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_RAW_LINE, [difference.file.staged_at, difference.file_id, difference.line])
        row = cursor.fetchone()
    return row[0] or "" if row else ""


def adjustment_postings(difference: Difference) -> list[Posted]:
    """What its adjustment moved."""
    return postings_of_transfer(difference.transfer_id) if difference.transfer_id else []


def possible_owners() -> list[Employee]:
    """Who may see to differences."""
    people = holders_of(Role.PPOB_ADMINISTRATOR) | holders_of(Role.ACCOUNTANT)
    return list(people.order_by("name", "pk"))


@dataclass(frozen=True)
class RejectedLine:
    number: int
    reason: str
    raw: str


_REJECTED = """
    SELECT number, reason, coalesce(raw, '') FROM ppob_settlement_line
     WHERE staged_at = %s AND file_id = %s AND reason IS NOT NULL AND number > %s ORDER BY number LIMIT %s
"""


def rejected_lines(file: SettlementFile, *, after: int = 0, limit: int = 100) -> list[RejectedLine]:
    """In the order of the file, from line `after` on; reasons as they are kept (`ppob.reconciliation.reasons`)."""
    with connection.cursor() as cursor:
        cursor.execute(_REJECTED, [file.staged_at, file.pk, after, limit])
        return [RejectedLine(*row) for row in cursor.fetchall()]


def files_visible_to(viewer: Employee) -> QuerySet[SettlementFile]:
    files = SettlementFile.objects.select_related("biller", "received_by")
    return files if reaches(viewer, "ppob.view_settlementfile") else files.none()


def files_of_day(biller_id: int, day: date) -> list[SettlementFile]:
    """What was brought for this day, the newest first; twenty at the most."""
    files = SettlementFile.objects.filter(biller=biller_id, business_on=day).select_related("received_by")
    return list(files.order_by("-id")[:20])


@dataclass(frozen=True)
class TrendDay:
    """One day of a biller as its newest run found it; `left` is what is unsettled now."""

    business_on: date
    matched: int
    found: int
    left: int


_TREND = """
    SELECT r.business_on, r.matched,
           (SELECT coalesce(sum(value::int), 0) FROM jsonb_each_text(r.breaks)) + r.rejected,
           (SELECT count(*) FROM ppob_difference d WHERE d.biller_id = r.biller_id AND d.business_on = r.business_on
               AND d.state IN ('open', 'disputed') AND NOT d.gone)
      FROM ppob_depositstatement s JOIN ppob_reconciliationrun r ON r.id = s.run_id
     WHERE s.biller_id = %s AND s.business_on BETWEEN %s AND %s ORDER BY r.business_on
"""


def trend_of(biller_id: int, *, until: date, days: int = 30) -> list[TrendDay]:
    """The last days of a biller up to one of them, oldest first; days that were not compared are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_TREND, [biller_id, until - timedelta(days=days), until])
        return [TrendDay(*row) for row in cursor.fetchall()]
