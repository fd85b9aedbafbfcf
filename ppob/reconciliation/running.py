"""One run: a biller's day from its staged lines to differences, pairs, statement and digest, in one transaction."""

import hashlib
import json
from collections import Counter
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core import audit, outbox
from core.counts import forget
from ppob import ledger
from ppob.business_days import bounds_of
from ppob.choices import DifferenceKind, TransactionState
from ppob.exceptions import DaySigned
from ppob.models import Biller, BillerDay, Difference, ReconciliationRun, SettlementFile, SettlementProfile
from ppob.reconciliation import passes, sides
from ppob.reconciliation.deposit import write_statement
from ppob.reconciliation.exceptions import AlreadyRunning, DayNotOver, NoFile, NoProfile
from ppob.selectors.reconciliation import UNSIGNED

RECONCILED = "ppob.reconciled"
# Advisory lock: one run of a biller's day at a time; the second is told so and does not wait.
_LOCK = 742_108
_UPSERT = """
    INSERT INTO ppob_difference AS f
        (biller_id, business_on, run_id, kind, key, copy, noref, customer_id, product, occurred_at, transaction_id, our_state,
         our_amount, our_net, our_commission, file_id, line, their_success, their_amount, their_net, their_commission, impact,
         correction, reason, suggestion, state, found_at, explanation)
    SELECT %(biller)s, %(day)s, %(run)s, kind, key, copy, coalesce(noref, ''), coalesce(customer_id, ''),
           coalesce(product, ''), occurred_at, transaction_id, coalesce(our_state, ''), our_amount, our_net, our_commission,
           file_id, line, their_success, their_amount, their_net, their_commission,
           CASE WHEN carried_line OR NOT coalesce(their_success, false) THEN 0
                WHEN kind = 'amount' THEN our_net - their_net
                ELSE -their_net END,
           CASE WHEN our_state = 'success' AND kind <> 'duplicate_at_biller' THEN our_net ELSE 0 END - coalesce(their_net, 0),
           '', suggestion, CASE kind WHEN 'carried_over' THEN 'carried' ELSE 'open' END, statement_timestamp(), ''
      FROM recon_d
    ON CONFLICT ON CONSTRAINT difference_once DO UPDATE SET
        run_id = excluded.run_id, file_id = excluded.file_id, line = excluded.line, our_state = excluded.our_state,
        our_amount = excluded.our_amount, our_net = excluded.our_net, their_success = excluded.their_success,
        their_amount = excluded.their_amount, their_net = excluded.their_net, their_commission = excluded.their_commission,
        impact = excluded.impact, correction = excluded.correction, suggestion = excluded.suggestion,
        -- What was said of other figures is said no more; what is posted stays posted.
        state = CASE WHEN f.state = 'adjusted' THEN f.state
                     WHEN f.gone OR (f.our_amount, f.their_amount, f.their_success, f.their_commission)
                          IS DISTINCT FROM
                          (excluded.our_amount, excluded.their_amount, excluded.their_success, excluded.their_commission)
                     THEN excluded.state ELSE f.state END,
        gone = false
"""
_BAD = """
    INSERT INTO ppob_difference AS f
        (biller_id, business_on, run_id, kind, key, copy, noref, customer_id, product, our_state, file_id, line, impact,
         correction, reason, suggestion, state, found_at, explanation)
    SELECT %(biller)s, %(day)s, %(run)s, 'bad_line', b.key, b.copy, '', '', '', '', b.file_id, b.line, 0, 0, b.reason, '{}', 'open',
           statement_timestamp(), ''
      FROM unnest(%(keys)s::text[], %(copies)s::int[], %(files)s::bigint[], %(lines)s::int[], %(reasons)s::text[])
           AS b(key, copy, file_id, line, reason)
    ON CONFLICT ON CONSTRAINT difference_once DO UPDATE SET run_id = excluded.run_id, file_id = excluded.file_id,
        line = excluded.line, state = CASE WHEN f.gone THEN 'open' ELSE f.state END, gone = false
"""
# What nobody has touched goes; what somebody has written on stays, and says that it is over.
_FORGET = """
    DELETE FROM ppob_difference d
     WHERE d.biller_id = %(biller)s AND d.business_on = %(day)s AND d.run_id <> %(run)s AND d.owner_id IS NULL
       AND d.explanation = '' AND d.proposed_by_id IS NULL
       AND NOT EXISTS (SELECT FROM ppob_differencenote n WHERE n.difference_id = d.id)
"""
_GONE = """
    UPDATE ppob_difference SET run_id = %(run)s, gone = true, impact = 0, correction = 0,
           state = CASE WHEN state = 'adjusted' THEN state ELSE 'closed' END
     WHERE biller_id = %(biller)s AND business_on = %(day)s AND run_id <> %(run)s
"""


def run_day(*, biller: Biller, day: date, actor: Any = None) -> ReconciliationRun:
    """Compare a biller's day by the files that count now. Repeatable: the same input gives the same digest and no new rows.

    One transaction: whoever dies in it leaves nothing. Raises AlreadyRunning, NoProfile, NoFile, DayNotOver, DaySigned.
    """
    profile = SettlementProfile.objects.select_related("biller").filter(biller=biller).first()
    if profile is None:
        raise NoProfile
    begun = timezone.now()
    start, end = bounds_of(profile.biller, day)
    if end > begun:
        raise DayNotOver(day=day)
    with transaction.atomic(), connection.cursor() as cursor:
        _claim(cursor, biller, day)
        facts = {
            "biller": biller.pk,
            "day": day,
            "start": start,
            "end": end,
            "margin": profile.cut_off_margin,
        }
        rule, meaning = str(profile.line_rule), str(profile.amount_means)
        found = sides.build(cursor, rule=rule, meaning=meaning, facts=facts)
        files = _files(cursor, biller, day, found.candidates)
        resolved = _resolve_suspects(cursor)
        passes.compare(cursor, files=found, meaning=meaning, facts=facts)
        run = _write(
            cursor,
            facts,
            files=files,
            only=found.only,
            resolved=resolved,
            rule=rule,
            begun=begun,
            actor=actor,
        )
        _take_back_signature(biller, day, run)
        audit.record(
            actor,
            "biller_day.reconciled",
            run,
            {
                "digest": (None, bytes(run.digest).hex()),
                "breaks": (None, {kind: count for kind, count in run.breaks.items() if count}),
            },
        )
        forget([UNSIGNED])
        outbox.enqueue(RECONCILED, key=f"run-{run.pk}", payload={"run": run.pk})
    return run


def _claim(cursor: Any, biller: Biller, day: date) -> None:
    cursor.execute(
        "SELECT pg_try_advisory_xact_lock(%s, ppob_biller_day_number(%s, %s))", [_LOCK, biller.pk, day]
    )
    if not cursor.fetchone()[0]:
        raise AlreadyRunning
    if BillerDay.objects.filter(biller=biller, business_on=day, signed_at__isnull=False).exists():
        raise DaySigned(day=day)


def _files(cursor: Any, biller: Biller, day: date, candidates: list[int]) -> list[int]:
    """Files brought for the day or with lines of it; there has to be one."""
    brought = set(
        SettlementFile.objects.filter(biller=biller, business_on=day, is_replaced=False).values_list(
            "pk", flat=True
        )
    )
    cursor.execute(
        "SELECT id FROM unnest(%s::bigint[]) AS f(id)"
        " WHERE EXISTS (SELECT FROM recon_l l WHERE l.file_id = f.id AND NOT l.is_carried)",
        [[pk for pk in candidates if pk not in brought]],
    )
    files = sorted({*brought, *(row[0] for row in cursor.fetchall())})
    if not files:
        raise NoFile(day=day)
    return files


def _resolve_suspects(cursor: Any) -> int:
    """The file ends what nobody knew the end of; the ledger follows by its own door."""
    with sides.hashed(cursor):
        cursor.execute(passes.SUSPECTS)
        rows = cursor.fetchall()
    for pk, occurred_at, is_success, code, serial, is_carried in rows:
        state = TransactionState.SUCCESS if is_success else TransactionState.FAILED
        ledger.settle(
            transaction_id=pk, occurred_at=occurred_at, state=state, source="reconciliation", response_code=code or "",
            serial=(serial or "") if is_success else "",
        )  # fmt: skip
        if is_carried:
            cursor.execute("UPDATE recon_carried SET state = %s WHERE id = %s", [state, pk])
    return len(rows)


def _write(
    cursor: Any,
    facts: dict[str, Any],
    *,
    files: list[int],
    only: int | None,
    resolved: int,
    rule: str,
    begun: Any,
    actor: Any,
) -> ReconciliationRun:
    cursor.execute(passes.TOTALS)
    matched_lines, matched_amount, matched, carried_in, sales, said, same, ours, ours_amount = (
        cursor.fetchone()
    )
    cursor.execute(
        "SELECT coalesce(sum(lines) FILTER (WHERE NOT carried_line), 0),"
        " coalesce(sum(stated) FILTER (WHERE NOT carried_line), 0) FROM recon_d"
    )
    different_lines, different_amount = cursor.fetchone()
    lines, lines_amount = _lines_in(cursor, facts["day"], only)
    bad = _bad_lines(cursor, facts)
    breaks, digest = _digest(cursor, bad, [matched, str(said), str(same)])
    last = (
        ReconciliationRun.objects.filter(biller_id=facts["biller"], business_on=facts["day"])
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    run = ReconciliationRun.objects.create(
        biller_id=facts["biller"], business_on=facts["day"], number=(last or 0) + 1, started_at=begun, ended_at=timezone.now(),
        started_by=actor, files=files, lines=lines + len(bad), lines_amount=lines_amount, ours=ours, ours_amount=ours_amount,
        matched=matched, matched_lines=matched_lines, matched_amount=matched_amount, different_lines=different_lines,
        different_amount=different_amount, rejected=len(bad), resolved=resolved, carried_in=carried_in, breaks=breaks,
        digest=digest,
    )  # fmt: skip
    numbers = {**facts, "run": run.pk}
    cursor.execute(_UPSERT, numbers)
    if bad:
        columns = ("keys", "copies", "files", "lines", "reasons")
        cursor.execute(_BAD, numbers | dict(zip(columns, map(list, zip(*bad, strict=True)), strict=True)))
    cursor.execute(_FORGET, numbers)
    cursor.execute(_GONE, numbers)
    cursor.execute(
        "DELETE FROM ppob_matched_stretch WHERE run_id IN (SELECT id FROM ppob_reconciliationrun"
        " WHERE biller_id = %(biller)s AND business_on = %(day)s AND id <> %(run)s)",
        numbers,
    )
    passes.write_pairs(cursor, rule=rule, run=run.pk)
    sides.forget(cursor)
    write_statement(run, sales=int(sales))
    return run


def _lines_in(cursor: Any, day: date, only: int | None) -> tuple[int, int]:
    """Lines to be explained and their money: as they were counted when they came, where they are all of one file and day."""
    file = SettlementFile.objects.filter(pk=only, first_on=day, last_on=day).first() if only else None
    if file is not None:
        return file.lines - file.rejected, file.amount
    cursor.execute("SELECT count(*), coalesce(sum(amount), 0) FROM recon_l WHERE NOT is_carried")
    lines, amount = cursor.fetchone()
    return lines, amount


def _bad_lines(cursor: Any, facts: dict[str, Any]) -> list[tuple[str, int, int, int, str]]:
    brought = SettlementFile.objects.filter(
        biller_id=facts["biller"], business_on=facts["day"], is_replaced=False, rejected__gt=0
    )
    if not brought.exists():
        return []
    cursor.execute(passes.BAD_LINES, facts)
    seen: Counter[str] = Counter()
    bad = []
    for file, number, reason, raw in cursor.fetchall():
        key = hashlib.sha256(f"{reason}\n{raw}".encode()).hexdigest()[:40]
        seen[key] += 1
        bad.append((key, seen[key], file, number, reason))
    return bad


def _digest(cursor: Any, bad: list[Any], matched: list[Any]) -> tuple[dict[str, int], bytes]:
    """Of what was found and not where it stood: rows in another order or in two files are the same result."""
    cursor.execute(
        "SELECT kind, key, copy, our_amount, our_commission, their_amount, their_commission, their_success FROM recon_d"
        ' ORDER BY kind, key COLLATE "C", copy'
    )
    rows = cursor.fetchall()
    breaks = {kind.value: 0 for kind in DifferenceKind if kind != DifferenceKind.BAD_LINE}
    breaks |= Counter(row[0] for row in rows)
    told = {
        "matched": matched,
        "different": rows,
        "bad": sorted((row[0], row[1]) for row in bad),
    }
    return breaks, hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).digest()


def _take_back_signature(biller: Biller, day: date, run: ReconciliationRun) -> None:
    """Whoever prepared another result has not prepared this one."""
    before = (
        ReconciliationRun.objects.filter(biller=biller, business_on=day, number=run.number - 1)
        .values_list("digest", flat=True)
        .first()
    )
    if before is None or bytes(before) != bytes(run.digest):
        BillerDay.objects.filter(biller=biller, business_on=day, signed_at=None).update(
            prepared_at=None, prepared_by=None
        )
    BillerDay.objects.get_or_create(biller=biller, business_on=day)


def newest_differences(run: ReconciliationRun) -> Any:
    """What this run found and what is left of runs before it, in the order of the page."""
    return Difference.objects.filter(biller_id=run.biller_id, business_on=run.business_on).order_by(
        "kind", "id"
    )
