"""One way of reconciling, in a process of its own: `python -m bench.reconciling WORK FILE BILLER LINES MEDIA`.

Prints {"seconds", "mb", "breaks"}: imports and connections are not counted; memory is the most that this process held,
and for ours the backend's own with it.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OURS_SQL = """
    SELECT noref, bill + fine + biller_fee AS amount, commission, state = 'success' AS ok, id
      FROM ppob_transaction WHERE biller_id = {biller} AND business_on = '{day}' AND occurred_at >= '{start}'
       AND occurred_at < timestamptz '{start}' + interval '1 day'
"""
_BREAKS = """
    CREATE TEMP TABLE found (kind text, noref text, our_amount bigint, their_amount bigint)
"""


def main(work: str, file: Path, biller: int, lines: int, media: str) -> None:
    import django
    from django.conf import settings

    settings.MEDIA_ROOT = media
    django.setup()
    from django.db import connection

    from portal.settled import settle

    connection.ensure_connection()
    ready = WORKS[work](file, biller, lines)
    settle()  # as every process of the portal that works
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    with watched(backend) as most:
        begun = time.perf_counter()
        breaks = ready()
        seconds = time.perf_counter() - begun
    mb = _peak_mb() + (most[0] if work == "ours" else 0)
    sys.stdout.write(json.dumps({"seconds": seconds, "mb": mb, "breaks": breaks}) + "\n")


def ours(file: Path, biller_id: int, lines: int) -> Callable[[], dict[str, int]]:
    """As the clock does it: the file comes in and the day is compared. Taken back afterwards, with what it left behind."""
    import atexit

    from django.db import connections, transaction

    from bench.day import DAY
    from ppob.models import Biller
    from ppob.reconciliation.intake import receive_file
    from ppob.reconciliation.running import run_day

    biller = Biller.objects.get(pk=biller_id)

    def clean() -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute("VACUUM ppob_settlement_line, ppob_matched_stretch, ppob_difference")

    def reconcile() -> dict[str, int]:
        with transaction.atomic():
            with file.open("rb") as stream:
                begun = time.perf_counter()
                receive_file(biller=biller, day=DAY, stream=stream, name=file.name, source="upload")
                sys.stderr.write(f"  staged {time.perf_counter() - begun:.2f} s")
            begun = time.perf_counter()
            run = run_day(biller=biller, day=DAY)
            sys.stderr.write(f", compared {time.perf_counter() - begun:.2f} s\n")
            transaction.set_rollback(True)
        atexit.register(clean)
        return dict(run.breaks)

    return reconcile


def copy(file: Path, biller_id: int, lines: int) -> Callable[[], None]:
    """The floor: the file as it is into a table of text, and nothing else."""
    from django.db import connection

    from ppob.simulation.forms.finnet import HEADER

    def stage() -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE pg_temp.bare (" + ", ".join(f"{name} text" for name in HEADER) + ")")
            with (
                file.open("rb") as stream,
                cursor.copy("COPY pg_temp.bare FROM STDIN (FORMAT csv, HEADER)") as target,
            ):
                while block := stream.read(1 << 20):
                    target.write(block)

    return stage


def each(file: Path, biller_id: int, lines: int) -> Callable[[], None]:
    """For every line a query for its sale and a row for what it came to, committed: no sets."""
    import csv

    from django.db import connection

    from bench.day import DAY, START

    find = f"SELECT id, bill + fine + biller_fee, state FROM ppob_transaction WHERE biller_id = %s AND noref = %s AND business_on = '{DAY}' AND occurred_at >= '{START.isoformat()}' AND occurred_at < timestamptz '{START.isoformat()}' + interval '1 day'"  # noqa: S608

    def one_by_one() -> None:
        with connection.cursor() as cursor, file.open(newline="") as stream:
            cursor.execute("CREATE TEMP TABLE result (noref text, kind text, sale bigint)")
            for number, row in enumerate(csv.DictReader(stream)):
                if number == lines:
                    break
                cursor.execute(find, [biller_id, row["reference"]])
                sale = cursor.fetchone()
                kind = (
                    "missing_here"
                    if sale is None
                    else "matched"
                    if sale[1] == int(row["amount"])
                    else "amount"
                )
                cursor.execute(
                    "INSERT INTO result VALUES (%s, %s, %s)", [row["reference"], kind, sale and sale[0]]
                )

    return one_by_one


def _ours_csv(biller_id: int) -> Any:
    """Our side as they would fetch it fastest: one COPY, in memory."""
    import io

    from django.db import connection

    from bench.day import DAY, START

    sql = OURS_SQL.format(biller=biller_id, day=DAY, start=START.isoformat())
    out = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv, HEADER)") as rows:
        for block in rows:
            out.write(bytes(block))
    out.seek(0)
    return out


def _write_back(rows: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_BREAKS)
        with cursor.copy("COPY found FROM STDIN") as target:
            for row in rows:
                target.write_row(row)


def by_pandas(file: Path, biller_id: int, lines: int) -> Callable[[], dict[str, int]]:
    import pandas as pd

    def reconcile() -> dict[str, int]:
        mine = pd.read_csv(_ours_csv(biller_id), dtype={"noref": "str"})
        columns = [
            "trx_date",
            "trx_time",
            "reference",
            "customer_id",
            "product_code",
            "amount",
            "commission",
            "status",
            "stan",
            "serial",
        ]
        text = {name: "str" for name in columns if name not in ("amount", "commission")}
        theirs = pd.read_csv(file, usecols=columns, dtype=text)
        theirs["again"] = theirs.duplicated("reference")
        twice = theirs[theirs["again"]]
        both = mine.merge(
            theirs[~theirs["again"]], how="outer", left_on="noref", right_on="reference", indicator=True
        )
        ok, success = both["ok"].astype("str").isin(["True", "t"]), both["status"] == "SUCCESS"
        kind = pd.Series("matched", index=both.index)
        kind[
            (both["_merge"] == "both")
            & ok
            & success
            & ((both["amount_x"] != both["amount_y"]) | (both["commission_x"] != both["commission_y"]))
        ] = "amount"
        kind[(both["_merge"] == "both") & (ok != success)] = "status"
        kind[both["_merge"] == "right_only"] = "missing_here"
        kind[both["_merge"] == "left_only"] = "missing_at_biller"
        kind[(both["_merge"] == "left_only") & ~ok] = "quiet"
        both["kind"] = kind
        breaks = both[~both["kind"].isin(["matched", "quiet"])]
        told = breaks["kind"].value_counts().to_dict() | {"duplicate_at_biller": len(twice)}
        rows = (
            (
                row.kind,
                row.noref if isinstance(row.noref, str) else row.reference,
                _int(row.amount_x),
                _int(row.amount_y),
            )
            for row in breaks.itertuples()
        )
        _write_back(rows)
        return {name: int(n) for name, n in told.items()}

    return reconcile


def by_polars(file: Path, biller_id: int, lines: int) -> Callable[[], dict[str, int]]:
    import polars as pl

    def reconcile() -> dict[str, int]:
        mine = pl.read_csv(_ours_csv(biller_id), schema_overrides={"noref": pl.String})
        theirs = pl.read_csv(
            file,
            columns=[
                "reference",
                "customer_id",
                "product_code",
                "amount",
                "commission",
                "status",
                "stan",
                "serial",
            ],
            schema_overrides=dict.fromkeys(
                ("reference", "customer_id", "product_code", "stan", "serial"), pl.String
            ),
        )
        first = theirs["reference"].is_first_distinct()
        twice, theirs = theirs.filter(~first), theirs.filter(first)
        both = mine.join(theirs, left_on="noref", right_on="reference", how="full")
        ok = (pl.col("ok").cast(pl.String).is_in(["t", "true"])).fill_null(False)
        success = (pl.col("status") == "SUCCESS").fill_null(False)
        kind = (
            pl.when(pl.col("noref").is_null())
            .then(pl.lit("missing_here"))
            .when(pl.col("reference").is_null() & ~ok)
            .then(pl.lit("quiet"))
            .when(pl.col("reference").is_null())
            .then(pl.lit("missing_at_biller"))
            .when(ok != success)
            .then(pl.lit("status"))
            .when(
                ok
                & (
                    (pl.col("amount") != pl.col("amount_right"))
                    | (pl.col("commission") != pl.col("commission_right"))
                )
            )
            .then(pl.lit("amount"))
            .otherwise(pl.lit("matched"))
        )
        breaks = both.with_columns(kind.alias("kind")).filter(~pl.col("kind").is_in(["matched", "quiet"]))
        _write_back(
            breaks.select("kind", pl.coalesce("noref", "reference"), "amount", "amount_right").iter_rows()
        )
        told = dict(breaks["kind"].value_counts().iter_rows())
        return {**{name: int(n) for name, n in told.items()}, "duplicate_at_biller": len(twice)}

    return reconcile


def by_duckdb(file: Path, biller_id: int, lines: int) -> Callable[[], dict[str, int]]:
    import tempfile

    import duckdb

    def reconcile() -> dict[str, int]:
        with tempfile.NamedTemporaryFile(suffix=".csv") as side:
            side.write(_ours_csv(biller_id).getbuffer())
            side.flush()
            data = duckdb.connect()
            data.execute(
                f"""CREATE TABLE theirs AS SELECT *, row_number() OVER (PARTITION BY reference) AS again FROM read_csv('{file}',
                    types={{'reference': 'VARCHAR', 'customer_id': 'VARCHAR', 'stan': 'VARCHAR', 'serial': 'VARCHAR'}})"""  # noqa: S608
            )
            found = data.execute(
                f"""SELECT * FROM (
                    SELECT CASE WHEN m.noref IS NULL THEN 'missing_here'
                                WHEN t.reference IS NULL AND NOT m.ok THEN 'quiet'
                                WHEN t.reference IS NULL THEN 'missing_at_biller'
                                WHEN m.ok <> (t.status = 'SUCCESS') THEN 'status'
                                WHEN m.ok AND (m.amount <> t.amount OR m.commission <> t.commission) THEN 'amount'
                                ELSE 'matched' END AS kind, coalesce(m.noref, t.reference) AS noref, m.amount AS a, t.amount AS b
                      FROM read_csv('{side.name}', types={{'noref': 'VARCHAR'}}) m
                      FULL JOIN (SELECT * FROM theirs WHERE again = 1) t ON t.reference = m.noref) q
                    WHERE kind NOT IN ('matched', 'quiet')"""  # noqa: S608
            ).fetchall()
            twice = data.execute("SELECT count(*) FROM theirs WHERE again > 1").fetchone()
        _write_back(found)
        told: dict[str, int] = {}
        for row in found:
            told[row[0]] = told.get(row[0], 0) + 1
        return {**told, "duplicate_at_biller": twice[0] if twice else 0}

    return reconcile


def _int(value: Any) -> int | None:
    return None if value != value else int(value)


@contextmanager
def watched(backend: int) -> Iterator[list[float]]:
    """The most memory of their own that the backend and its parallel workers held, in MB, looked at ten times a second."""
    most, ended = [0.0], threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            most[0] = max(most[0], _own_mb(backend))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        ended.set()
        thread.join()


def _own_mb(backend: int) -> float:
    own = _field(Path(f"/proc/{backend}/status"), "RssAnon:")
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f"parallel worker for PID {backend}".encode() in place.read_bytes():
                own += _field(place.with_name("status"), "RssAnon:")
        except OSError:
            continue
    return own


def _peak_mb() -> float:
    return _field(Path("/proc/self/status"), "VmHWM:")


def _field(path: Path, name: str) -> float:
    try:
        return (
            next(int(line.split()[1]) for line in path.read_text().splitlines() if line.startswith(name))
            / 1024
        )
    except (OSError, StopIteration):
        return 0.0


WORKS: dict[str, Callable[[Path, int, int], Callable[[], Any]]] = {
    "ours": ours, "copy": copy, "each": each, "pandas": by_pandas, "polars": by_polars, "duckdb": by_duckdb,
}  # fmt: skip

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
