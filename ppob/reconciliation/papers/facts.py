"""The numbers of a run, gathered once: every paper says these and no other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exports.columns import Kind
from ppob.choices import DifferenceKind
from ppob.models import BillerDay, DepositStatement, Difference, ReconciliationRun

_PAIRS = """
    COPY (SELECT l.noref, l.customer_id, l.product,
                 timestamptz 'epoch' + l.at_us * interval '1 microsecond', l.amount, l.commission, f.name, p.line
            FROM ppob_matched_pair p JOIN ppob_settlementfile f ON f.id = p.file_id
            JOIN ppob_settlement_line l ON l.staged_at = f.staged_at AND l.file_id = p.file_id AND l.number = p.line
           WHERE p.run_id = %s ORDER BY p.file_id, p.line) TO STDOUT
"""
_PAIR_TYPES = ["text", "text", "text", "timestamptz", "int8", "int8", "text", "int4"]


class Figure(NamedTuple):
    """One number of the summary. `name` never changes with the language; money in whole Rupiah; None is not known."""

    name: str
    label: str
    value: int | None
    kind: Kind


@dataclass(frozen=True)
class KindSum:
    """The differences of one kind: how many, both sides' money, and what they do to the deposit, in whole Rupiah."""

    kind: str
    label: str
    count: int
    ours: int
    theirs: int
    impact: int


class Pair(NamedTuple):
    """A matched line, as the biller stated it, in whole Rupiah."""

    noref: str
    customer_id: str
    product: str
    at: datetime
    amount: int
    commission: int | None
    file: str
    line: int


@dataclass(frozen=True)
class RunFacts:
    """Of a biller's newest run of a day: older runs have no differences of their own any more."""

    run: ReconciliationRun

    @cached_property
    def statement(self) -> DepositStatement:
        return DepositStatement.objects.get(biller_id=self.run.biller_id, business_on=self.run.business_on)

    @cached_property
    def day(self) -> BillerDay | None:
        """With who has signed."""
        days = BillerDay.objects.select_related("prepared_by", "signed_by")
        return days.filter(biller_id=self.run.biller_id, business_on=self.run.business_on).first()

    @property
    def is_signed(self) -> bool:
        return self.day is not None and self.day.signed_at is not None

    @property
    def digest(self) -> str:
        return bytes(self.run.digest).hex()

    @property
    def number(self) -> str:
        """FINNET/20261128/2: which run this is, once for ever."""
        return f"{self.run.biller.code}/{self.run.business_on:%Y%m%d}/{self.run.number}"

    @property
    def stem(self) -> str:
        """The number as a file is called."""
        return f"{self.run.biller.code}_{self.run.business_on:%Y%m%d}_{self.run.number}"

    @property
    def differences(self) -> QuerySet[Difference]:
        """What this run found, in an order that is the same each time."""
        found = Difference.objects.filter(
            biller_id=self.run.biller_id, business_on=self.run.business_on, gone=False
        )
        return found.select_related("owner", "proposed_by", "approved_by").order_by("kind", "key", "copy")

    @cached_property
    def kinds(self) -> list[KindSum]:
        """Every kind that was found, in the order in which people speak of them."""
        sums = {
            row["kind"]: row
            for row in self.differences.order_by()
            .values("kind")
            .annotate(n=Count("pk"), ours=Sum("our_amount"), theirs=Sum("their_amount"), effect=Sum("impact"))
        }
        return [
            KindSum(
                str(kind), str(kind.label), row["n"], int(row["ours"] or 0), int(row["theirs"] or 0), int(row["effect"] or 0)
            )
            for kind in DifferenceKind
            if (row := sums.get(kind)) is not None
        ]  # fmt: skip

    @property
    def sides(self) -> list[Figure]:
        run = self.run
        return [
            Figure("lines", _("Lines of the biller"), run.lines, "int"),
            Figure("lines_amount", _("Amount of the biller's lines"), run.lines_amount, "rupiah"),
            Figure("ours", _("Our transactions"), run.ours, "int"),
            Figure("ours_amount", _("Amount of our transactions"), run.ours_amount, "rupiah"),
            Figure("matched", _("Matched"), run.matched, "int"),
            Figure("matched_amount", _("Amount matched"), run.matched_amount, "rupiah"),
            Figure("different_lines", _("Lines with a difference"), run.different_lines, "int"),
            Figure("different_amount", _("Amount of lines with a difference"), run.different_amount, "rupiah"),
            Figure("rejected", _("Rejected lines"), run.rejected, "int"),
            Figure("resolved", _("Suspects resolved"), run.resolved, "int"),
            Figure("carried_in", _("Brought over from the day before"), run.carried_in, "int"),
        ]  # fmt: skip

    @property
    def breaks(self) -> list[Figure]:
        """Each kind with how many, those without any too."""
        labels = dict(DifferenceKind.choices)
        return [Figure(name, str(labels[name]), n, "int") for name, n in sorted(self.run.breaks.items())]

    @property
    def deposit(self) -> list[Figure]:
        """The equation of the deposit, or what is to be transferred."""
        one = self.statement
        if one.payable is not None:
            figures: list[tuple[str, str, int | None]] = [
                ("sales", _("Sales that both sides have"), one.sales),
                ("adjustments", _("Adjustments"), one.adjustments),
                ("payable", _("To be transferred"), one.payable),
            ]
        else:
            figures = [
                ("opening", _("Opening balance"), one.opening),
                ("topups", _("Top-ups"), one.topups),
                ("sales", _("Sales that both sides have"), one.sales),
                ("adjustments", _("Adjustments"), one.adjustments),
                ("expected", _("Expected closing balance"), one.expected),
                ("reported", _("Closing balance by the biller"), one.reported),
                ("difference", _("Difference"), one.difference),
                ("explained", _("Explained by differences"), one.explained),
                ("unexplained", _("Unexplained"), one.unexplained),
            ]
        return [Figure(name, label, value, "rupiah") for name, label, value in figures]

    @property
    def groups(self) -> list[tuple[str, list[Figure]]]:
        return [
            (_("Both books"), self.sides),
            (_("Differences by kind"), self.breaks),
            (_("Deposit") if self.statement.payable is None else _("Settlement"), self.deposit),
        ]

    def pairs(self) -> Iterator[Pair]:
        """Which line is matched, in the order of the files: one COPY, however many there are."""
        with connection.cursor() as cursor, cursor.copy(_PAIRS, [self.run.pk]) as rows:
            rows.set_types(_PAIR_TYPES)
            for row in rows.rows():
                yield Pair(*row)


MATCHED_TITLE = gettext_lazy("Matched lines")
DIFFERENCES_TITLE = gettext_lazy("Differences")
