"""A CSV that the database writes: one COPY, streamed in blocks, for tables of millions.

Byte for byte what `write_csv` writes of the same rows: mark, comma, CRLF, text in quotes, numbers and days bare.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from django.db import connection

from core.exports.columns import NUMBERS, Column
from core.exports.csv_writer import MARK, head_of

ROWS_A_BLOCK = 2_000


@dataclass(frozen=True)
class Copied:
    """A SELECT with its parameters: the export's columns in their order, text made safe by `safe_text_sql`."""

    sql: str
    params: tuple[Any, ...] = ()


def write_copy(
    copied: Copied,
    columns: tuple[Column, ...],
    target: IO[bytes],
    *,
    tick: Callable[[int], None] | None = None,
) -> int:
    """Write the rows and say how many; memory does not grow with them. `tick` hears how many there are so far."""
    target.write(MARK + head_of(columns))
    count = 0
    block: list[bytes] = []
    with connection.cursor() as cursor, cursor.copy(_statement(copied, columns), copied.params) as rows:
        # One message is one row.
        for row in rows:
            block.append(bytes(row)[:-1])
            if len(block) == ROWS_A_BLOCK:
                count += _write(block, target)
                if tick:
                    tick(count)
    return count + _write(block, target)


def _write(block: list[bytes], target: IO[bytes]) -> int:
    count = len(block)
    if count:
        target.write(b"\r\n".join(block) + b"\r\n")
        block.clear()
    return count


def _statement(copied: Copied, columns: tuple[Column, ...]) -> str:
    """Every column gets a name of ours, so that those in quotes can be named."""
    names = [f"c{number}" for number in range(len(columns))]
    quoted = [
        name
        for name, column in zip(names, columns, strict=True)
        if column.kind not in NUMBERS and column.kind != "date"
    ]
    force = f", FORCE_QUOTE ({', '.join(quoted)})" if quoted else ""
    return f"COPY (SELECT * FROM ({copied.sql}) AS told ({', '.join(names)})) TO STDOUT (FORMAT csv{force})"  # noqa: S608  the list's own text
