"""Passes 1 and 2: both sides as units, `t` what the biller's lines come to and `o` our sales. One row of either is what one
line or sale, or several that belong together, come to; what the biller states twice stands aside in `again`.

Both are views on the tables where a million rows lie already, so that nothing is copied and several processes may read
them; only what is few, or has to be summed up, is a temporary table, and that ends with the transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

VIEWS = ("t", "again", "o", "s", "l")
TABLES = ("p", "extra", "carried", "members", "groups", "doubled", "copies", "units", "c", "d")
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
    SELECT id, received_at FROM ppob_settlementfile
     WHERE biller_id = %(biller)s AND NOT is_replaced
       AND business_on BETWEEN %(day)s::date - 31 AND %(day)s::date + 31
       AND (first_on IS NULL OR %(day)s BETWEEN first_on AND last_on)
     ORDER BY id
"""
_LINE = """
           l.file_id, l.number, l.noref, l.customer_id, l.product, l.part, l.stan, l.at, l.amount, l.commission, l.sheets,
           l.is_success, l.response_code, l.serial"""
LINES = f"""
    CREATE TEMP VIEW recon_l AS
    SELECT {_LINE}, false AS is_carried
      FROM ppob_settlement_line l
     WHERE l.staged_at = ANY(%(arrivals)s::timestamptz[]) AND l.file_id = ANY(%(files)s::bigint[]) AND l.reason IS NULL
       AND l.business_on = %(day)s
"""  # noqa: S608  our own text
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
      JOIN ppob_settlement_line l ON l.staged_at = f.received_at AND l.file_id = f.id
      JOIN ppob_difference d ON d.biller_id = f.biller_id AND d.business_on = l.business_on AND d.noref = l.noref
     WHERE f.biller_id = %(biller)s AND NOT f.is_replaced AND f.business_on = %(day)s AND l.reason IS NULL
       AND l.business_on = %(day)s::date - 1 AND d.kind = 'carried_over' AND d.state = 'carried' AND NOT d.gone
       AND d.transaction_id IS NOT NULL
"""  # noqa: S608  our own text
# Lines that the day before carried over.
CARRIED_LINES = f"""
    INSERT INTO recon_extra
    SELECT {_LINE}, true
      FROM ppob_difference d
      JOIN ppob_settlementfile f ON f.id = d.file_id
      JOIN ppob_settlement_line l ON l.staged_at = f.received_at AND l.file_id = f.id AND l.number = d.line
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
# Pass 2. What stands twice: of equal lines one is the sale, and the one that fits ours comes first.
TWICE = """
    CREATE TEMP TABLE recon_doubled ON COMMIT DROP AS
    SELECT l.* FROM recon_l l
     WHERE EXISTS (SELECT FROM recon_l m
                    WHERE m.noref = l.noref AND m.part = l.part AND (m.file_id, m.number) <> (l.file_id, l.number));
    ANALYZE recon_doubled
"""
COPIES = """
    CREATE TEMP TABLE recon_copies ON COMMIT DROP AS
    SELECT * FROM (
        SELECT l.*, row_number() OVER (
                   PARTITION BY l.noref, l.part
                   ORDER BY l.is_carried, l.is_success DESC, {fits} l.at, l.amount, coalesce(l.commission, 0), l.stan,
                            l.serial, l.customer_id, l.product, l.file_id, l.number)::int AS copy
          FROM recon_doubled l {ours}) AS r
     WHERE copy > 1
"""
FITS = ("(o.amount IS NOT DISTINCT FROM l.amount) DESC,", "LEFT JOIN recon_o o ON o.k = l.noref")
# A line in one number: a file has fewer lines than 2^23 (layout.MOST_LINES).
_PLACE = "(l.file_id << 23 | l.number)"
AGAIN = f"SELECT array_agg({_PLACE}) FROM recon_copies l"  # noqa: S608  our own text
# One line a unit (the lines themselves), or all that belong together.
UNITS = """
    CREATE TEMP VIEW recon_{name} AS
    SELECT l.noref AS k, {copy} AS copy, 1 AS n, l.file_id, l.number, l.noref, l.customer_id, l.product, l.stan, l.at,
           l.amount, l.amount AS stated, l.commission, l.sheets::int AS sheets, l.is_success, l.response_code, l.serial,
           l.is_carried
      FROM {lines} l
"""
# Not <> ALL, which PostgreSQL 14 compares one by one.
BUT_AGAIN = f" WHERE CASE WHEN {_PLACE} = ANY(%(again)s::bigint[]) THEN false ELSE true END"
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
_OTHER_WAYS = ("enable_nestloop", "enable_mergejoin", "enable_sort")
KEYS = {
    "ours": {"one": "x.noref", "many_lines": "x.noref", "many_sales": "x.customer_id || '/' || x.product_id"},
    "theirs": {
        "many_lines": "l.noref",
        "many_sales": "l.customer_id || '/' || coalesce(p.product_id::text, l.product)",
    },
}


def build(cursor: Any, *, rule: str, meaning: str, facts: dict[str, Any]) -> list[int]:
    """Both sides as `recon_t`, `recon_again` and `recon_o`; the lines are staged already. The files that may have lines."""
    words = {"key": KEYS["ours"][rule], "amount": AMOUNTS[meaning]}
    forget(cursor)
    # A hash that several processes share may take this twice for each of them, in shared memory: less than the 64 MB that a
    # container has of it unless told otherwise.
    cursor.execute("SET LOCAL work_mem = '10MB'")
    cursor.execute(PRODUCTS, facts)
    cursor.execute(FILES, facts)
    files, arrivals = [list(column) for column in zip(*cursor.fetchall(), strict=True)] or ([], [])
    facts = {**facts, "files": files, "arrivals": arrivals}
    cursor.execute(LINES, facts)
    cursor.execute(SALES.format(**words), facts)
    cursor.execute(IS_CARRIED, facts)
    if cursor.fetchone()[0]:
        _carry_in(cursor, words, facts)
    if rule == "many_sales":
        _each(cursor, GROUPED_SALES)
    cursor.execute(OURS.format("recon_groups" if rule == "many_sales" else "recon_s"))
    with hashed(cursor):
        _each(cursor, TWICE)
    fits, ours = FITS if rule == "one" else ("", "")
    cursor.execute(COPIES.format(fits=fits, ours=ours))
    if rule != "one":
        with hashed(cursor):
            _each(cursor, GROUPED_UNITS.format(key=KEYS["theirs"][rule]))
        return files
    cursor.execute(AGAIN)
    again = cursor.fetchone()[0]
    cursor.execute(
        UNITS.format(name="t", copy="1", lines="recon_l") + (BUT_AGAIN if again else ""), {"again": again}
    )
    cursor.execute(UNITS.format(name="again", copy="l.copy", lines="recon_copies"))
    return files


def forget(cursor: Any) -> None:
    """Views do not end with a transaction; and within one that reconciles several days, the tables of the day before are
    still there."""
    cursor.execute("DROP VIEW IF EXISTS " + ", ".join(f"pg_temp.recon_{name}" for name in VIEWS))
    cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.recon_{name}" for name in TABLES))


@contextmanager
def hashed(cursor: Any) -> Iterator[None]:
    """For joins of what is large and just came: whatever the statistics say of it, if there are any, it is hashed."""
    for name in _OTHER_WAYS:
        cursor.execute(f"SET LOCAL {name} = off")
    yield
    for name in _OTHER_WAYS:
        cursor.execute(f"SET LOCAL {name} TO DEFAULT")


def _carry_in(cursor: Any, words: dict[str, str], facts: dict[str, Any]) -> None:
    """What the day before carried over stands on both sides beside the day's own."""
    with hashed(cursor):
        cursor.execute(LATE_LINES, facts)
        cursor.execute(CARRIED_LINES, facts)
    cursor.execute(CARRIED_SALES.format(**words), facts)
    cursor.execute("DROP VIEW pg_temp.recon_l, pg_temp.recon_s")
    cursor.execute(LINES + WITH_EXTRA, facts)
    cursor.execute((SALES + WITH_CARRIED).format(**words), facts)


def _each(cursor: Any, statements: str) -> None:
    for statement in statements.split(";\n"):
        cursor.execute(statement)
