"""CSV for other programs: names of columns and of kinds that no language changes; what it sums to, then the differences,
then, if wished for, the matched lines, each part after an empty line."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO, Any

from core.exports.csv_writer import MARK
from core.exports.formula import safe_text
from ppob.reconciliation.papers.facts import Pair, RunFacts
from ppob.reconciliation.reasons import said

COLUMNS = (
    "kind", "state", "noref", "customer_id", "product", "occurred_at", "our_state", "our_amount", "our_net", "our_commission",
    "their_success", "their_amount", "their_net", "their_commission", "impact", "correction", "line", "reason", "explanation",
    "proposed_amount",
)  # fmt: skip
_ROWS_AT_ONCE = 1_000


def write_csv(facts: RunFacts, target: IO[bytes], *, matched: bool = False) -> int:
    """How many differences and matched lines it has. Text in quotes, amounts bare, CRLF, UTF-8 with its mark."""
    target.write(MARK)
    _write(target, _summary(facts))
    _write(target, [(), COLUMNS])
    rows = facts.differences.select_related(None).values_list(*COLUMNS)
    at = COLUMNS.index("reason")
    count = _write(
        target,
        (
            [*row[:at], said(row[at]) if row[at] else "", *row[at + 1 :]]
            for row in rows.iterator(_ROWS_AT_ONCE)
        ),
    )
    if matched:
        _write(target, [(), Pair._fields])
        count += _write(target, facts.pairs())
    return count


def _summary(facts: RunFacts) -> Iterable[Sequence[Any]]:
    run = facts.run
    yield "biller", run.biller.code
    yield "business_on", run.business_on
    yield "run", run.number
    for figure in (*facts.sides, *facts.breaks, *facts.deposit):
        yield figure.name, figure.value
    yield "digest", facts.digest


def _write(target: IO[bytes], rows: Iterable[Sequence[Any]]) -> int:
    block, count = io.StringIO(), 0
    out = csv.writer(block, quoting=csv.QUOTE_NONNUMERIC)
    for count, row in enumerate(rows, start=1):
        out.writerow([_cell(value) for value in row])
        if count % _ROWS_AT_ONCE == 0:
            target.write(block.getvalue().encode())
            block.seek(0), block.truncate()
    target.write(block.getvalue().encode())
    return count


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return safe_text(value) if isinstance(value, str) else value
