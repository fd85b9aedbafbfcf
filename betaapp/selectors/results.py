"""What a trial came to: problems for each store-day on the version that is tried, against comparable stores."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Avg, Count, OuterRef, QuerySet, Subquery
from django.utils import timezone

from betaapp import problems
from betaapp.models import BetaProgram, Drift, Feedback, ProgramApplication
from betaapp.statistics import RateRatio, rate_ratio

# A ratio from fewer problems than these says nothing that one should act on.
FEWEST_PROBLEMS = 5
KEPT_S = 300

# By programme and application: store-days of the trial, and of the stores of the same branches that tried nothing of this
# application on that day, so that neighbours are compared on the same days; and the problems told of each side.
_SIDES = """
    WITH tried AS (
        SELECT t.program_id, t.application_id, t.store_id, day::date
        FROM betaapp_betaprogram p
        JOIN betaapp_storetrial t ON t.program_id = p.id
        CROSS JOIN generate_series(greatest(lower(t.days), p.first_on)::timestamp,
                                   least(upper(t.days) - 1, p.last_on, %(today)s)::timestamp, '1 day') AS day
        WHERE p.id = ANY(%(programs)s)
    ), branches AS (
        SELECT DISTINCT tried.program_id, tried.application_id, b.branch_id, tried.day FROM tried
        JOIN organization_storebranch b ON b.store_id = tried.store_id AND b.days @> tried.day
    ), exposed AS (
        SELECT program_id, application_id, 'tried' AS side, store_id, day FROM tried
        UNION ALL
        SELECT branches.program_id, branches.application_id, 'stable', s.id, branches.day
        FROM branches
        JOIN organization_storebranch b ON b.branch_id = branches.branch_id AND b.days @> branches.day
        JOIN organization_store s ON s.id = b.store_id AND s.opened_on <= branches.day
         AND (s.closed_on IS NULL OR s.closed_on > branches.day)
         AND NOT (COALESCE(s.paused_from <= branches.day, FALSE) AND COALESCE(s.paused_until >= branches.day, TRUE))
        WHERE NOT EXISTS (
            SELECT FROM betaapp_storetrial t
            WHERE t.store_id = s.id AND t.application_id = branches.application_id AND t.days @> branches.day
        )
    ), told AS (
        SELECT * FROM unnest(%(applications)s::bigint[], %(stores)s::bigint[], %(on)s::date[], %(numbers)s::int[])
            AS told (application_id, store_id, day, number)
    )
    SELECT program_id, application_id, side, count(*), COALESCE(sum(number), 0)
    FROM exposed LEFT JOIN told USING (application_id, store_id, day) GROUP BY program_id, application_id, side
"""


@dataclass(frozen=True)
class Side:
    """One of the two groups: its days in stores, and its problems; None while nobody counts problems."""

    store_days: int
    problems: int | None

    @property
    def per_hundred(self) -> float | None:
        """Problems for each hundred store-days."""
        if self.problems is None or not self.store_days:
            return None
        return self.problems * 100 / self.store_days


@dataclass(frozen=True)
class Result:
    """What is known of one application's trial today."""

    tried: ProgramApplication
    beta: Side
    stable: Side
    ratio: RateRatio | None
    feedback_count: int
    feedback_rating: float | None
    drifting: int

    @property
    def knows_problems(self) -> bool:
        return self.beta.problems is not None

    @property
    def proposal(self) -> str:
        """`stop` where the interval lies above one, `widen` where it lies below, `wait` where it says neither."""
        ratio = self.ratio
        if ratio is None or (self.beta.problems or 0) + (self.stable.problems or 0) < FEWEST_PROBLEMS:
            return "wait"
        if ratio.low > 1:
            return "stop"
        return "widen" if ratio.high is not None and ratio.high < 1 else "wait"


def results_of(*programs: BetaProgram, today: date | None = None) -> list[Result]:
    """Of each application of these programmes, by code; two queries and one of the helpdesk's, if there is one."""
    same = {"program": OuterRef("program"), "application": OuterRef("application")}
    rows: Any = (
        ProgramApplication.objects.filter(program__in=programs)
        .select_related("program", "application", "version", "decided_by")
        .annotate(
            feedback_count=_over(Feedback.objects.filter(**same).order_by(), Count("pk")),
            feedback_rating=_over(Feedback.objects.filter(**same).order_by(), Avg("rating")),
            drifting=_over(Drift.objects.filter(**same).order_by(), Count("pk")),
        )
        .order_by("application__code", "program")
    )
    tried = list(rows)
    sides = _sides(tried, today or timezone.localdate())
    results = []
    for one in tried:
        beta, stable = (sides[one.program_id, one.application_id, side] for side in ("tried", "stable"))
        ratio = _ratio(beta, stable)
        results.append(
            Result(one, beta, stable, ratio, one.feedback_count or 0, one.feedback_rating, one.drifting or 0)
        )
    return results


def stops_proposed(programs: Sequence[BetaProgram]) -> list[Result]:
    """What of these programmes should be stopped and is not decided yet, the worst first; up to five minutes old."""
    if not programs or problems.desk() is None:
        return []
    key = "betaapp.stops." + ".".join(f"{one.pk}-{one.revision}" for one in programs)
    found: list[Result] | None = cache.get(key)
    if found is None:
        stops = [one for one in results_of(*programs) if one.proposal == "stop" and not one.tried.decision]
        found = sorted(stops, key=lambda one: -one.ratio.low if one.ratio else 0)
        cache.set(key, found, KEPT_S)
    return found


def _over(rows: QuerySet, what: Any) -> Subquery:
    return Subquery(rows.values("application").annotate(found=what).values("found"))


def _sides(tried: Sequence[ProgramApplication], today: date) -> dict[tuple[int, int, str], Side]:
    """Both groups of each; a problem counts where its store was on its day, elsewhere for none."""
    desk = problems.desk()
    first = min((one.program.first_on for one in tried), default=today)
    last = min(today, max((one.program.last_on for one in tried), default=today))
    applications = sorted({one.application_id for one in tried})
    told = (
        list(desk.problem_days(application_ids=applications, first_on=first, last_on=last))
        if desk and first <= last
        else []
    )
    columns = list(zip(*told, strict=True)) or [(), (), (), ()]
    values: dict[str, Any] = dict(
        zip(("applications", "stores", "on", "numbers"), map(list, columns), strict=True)
    )
    values |= {"programs": sorted({one.program_id for one in tried}), "today": today}
    with connection.cursor() as cursor:
        cursor.execute(_SIDES, values)
        found = {tuple(key): (days, number) for *key, days, number in cursor.fetchall()}
    sides = {}
    for one in tried:
        for side in ("tried", "stable"):
            key = (one.program_id, one.application_id, side)
            days, number = found.get(key, (0, 0))
            sides[key] = Side(days, int(number) if desk else None)
    return sides


def _ratio(beta: Side, stable: Side) -> RateRatio | None:
    if beta.problems is None or stable.problems is None:
        return None
    return rate_ratio(beta.problems, beta.store_days, stable.problems, stable.store_days)
