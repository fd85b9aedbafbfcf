"""Days of stores and of what they try, a statement for all of them: sixteen thousand cost what one would."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from betaapp.choices import Decision, ProgramState
from betaapp.exceptions import Conflicting
from betaapp.models import Application, BetaProgram

DAY = timedelta(days=1)
TOLD = 50  # stores that a refusal names

# In the order in which imports lock stores: the foreign key would take them in that of the rows, which is another.
_HOLD = "SELECT FROM organization_store WHERE id = ANY(%(stores)s::bigint[]) ORDER BY id FOR KEY SHARE"
# Scattered, in an order that is the same each time: keys that only grow split a GiST index's last page again and again,
# which costs a third more.
_ENROLL = """
    INSERT INTO betaapp_enrollment (program_id, store_id, days)
    SELECT %(program)s, store_id, daterange(%(first)s, %(end)s) FROM unnest(%(stores)s::bigint[]) AS store_id
    ORDER BY hashint8(store_id)
"""
_WRITE_TRIALS = """
    INSERT INTO betaapp_storetrial (enrollment_id, program_id, store_id, application_id, version_id, days)
    SELECT e.id, e.program_id, e.store_id, tried.application_id, tried.version_id,
           daterange(greatest(lower(e.days), %(today)s), upper(e.days))
    FROM betaapp_enrollment e
    JOIN betaapp_programapplication tried ON tried.program_id = e.program_id AND tried.decision <> %(stopped)s
    WHERE e.program_id = %(program)s AND upper(e.days) > %(today)s
      AND (%(stores)s::bigint[] IS NULL OR e.store_id = ANY(%(stores)s))
      AND (%(application)s::bigint IS NULL OR tried.application_id = %(application)s)
"""
# What ends today was of use until yesterday; what had not begun never was.
_CUT = """
    WITH gone AS (
        DELETE FROM {table} WHERE {where} AND lower(days) >= %(today)s
    )
    UPDATE {table} SET days = daterange(lower(days), %(today)s)
    WHERE {where} AND lower(days) < %(today)s AND upper(days) > %(today)s
"""
_FORGET = """
    DELETE FROM betaapp_enrollment
    WHERE program_id = %(program)s AND (%(stores)s::bigint[] IS NULL OR store_id = ANY(%(stores)s))
"""
_CONFLICTS = """
    SELECT DISTINCT ON (store.code) store.code, other.name
    FROM betaapp_storetrial t
    JOIN betaapp_programapplication mine ON mine.program_id = %(program)s AND mine.application_id = t.application_id
     AND mine.version_id <> t.version_id AND mine.decision <> %(stopped)s
    JOIN betaapp_betaprogram other ON other.id = t.program_id
    JOIN organization_store store ON store.id = t.store_id
    WHERE t.program_id <> %(program)s AND t.days && daterange(%(first)s, %(end)s)
      AND (%(application)s::bigint IS NULL OR mine.application_id = %(application)s)
      AND t.store_id = ANY(
        COALESCE(%(stores)s::bigint[],
                 ARRAY(SELECT store_id FROM betaapp_enrollment WHERE program_id = %(program)s AND upper(days) > %(today)s)))
    ORDER BY store.code
"""


def days_from(program: BetaProgram, today: date) -> tuple[date, date]:
    """The first day of a store that joins now, and the day after its last one."""
    return max(program.first_on, today), program.last_on + DAY


def enroll(program: BetaProgram, stores: Collection[int], *, today: date) -> None:
    """Let these stores take part; while the programme runs, with its versions. The caller holds the programme's lock."""
    first, end = days_from(program, today) if program.state == ProgramState.RUNNING else _planned(program)
    _execute(_HOLD, program, today, stores=stores)
    _execute(_ENROLL, program, today, stores=stores, first=first, end=end)
    if program.state == ProgramState.RUNNING:
        write_trials(program, today=today, stores=stores)


def write_trials(
    program: BetaProgram,
    *,
    today: date,
    stores: Collection[int] | None = None,
    application: int | None = None,
) -> None:
    """What the enrolled stores run from today on; those of `stores` or of one application, if they are named."""
    _execute(_WRITE_TRIALS, program, today, stores=stores, application=application)


def leave(program: BetaProgram, *, today: date, stores: Collection[int] | None = None) -> None:
    """End the part of these stores, or of all, before today begins; what lies behind stays. Of a draft nothing does."""
    if program.state == ProgramState.DRAFT:
        _execute(_FORGET, program, today, stores=stores)
        return
    where = "program_id = %(program)s AND (%(stores)s::bigint[] IS NULL OR store_id = ANY(%(stores)s))"
    for table in ("betaapp_storetrial", "betaapp_enrollment"):
        _execute(_CUT.format(table=table, where=where), program, today, stores=stores)


def stop_trials(program: BetaProgram, *, today: date, application: int) -> None:
    """Try one application no more, at all of the programme's stores."""
    where = "program_id = %(program)s AND application_id = %(application)s"
    _execute(_CUT.format(table="betaapp_storetrial", where=where), program, today, application=application)


def span_anew(program: BetaProgram, *, was_first: date, was_last: date) -> None:
    """Follow the programme's new days: what began with it begins with it, and what ended with it ends with it."""
    with connection.cursor() as cursor:
        for table in ("betaapp_storetrial", "betaapp_enrollment"):
            cursor.execute(
                f"DELETE FROM {table}"  # noqa: S608  names of ours
                " WHERE program_id = %s AND lower(days) > %s AND lower(days) <> %s",
                [program.pk, program.last_on, was_first],
            )
            cursor.execute(
                f"UPDATE {table} SET days = daterange("  # noqa: S608  the same
                " CASE WHEN lower(days) = %s THEN %s ELSE lower(days) END,"
                " CASE WHEN upper(days) = %s THEN %s ELSE upper(days) END) WHERE program_id = %s",
                [was_first, program.first_on, was_last + DAY, program.last_on + DAY, program.pk],
            )


def begin_today(program: BetaProgram, *, today: date) -> None:
    """A programme that starts after its first day begins at its stores now, not before."""
    if program.first_on < today:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE betaapp_enrollment SET days = daterange(%s, upper(days))"
                " WHERE program_id = %s AND lower(days) < %s",
                [today, program.pk, today],
            )


def conflicts_of(
    program: BetaProgram,
    *,
    today: date,
    stores: Collection[int] | None = None,
    application: int | None = None,
) -> dict[str, str]:
    """Stores (by code) where another running programme tries another version, with its name; of `stores`, or of all."""
    first, end = days_from(program, today)
    if first >= end:
        return {}
    with connection.cursor() as cursor:
        values = _values(program, today, stores=stores, application=application, first=first, end=end)
        cursor.execute(_CONFLICTS, values)
        return dict(cursor.fetchall())


def refuse_conflicts(program: BetaProgram, **which: Any) -> None:
    """Before trials are written: holds the programme's applications until the transaction ends, so that of two programmes
    that try one application the second sees what the first wrote. Raises Conflicting.
    """
    mine = program.applications.order_by().values("application")
    list(Application.objects.filter(pk__in=mine).order_by("pk").select_for_update(no_key=True).values("pk"))
    if found := conflicts_of(program, **which):
        raise Conflicting(found)


def _planned(program: BetaProgram) -> tuple[date, date]:
    return program.first_on, program.last_on + DAY


def _execute(sql: str, program: BetaProgram, today: date, **more: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(program, today, **more))


def _values(
    program: BetaProgram, today: date, *, stores: Collection[int] | None = None, **more: Any
) -> dict[str, Any]:
    known = {"program": program.pk, "today": today, "stopped": Decision.STOPPED.value}
    named = None if stores is None else bigints(stores)
    return {"stores": named, "application": None} | known | more


def bigints(keys: Collection[int]) -> str:
    """Keys as PostgreSQL writes an array of them: the driver takes fifteen times as long over sixteen thousand."""
    return f"{{{','.join(map(str, keys))}}}"


def array_of(keys: Collection[int]) -> RawSQL:
    """The same for the ORM, as one parameter."""
    return RawSQL("%s::bigint[]", [bigints(keys)])
