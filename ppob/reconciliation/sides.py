"""Passes 1 and 2: both sides as units, `t` what the biller's lines come to and `o` our sales. One row of either is what one
line or sale, or several that belong together, come to; what the biller states twice stands aside in `again`.

Both are views on the tables where a million rows lie already, so that nothing is copied and several processes may read
them; only what is few, or has to be summed up, is a temporary table, and that ends with the transaction.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

VIEWS = ("t", "again", "o", "s", "l")
TABLES = ("p", "extra", "carried", "members", "groups", "doubled", "twice", "copies", "units", "c", "x", "y", "z",
          "d")  # fmt: skip
# What "amount" is in this biller's file, of a row of ppob_transaction.
AMOUNTS = {
    "gross": "x.bill + x.fine + x.biller_fee",
    "net": "x.net",
    "total": "x.total",
    "bill": "x.bill",
}
PRODUCTS = """
    CREATE TEMP TABLE recon_p ON COMMIT DROP AS
    SELECT code, min(product_id) AS product_id, min(product) AS product, max(commission) AS commission
      FROM (SELECT b.biller_code AS code, b.product_id, p.code AS product, b.commission
              FROM ppob_billerproduct b JOIN ppob_product p ON p.id = b.product_id WHERE b.biller_id = %(biller)s
            UNION ALL
            SELECT p.code, p.id, p.code, b.commission
              FROM ppob_product p LEFT JOIN ppob_billerproduct b ON b.product_id = p.id AND b.biller_id = %(biller)s) AS k
     GROUP BY code
"""
# Files that count and may have lines of the day. Of what an older version staged nobody knows the days.
FILES = """
    SELECT id, staged_at FROM ppob_settlementfile
     WHERE biller_id = %(biller)s AND NOT is_replaced
       AND business_on BETWEEN %(day)s::date - 31 AND %(day)s::date + 31
       AND (first_on IS NULL OR %(day)s BETWEEN first_on AND last_on)
     ORDER BY id
"""
# Moments of a line, in microseconds of the Unix epoch, are exact as long as they are below 2^53.
_LINE = """
           l.file_id, l.number, l.noref, l.customer_id, l.product, l.part, l.stan,
           timestamptz 'epoch' + l.at_us * interval '1 microsecond' AS at, l.amount, l.commission, l.sheets,
           l.is_success, l.response_code, l.serial"""
# A rejected line is of no day: nobody has to look for its reason, behind all other columns of a row.
LINES = f"""
    CREATE TEMP VIEW recon_l AS
    SELECT {_LINE}, false AS is_carried
      FROM ppob_settlement_line l
     WHERE {{of_files}} AND l.business_day = %(day)s::date - date '2000-01-01'
"""  # noqa: S608  our own text
# Of one file, as nearly always, without looking into lists for each of a million lines.
OF_FILES = "l.staged_at = ANY(%(arrivals)s::timestamptz[]) AND l.file_id = ANY(%(files)s::bigint[])"
OF_FILE = "l.staged_at = %(arrival)s AND l.file_id = %(file)s"
WITH_EXTRA = " UNION ALL SELECT * FROM recon_extra"
IS_CARRIED = """
    SELECT EXISTS (SELECT FROM ppob_difference d WHERE d.biller_id = %(biller)s AND d.business_on = %(day)s::date - 1
                   AND d.kind = 'carried_over' AND d.state = 'carried')
"""
# Sales that yesterday carried over and that today's file brings with yesterday's time: the biller charged them today.
LATE_LINES = f"""
    CREATE TEMP TABLE recon_extra ON COMMIT DROP AS
    SELECT {_LINE}, false AS is_carried
      FROM ppob_settlementfile f
      JOIN ppob_settlement_line l ON l.staged_at = f.staged_at AND l.file_id = f.id
      JOIN ppob_difference d ON d.biller_id = f.biller_id AND d.noref = l.noref
     WHERE f.biller_id = %(biller)s AND NOT f.is_replaced AND f.business_on = %(day)s AND l.reason IS NULL
       AND l.business_day = d.business_on - date '2000-01-01' AND d.business_on = %(day)s::date - 1
       AND d.kind = 'carried_over' AND d.state = 'carried' AND NOT d.gone AND d.transaction_id IS NOT NULL
"""  # noqa: S608  our own text
# Lines that the day before carried over.
CARRIED_LINES = f"""
    INSERT INTO recon_extra
    SELECT {_LINE}, true
      FROM ppob_difference d
      JOIN ppob_settlementfile f ON f.id = d.file_id
      JOIN ppob_settlement_line l ON l.staged_at = f.staged_at AND l.file_id = f.id AND l.number = d.line
     WHERE d.biller_id = %(biller)s AND d.business_on = %(day)s::date - 1 AND d.kind = 'carried_over'
       AND d.state = 'carried' AND d.transaction_id IS NULL
       AND NOT EXISTS (SELECT FROM recon_l o WHERE o.noref = l.noref)
       AND NOT EXISTS (SELECT FROM recon_extra o WHERE o.noref = l.noref)
"""  # noqa: S608  our own text
_SALE = """
           {key} AS k, x.id, x.occurred_at, 1 AS n, x.noref, x.customer_id, x.product_id, x.agent_id, x.stan, {state} AS state,
           {amount} AS amount, x.commission, x.net"""
SALES = f"""
    CREATE TEMP VIEW recon_s AS
    SELECT {_SALE.replace("{state}", "x.state")}, false AS is_carried
      FROM ppob_transaction x
     WHERE x.biller_id = %(biller)s AND x.business_on = %(day)s AND x.occurred_at >= %(start)s AND x.occurred_at < %(end)s
"""  # noqa: S608  our own text
WITH_CARRIED = f"""
    UNION ALL
    SELECT {_SALE.replace("{state}", "coalesce(c.state, x.state)")}, true
      FROM recon_carried c JOIN ppob_transaction x ON x.id = c.id AND x.occurred_at = c.occurred_at
"""  # noqa: S608  our own text
# `state`: what the file has ended of a day that is signed, where the sale itself stays as it was signed.
CARRIED_SALES = """
    CREATE TEMP TABLE recon_carried ON COMMIT DROP AS
    SELECT x.id, x.occurred_at, NULL::text AS state
      FROM ppob_difference d JOIN ppob_transaction x ON x.id = d.transaction_id AND x.occurred_at = d.occurred_at
     WHERE d.biller_id = %(biller)s AND d.business_on = %(day)s::date - 1 AND d.kind = 'carried_over'
       AND d.state = 'carried' AND NOT EXISTS (SELECT FROM recon_s s WHERE s.k = {key})
"""
# Several of our sales stand in one line: those that succeeded, by customer and product.
GROUPED_SALES = """
    CREATE TEMP TABLE recon_members ON COMMIT DROP AS SELECT * FROM recon_s;
    CREATE TEMP TABLE recon_groups ON COMMIT DROP AS
    SELECT k, min(id) AS id, (array_agg(occurred_at ORDER BY id))[1] AS occurred_at, count(*)::int AS n, min(noref) AS noref,
           min(customer_id) AS customer_id, min(product_id) AS product_id, min(agent_id) AS agent_id, '' AS stan,
           'success' AS state, sum(amount)::bigint AS amount, sum(commission)::bigint AS commission,
           sum(net)::bigint AS net, bool_or(is_carried) AS is_carried
      FROM recon_members WHERE state = 'success' GROUP BY k
    UNION ALL
    SELECT k || '/?' || id, id, occurred_at, n, noref, customer_id, product_id, agent_id, stan, state, amount, commission,
           net, is_carried
      FROM recon_members WHERE state <> 'success';
    ANALYZE recon_groups
"""
OURS = "CREATE TEMP VIEW recon_o AS SELECT * FROM {}"
# Pass 2. What stands twice, by a number of its reference and part: those few that only share the number are told apart
# afterwards. Where a line is a sale, parts are none, and nobody reads them.
TWICE = """
    CREATE TEMP TABLE recon_twice ON COMMIT DROP AS
    SELECT {number} AS number FROM recon_l l GROUP BY {number} HAVING count(*) > 1
"""
_NUMBER = {"one": "hashtext(l.noref)::bigint", "many_sales": "hashtext(l.noref)::bigint"}
_NUMBER_IN_PARTS = "hashtextextended(l.part, hashtext(l.noref))"
DOUBLED = """
    CREATE TEMP TABLE recon_doubled ON COMMIT DROP AS SELECT l.* FROM recon_l l WHERE {those};
    ANALYZE recon_doubled
"""
# Of equal lines one is the sale, and the one that fits ours comes first.
COPIES = """
    CREATE TEMP TABLE recon_copies ON COMMIT DROP AS
    SELECT * FROM (
        SELECT l.*, row_number() OVER (
                   PARTITION BY l.noref, l.part
                   ORDER BY l.is_carried, l.is_success DESC, {fits} l.at, l.amount, coalesce(l.commission, 0), l.stan,
                            l.serial, l.customer_id, l.product, l.file_id, l.number)::int AS copy
          FROM recon_doubled l {ours}) AS r
     WHERE copy > 1;
    ANALYZE recon_copies
"""
FITS = ("(o.amount IS NOT DISTINCT FROM l.amount) DESC,", "LEFT JOIN recon_o o ON o.k = l.noref")
# One line a unit (the lines themselves), or all that belong together.
UNITS = """
    CREATE TEMP VIEW recon_{name} AS
    SELECT l.noref AS k, {copy} AS copy, 1 AS n, l.file_id, l.number, l.noref, l.customer_id, l.product, l.stan, l.at,
           l.amount, l.amount AS stated, l.commission, l.sheets::int AS sheets, l.is_success, l.response_code, l.serial,
           l.is_carried
      FROM {lines} l
"""
GROUPED_UNITS = """
    CREATE TEMP TABLE recon_units ON COMMIT DROP AS
    SELECT {key} AS k, coalesce(c.copy, 1) AS copy, count(*)::int AS n, (min(ARRAY[l.file_id, l.number]))[1] AS file_id,
           (min(ARRAY[l.file_id, l.number]))[2]::int AS number, min(l.noref) AS noref, min(l.customer_id) AS customer_id,
           min(l.product) AS product, min(l.stan) AS stan, min(l.at) AS at,
           coalesce(sum(l.amount) FILTER (WHERE l.is_success), sum(l.amount))::bigint AS amount,
           sum(l.amount)::bigint AS stated, sum(l.commission)::bigint AS commission, sum(l.sheets)::int AS sheets,
           bool_or(l.is_success) AS is_success, min(l.response_code) AS response_code, min(l.serial) AS serial,
           bool_or(l.is_carried) AS is_carried
      FROM recon_l l
      LEFT JOIN recon_copies c ON c.file_id = l.file_id AND c.number = l.number
      LEFT JOIN recon_p p ON p.code = l.product
     GROUP BY 1, 2;
    ANALYZE recon_units (k, copy);
    CREATE TEMP VIEW recon_t AS SELECT * FROM recon_units WHERE copy = 1;
    CREATE TEMP VIEW recon_again AS SELECT * FROM recon_units WHERE copy > 1
"""
# So many values may stand in a statement.
_FEW = 100_000
KEYS = {
    "ours": {"one": "x.noref", "many_lines": "x.noref", "many_sales": "x.customer_id || '/' || x.product_id"},
    "theirs": {
        "many_lines": "l.noref",
        "many_sales": "l.customer_id || '/' || coalesce(p.product_id::text, l.product)",
    },
}


class Files(NamedTuple):
    """Those that may have lines of the day, and the one that all lines are of, if there is only one."""

    candidates: list[int]
    only: int | None

    def place(self, lines: str) -> str:
        """Where a line stands, in one number: a file has fewer lines than 2^23 (layout.MOST_LINES)."""
        return f"{lines}.number::bigint" if self.only else f"({lines}.file_id << 23 | {lines}.number)"


def build(cursor: Any, *, rule: str, meaning: str, facts: dict[str, Any]) -> Files:
    """Both sides as `recon_t`, `recon_again` and `recon_o`; the lines are staged already."""
    words = {"key": KEYS["ours"][rule], "amount": AMOUNTS[meaning]}
    forget(cursor)
    # A hash that several processes share may take this four times, in shared memory: what stays in a processor's cache is
    # faster than what is never written to a file.
    cursor.execute("SET LOCAL work_mem = '4MB'")
    cursor.execute(PRODUCTS, facts)
    cursor.execute(FILES, facts)
    files, arrivals = [list(column) for column in zip(*cursor.fetchall(), strict=True)] or ([], [])
    facts = {**facts, "files": files, "arrivals": arrivals}
    words["of_files"] = OF_FILES
    if len(files) == 1:
        facts |= {"file": files[0], "arrival": arrivals[0]}
        words["of_files"] = OF_FILE
    cursor.execute(LINES.format(**words), facts)
    cursor.execute(SALES.format(**words), facts)
    cursor.execute(IS_CARRIED, facts)
    is_carried = cursor.fetchone()[0]
    if is_carried:
        _carry_in(cursor, words, facts)
    found = Files(files, files[0] if len(files) == 1 and not is_carried else None)
    if rule == "many_sales":
        each(cursor, GROUPED_SALES)
    cursor.execute(OURS.format("recon_groups" if rule == "many_sales" else "recon_s"))
    number = _NUMBER.get(rule, _NUMBER_IN_PARTS)
    with but(cursor, "enable_hashagg"):
        cursor.execute(TWICE.format(number=number))
    condition, values = those(cursor, number, "recon_twice", "number")
    cursor.execute(DOUBLED.format(those=condition), values)
    fits, ours = FITS if rule == "one" else ("", "")
    cursor.execute(COPIES.format(fits=fits, ours=ours))
    if rule != "one":
        with hashed(cursor):
            each(cursor, GROUPED_UNITS.format(key=KEYS["theirs"][rule]))
        return found
    once, values = those(cursor, found.place("l"), "recon_copies", found.place("recon_copies"), denied=True)
    cursor.execute(f"{UNITS.format(name='t', copy='1', lines='recon_l')} WHERE {once}", values)
    cursor.execute(UNITS.format(name="again", copy="l.copy", lines="recon_copies"))
    return found


def those(cursor: Any, what: str, table: str, column: str, *, denied: bool = False) -> tuple[str, list[Any]]:
    """That `what` is among the values in a temporary table (or is not), as a condition and its values: written out as long as
    they are few, for no process but this one could look into the table."""
    some = f"SELECT {column} AS found FROM {table} WHERE {column} IS NOT NULL LIMIT {_FEW + 1}"  # noqa: S608  our own text
    cursor.execute(f"SELECT array_agg(found) FROM ({some}) AS s")  # noqa: S608
    found = cursor.fetchone()[0] or []
    if len(found) > _FEW:
        return f"{'NOT ' if denied else ''}EXISTS (SELECT FROM {table} WHERE {column} = {what})", []
    if not found:
        return ("true" if denied else "false"), []
    # Not <> ALL, which PostgreSQL 14 compares one by one.
    among = f"{what} = ANY(%s::bigint[])"
    return (f"CASE WHEN {among} THEN false ELSE true END" if denied else among), [found]


def forget(cursor: Any) -> None:
    """Views do not end with a transaction; and within one that reconciles several days, the tables of the day before are
    still there."""
    cursor.execute("DROP VIEW IF EXISTS " + ", ".join(f"pg_temp.recon_{name}" for name in VIEWS))
    cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.recon_{name}" for name in TABLES))


def hashed(cursor: Any) -> AbstractContextManager[None]:
    """For joins of what is large and just came: whatever the statistics say of it, if there are any, it is hashed."""
    return but(cursor, "enable_nestloop", "enable_mergejoin", "enable_sort")


@contextmanager
def but(cursor: Any, *ways: str) -> Iterator[None]:
    """PostgreSQL may not plan in these ways."""
    for name in ways:
        cursor.execute(f"SET LOCAL {name} = off")
    yield
    for name in ways:
        cursor.execute(f"SET LOCAL {name} TO DEFAULT")


def _carry_in(cursor: Any, words: dict[str, str], facts: dict[str, Any]) -> None:
    """What the day before carried over stands on both sides beside the day's own."""
    with hashed(cursor):
        cursor.execute(LATE_LINES, facts)
        cursor.execute(CARRIED_LINES, facts)
    cursor.execute(CARRIED_SALES.format(**words), facts)
    cursor.execute("DROP VIEW pg_temp.recon_l, pg_temp.recon_s")
    cursor.execute((LINES + WITH_EXTRA).format(**words), facts)
    cursor.execute((SALES + WITH_CARRIED).format(**words), facts)


def each(cursor: Any, statements: str) -> None:
    for statement in statements.split(";\n"):
        cursor.execute(statement)
