"""The morning board and one day of it: what was compared, what differs, what is due, who has signed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import FilteredRelation, Q, QuerySet
from django.utils import timezone

from core.counts import kept_count
from organization.models import Employee
from ppob.access import reaches
from ppob.business_days import bounds_of, business_day
from ppob.choices import DayState
from ppob.models import (
    BillerDay,
    DepositStatement,
    ReconciliationRun,
    RunFile,
    SettlementProfile,
)
from ppob.reconciliation import calendar
from ppob.selectors.differences import UNSETTLED, differences_visible_to, unsettled_by_age

__all__ = [
    "BoardLine", "Counts", "board", "day_of", "differences_visible_to", "kept_files_of", "newest_run", "runs_visible_to",
    "unsettled_by_age", "unsigned_days_count",
]  # fmt: skip
# What nobody has signed stays on the board so long, however many days it shows.
UNSIGNED_DAYS = 31
UNSIGNED = "ppob.unsigned_days"
_COUNTS = """
    SELECT 'files', biller_id, business_on, '', '', count(*), 0
      FROM ppob_settlementfile
     WHERE biller_id = ANY(%(billers)s) AND business_on BETWEEN %(first)s AND %(last)s AND NOT is_replaced
     GROUP BY biller_id, business_on
    UNION ALL
    SELECT 'sold', biller_id, business_on, '', '', sum(transactions), 0
      FROM ppob_salesday WHERE biller_id = ANY(%(billers)s) AND business_on BETWEEN %(first)s AND %(last)s
     GROUP BY biller_id, business_on
    UNION ALL
    SELECT 'differences', biller_id, business_on, kind, state, count(*),
           count(*) FILTER (WHERE proposed_by_id IS NOT NULL AND state <> 'adjusted')
      FROM ppob_difference
     WHERE biller_id = ANY(%(billers)s) AND business_on BETWEEN %(first)s AND %(last)s AND NOT gone
     GROUP BY biller_id, business_on, kind, state
"""


@dataclass(frozen=True)
class Counts:
    """Of one biller's day: files that count, sales, differences by (kind, state), adjustments that wait for approval."""

    files: int = 0
    sold: int = 0
    differences: Counter[tuple[str, str]] = field(default_factory=Counter)
    proposed: int = 0

    def by_kind(self, states: Iterable[str] | None = None) -> dict[str, int]:
        """How many of each kind, of all states or of these; kinds of which there are none are left out."""
        wanted = None if states is None else set(states)
        found: Counter[str] = Counter()
        for (kind, state), count in self.differences.items():
            if wanted is None or state in wanted:
                found[kind] += count
        return dict(found)

    def in_states(self, states: Iterable[str]) -> int:
        wanted = set(states)
        return sum(count for (_kind, state), count in self.differences.items() if state in wanted)


@dataclass(frozen=True, kw_only=True)
class BoardLine:
    """One biller and business day. `run` None: not compared yet; `files` 0: nothing has come. Money is whole Rupiah."""

    profile: SettlementProfile
    business_on: date
    due_at: datetime
    counts: Counts
    run: ReconciliationRun | None
    statement: DepositStatement | None
    day: BillerDay | None

    @property
    def biller(self) -> Any:
        return self.profile.biller

    @property
    def files(self) -> int:
        return self.counts.files

    @property
    def unsettled(self) -> dict[str, int]:
        """Open or disputed, by kind."""
        return self.counts.by_kind(UNSETTLED)

    @property
    def unsettled_count(self) -> int:
        return self.counts.in_states(UNSETTLED)

    @property
    def settled_count(self) -> int:
        return sum(self.counts.differences.values()) - self.unsettled_count

    @property
    def is_signed(self) -> bool:
        return self.day is not None and self.day.signed_at is not None

    @property
    def is_prepared(self) -> bool:
        return self.day is not None and self.day.prepared_at is not None and not self.is_signed

    @property
    def is_clean(self) -> bool:
        """Compared, nothing open, and the deposit leaves nothing unexplained."""
        return (
            self.run is not None
            and not self.unsettled_count
            and not (self.statement and self.statement.unexplained)
        )

    @property
    def state(self) -> DayState:
        """What it waits for."""
        if self.is_signed:
            return DayState.SIGNED
        if self.run is None:
            if self.files:
                return DayState.NOT_COMPARED
            return DayState.NO_FILE if self.counts.sold else DayState.QUIET
        if self.unsettled_count:
            return DayState.DIFFERENT
        if not self.is_clean:
            return DayState.UNEXPLAINED
        return DayState.PREPARED if self.is_prepared else DayState.CLEAN

    @property
    def is_waiting(self) -> bool:
        """Somebody has something to do with it."""
        return self.state not in (DayState.SIGNED, DayState.QUIET)

    @property
    def is_late(self) -> bool:
        return self.is_waiting and self.due_at < timezone.now()

    @property
    def first_moment(self) -> datetime:
        return bounds_of(self.biller, self.business_on)[0]

    @property
    def last_moment(self) -> datetime:
        """The last second of the business day."""
        return bounds_of(self.biller, self.business_on)[1] - timedelta(seconds=1)


def board(viewer: Employee, *, days: int = 4, now: datetime | None = None) -> list[BoardLine]:
    """Each active biller's last business days, and of the last month what is not signed; what waits first, and what is due
    first at its top. Four queries, however many lines."""
    if not reaches(viewer, "ppob.view_reconciliationrun"):
        return []
    now = now or timezone.now()
    profiles = list(
        SettlementProfile.objects.filter(is_active=True, biller__is_active=True).select_related("biller")
    )
    today = {one.biller_id: business_day(one.biller, now) for one in profiles}
    last = max(today.values(), default=now.date())
    lines = [
        line
        for line in _lines(profiles, first=last - timedelta(days=max(days, UNSIGNED_DAYS) + 1), last=last)
        for back in [(today[line.profile.biller_id] - line.business_on).days]
        if 1 <= back <= days or _is_left(line, back)
    ]
    return sorted(lines, key=lambda one: (not one.is_waiting, one.due_at, one.biller.name, one.business_on))


def day_of(viewer: Employee, biller_id: int, day: date) -> BoardLine | None:
    """One biller's day as the board has it, if there is such a biller and the person may see it. Three queries."""
    if not reaches(viewer, "ppob.view_reconciliationrun"):
        return None
    annotated: Any = SettlementProfile.objects.annotate(
        the_day=FilteredRelation("biller__days", condition=Q(biller__days__business_on=day))
    )
    with_day = annotated.select_related("biller", "the_day__prepared_by", "the_day__signed_by")
    profiles: list[SettlementProfile] = list(with_day.filter(biller=biller_id))
    if not profiles or day >= business_day(profiles[0].biller, timezone.now()) + timedelta(days=1):
        return None
    signed = getattr(profiles[0], "the_day", None)
    return next(iter(_lines(profiles, first=day, last=day, signed=[signed] if signed else [])))


def unsigned_days_count() -> int:
    """Days of the last month that were compared and that nobody has signed, for the menu of every page; at most one
    query, and none while the cache knows."""
    since = timezone.localdate() - timedelta(days=UNSIGNED_DAYS)
    return kept_count(
        UNSIGNED,
        lambda: BillerDay.objects.filter(business_on__gte=since, signed_at__isnull=True).count(),
    )


def _lines(
    profiles: list[SettlementProfile], *, first: date, last: date, signed: Iterable[BillerDay] | None = None
) -> list[BoardLine]:
    """All their days from the first to the last: three queries, two where it is known what is `signed`."""
    asked = {"billers": [one.biller_id for one in profiles], "first": first, "last": last}
    within: Any = {"biller__in": asked["billers"], "business_on__range": (first, last)}
    statements = {
        (one.biller_id, one.business_on): one
        for one in DepositStatement.objects.filter(**within).select_related("run__started_by")
    }
    if signed is None:
        signed = BillerDay.objects.filter(**within).select_related("prepared_by", "signed_by")
    days = {(one.biller_id, one.business_on): one for one in signed}
    counts = _counts(asked)
    return [
        BoardLine(
            profile=profile,
            business_on=day,
            due_at=calendar.due_at(profile, day),
            counts=counts.get(key, Counts()),
            # Each run writes the statement of its day, so that a statement's run is the newest.
            run=statements[key].run if key in statements else None,
            statement=statements.get(key),
            day=days.get(key),
        )
        for profile in profiles
        for back in range((last - first).days + 1)
        for day in [first + timedelta(days=back)]
        for key in [(profile.biller_id, day)]
    ]


def _counts(asked: dict[str, Any]) -> dict[tuple[int, date], Counts]:
    found: dict[tuple[int, date], dict[str, Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, asked)
        for what, biller, day, kind, state, count, proposed in cursor.fetchall():
            told = found.setdefault((biller, day), {"differences": Counter(), "proposed": 0})
            if what == "differences":
                told["differences"][kind, state] += int(count)
                told["proposed"] += int(proposed)
            else:
                told[what] = int(count)
    return {key: Counts(**told) for key, told in found.items()}


def _is_left(line: BoardLine, back: int) -> bool:
    """Further back what was begun and is not signed, and what files are asked for: of last month nobody looks for one."""
    return back >= 1 and line.is_waiting and (line.run is not None or back <= calendar.LOOK_BACK)


def newest_run(biller_id: int, day: date) -> ReconciliationRun | None:
    """The run that holds."""
    runs = ReconciliationRun.objects.filter(biller_id=biller_id, business_on=day).select_related(
        "biller", "started_by"
    )
    return runs.order_by("-number").first()


def runs_visible_to(viewer: Employee) -> QuerySet[ReconciliationRun]:
    """All, with their biller."""
    if not reaches(viewer, "ppob.view_reconciliationrun"):
        return ReconciliationRun.objects.none()
    return ReconciliationRun.objects.select_related("biller", "started_by")


def kept_files_of(run: ReconciliationRun) -> list[RunFile]:
    """What was kept of it when it ended."""
    return list(RunFile.objects.filter(run=run).order_by("form"))
