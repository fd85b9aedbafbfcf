"""What a trial came to: problems for each store-day on the version that is tried, against comparable stores."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, OuterRef, QuerySet, Subquery
from django.utils import timezone

from betaapp import problems
from betaapp.models import BetaProgram, Drift, Feedback, ProgramApplication
from betaapp.statistics import RateRatio, rate_ratio

# A ratio from fewer problems than these says nothing that one should act on.
FEWEST_PROBLEMS = 5

# By application: store-days of the trial, and of the stores of the same branches that tried nothing of this application on
# that day, so that neighbours are compared on the same days; and the problems told of each side.
_SIDES = """
    WITH days AS (
        SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, '1 day') AS day
    ), tried AS (
        SELECT t.application_id, t.store_id, days.day FROM betaapp_storetrial t JOIN days ON t.days @> days.day
        WHERE t.program_id = %(program)s
    ), branches AS (
        SELECT DISTINCT tried.application_id, b.branch_id, tried.day FROM tried
        JOIN organization_storebranch b ON b.store_id = tried.store_id AND b.days @> tried.day
    ), exposed AS (
        SELECT application_id, 'tried' AS side, store_id, day FROM tried
        UNION ALL
        SELECT branches.application_id, 'stable', s.id, branches.day
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
    SELECT application_id, side, count(*), COALESCE(sum(number), 0)
    FROM exposed LEFT JOIN told USING (application_id, store_id, day) GROUP BY application_id, side
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


def results_of(program: BetaProgram, *, today: date | None = None) -> list[Result]:
    """Of each application, by code; two queries and one of the helpdesk's, if there is one."""
    last = min(today or timezone.localdate(), program.last_on)
    feedback = Feedback.objects.filter(program=program, application=OuterRef("application")).order_by()
    drift = Drift.objects.filter(program=program, application=OuterRef("application")).order_by()
    rows: Any = (
        program.applications.select_related("application", "version", "decided_by")
        .annotate(
            feedback_count=_over(feedback, Count("pk")),
            feedback_rating=_over(feedback, Avg("rating")),
            drifting=_over(drift, Count("pk")),
        )
        .order_by("application__code")
    )
    tried = list(rows)
    sides = _sides(program, [one.application_id for one in tried], last)
    results = []
    for one in tried:
        beta, stable = (sides[one.application_id, side] for side in ("tried", "stable"))
        ratio = _ratio(beta, stable)
        results.append(
            Result(one, beta, stable, ratio, one.feedback_count or 0, one.feedback_rating, one.drifting or 0)
        )
    return results


def _over(rows: QuerySet, what: Any) -> Subquery:
    return Subquery(rows.values("application").annotate(found=what).values("found"))


def _sides(program: BetaProgram, applications: list[int], last: date) -> dict[tuple[int, str], Side]:
    """Both groups of each application; a problem counts where its store was on its day, elsewhere for none."""
    desk = problems.desk()
    first = program.first_on
    told = (
        list(desk.problem_days(application_ids=applications, first_on=first, last_on=last))
        if desk and first <= last
        else []
    )
    columns = list(zip(*told, strict=True)) or [(), (), (), ()]
    values: dict[str, Any] = dict(
        zip(("applications", "stores", "on", "numbers"), map(list, columns), strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(_SIDES, values | {"program": program.pk, "first": first, "last": last})
        found = {(application, side): (days, number) for application, side, days, number in cursor.fetchall()}
    sides = {}
    for application in applications:
        for side in ("tried", "stable"):
            days, number = found.get((application, side), (0, 0))
            sides[application, side] = Side(days, int(number) if desk else None)
    return sides


def _ratio(beta: Side, stable: Side) -> RateRatio | None:
    if beta.problems is None or stable.problems is None:
        return None
    return rate_ratio(beta.problems, beta.store_days, stable.problems, stable.store_days)
