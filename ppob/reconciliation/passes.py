"""The passes of a run, set-based, on temporary tables that end with its transaction: `t` is what the biller's lines come
to, `o` our sales, `c` how they stand to each other, `d` the differences. One row of `t` and `o` is what one line or sale,
or several that belong together, come to; `copy` counts what the biller states twice."""

from typing import Any

TABLES = ("p", "l", "o", "members", "g", "twice", "t", "c", "d")
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
# Lines of the day in files that count, and those that the day before carried over.
LINES = """
    CREATE TEMP TABLE recon_l ON COMMIT DROP AS
    SELECT l.file_id, l.number, l.noref, l.customer_id, l.product, l.part, l.stan, l.at, l.amount, l.commission, l.sheets,
           l.is_success, l.response_code, l.serial, false AS is_carried, 1 AS copy
      FROM ppob_settlementfile f
      JOIN ppob_settlement_line l ON l.staged_at = f.received_at AND l.file_id = f.id
     WHERE f.biller_id = %(biller)s AND NOT f.is_replaced AND l.reason IS NULL AND l.business_on = %(day)s
       AND f.business_on BETWEEN %(day)s::date - 31 AND %(day)s::date + 31
"""
# Sales that yesterday carried over and that today's file brings with yesterday's time: the biller charged them today.
LATE_LINES = """
    INSERT INTO recon_l
    SELECT l.file_id, l.number, l.noref, l.customer_id, l.product, l.part, l.stan, l.at, l.amount, l.commission, l.sheets,
           l.is_success, l.response_code, l.serial, false, 1
      FROM ppob_settlementfile f
      JOIN ppob_settlement_line l ON l.staged_at = f.received_at AND l.file_id = f.id
      JOIN ppob_difference d ON d.biller_id = f.biller_id AND d.business_on = l.business_on AND d.noref = l.noref
     WHERE f.biller_id = %(biller)s AND NOT f.is_replaced AND f.business_on = %(day)s AND l.reason IS NULL
       AND l.business_on = %(day)s::date - 1 AND d.kind = 'carried_over' AND d.state = 'carried' AND NOT d.gone
       AND d.transaction_id IS NOT NULL
"""
CARRIED_LINES = """
    INSERT INTO recon_l
    SELECT l.file_id, l.number, l.noref, l.customer_id, l.product, l.part, l.stan, l.at, l.amount, l.commission, l.sheets,
           l.is_success, l.response_code, l.serial, true, 1
      FROM ppob_difference d
      JOIN ppob_settlementfile f ON f.id = d.file_id
      JOIN ppob_settlement_line l ON l.staged_at = f.received_at AND l.file_id = f.id AND l.number = d.line
     WHERE d.biller_id = %(biller)s AND d.business_on = %(day)s::date - 1 AND d.kind = 'carried_over'
       AND d.state = 'carried' AND d.transaction_id IS NULL
       AND NOT EXISTS (SELECT FROM recon_l o WHERE o.noref = l.noref)
"""
OURS = """
    CREATE TEMP TABLE recon_o ON COMMIT DROP AS
    SELECT {key} AS k, x.id, x.occurred_at, 1 AS n, x.noref, x.customer_id, x.product_id, x.agent_id, x.stan, x.state,
           {amount} AS amount, x.commission, x.net, false AS is_carried
      FROM ppob_transaction x
     WHERE x.biller_id = %(biller)s AND x.business_on = %(day)s AND x.occurred_at >= %(start)s AND x.occurred_at < %(end)s
"""
CARRIED_OURS = """
    INSERT INTO recon_o
    SELECT {key}, x.id, x.occurred_at, 1, x.noref, x.customer_id, x.product_id, x.agent_id, x.stan, x.state,
           {amount}, x.commission, x.net, true
      FROM ppob_difference d JOIN ppob_transaction x ON x.id = d.transaction_id AND x.occurred_at = d.occurred_at
     WHERE d.biller_id = %(biller)s AND d.business_on = %(day)s::date - 1 AND d.kind = 'carried_over'
       AND d.state = 'carried' AND NOT EXISTS (SELECT FROM recon_o o WHERE o.k = {key})
"""
# Several of our sales stand in one line: those that succeeded, by customer and product.
GROUP_OURS = """
    CREATE TEMP TABLE recon_members ON COMMIT DROP AS SELECT k, id FROM recon_o WHERE state = 'success';
    CREATE TEMP TABLE recon_g ON COMMIT DROP AS
    SELECT k, min(id) AS id, min(occurred_at) AS occurred_at, count(*)::int AS n, min(noref) AS noref,
           min(customer_id) AS customer_id, min(product_id) AS product_id, min(agent_id) AS agent_id, '' AS stan,
           'success' AS state, sum(amount)::bigint AS amount, sum(commission)::bigint AS commission,
           sum(net)::bigint AS net, bool_or(is_carried) AS is_carried
      FROM recon_o WHERE state = 'success' GROUP BY k;
    DELETE FROM recon_o WHERE state = 'success';
    UPDATE recon_o SET k = k || '/?' || id;
    UPDATE recon_g g SET occurred_at = x.occurred_at FROM ppob_transaction x
     WHERE x.id = g.id AND x.occurred_at BETWEEN %(start)s::timestamptz - interval '2 days' AND %(end)s;
    INSERT INTO recon_o SELECT * FROM recon_g;
"""
# Pass 2. What stands twice: of equal lines one is the sale, and the one that fits ours comes first.
DUPLICATES = """
    CREATE TEMP TABLE recon_twice ON COMMIT DROP AS
    SELECT noref, part FROM recon_l GROUP BY noref, part HAVING count(*) > 1;
    ANALYZE recon_twice;
    UPDATE recon_l l SET copy = r.copy
      FROM (SELECT l.file_id, l.number, row_number() OVER (
                PARTITION BY l.noref, l.part
                ORDER BY l.is_carried, l.is_success DESC, {fits} l.at, l.amount, coalesce(l.commission, 0), l.stan, l.serial,
                         l.customer_id, l.product, l.file_id, l.number) AS copy
              FROM recon_l l JOIN recon_twice w ON w.noref = l.noref AND w.part = l.part {ours}) AS r
     WHERE r.copy > 1 AND r.file_id = l.file_id AND r.number = l.number;
"""
FITS = ("(o.amount IS NOT DISTINCT FROM l.amount) DESC,", "LEFT JOIN recon_o o ON o.k = l.noref")
# One line a unit (the lines themselves), or all that belong together.
UNITS = """
    CREATE TEMP VIEW recon_t AS
    SELECT l.noref AS k, l.copy, 1 AS n, l.file_id, l.number, l.noref, l.customer_id, l.product, l.stan, l.at, l.amount,
           l.amount AS stated, l.commission, l.sheets::int AS sheets, l.is_success, l.response_code, l.serial, l.is_carried
      FROM recon_l l
"""
GROUPED_UNITS = """
    CREATE TEMP TABLE recon_t ON COMMIT DROP AS
    SELECT {key} AS k, l.copy, count(*)::int AS n, (min(ARRAY[l.file_id, l.number]))[1] AS file_id,
           (min(ARRAY[l.file_id, l.number]))[2]::int AS number, min(l.noref) AS noref, min(l.customer_id) AS customer_id,
           min(l.product) AS product, min(l.stan) AS stan, min(l.at) AS at,
           coalesce(sum(l.amount) FILTER (WHERE l.is_success), sum(l.amount))::bigint AS amount,
           sum(l.amount)::bigint AS stated, sum(l.commission)::bigint AS commission, sum(l.sheets)::int AS sheets,
           bool_or(l.is_success) AS is_success, min(l.response_code) AS response_code, min(l.serial) AS serial,
           bool_or(l.is_carried) AS is_carried
      FROM recon_l l LEFT JOIN recon_p p ON p.code = l.product GROUP BY 1, l.copy
"""
KEYS = {
    "ours": {"one": "x.noref", "many_lines": "x.noref", "many_sales": "x.customer_id || '/' || x.product_id"},
    "theirs": {
        "many_lines": "l.noref",
        "many_sales": "l.customer_id || '/' || coalesce(p.product_id::text, l.product)",
    },
}
# What the file says of sales whose end nobody knew.
SUSPECTS = """
    SELECT o.id, o.occurred_at, t.is_success, t.response_code, t.serial, o.k
      FROM recon_o o JOIN recon_t t ON t.k = o.k AND t.copy = 1
     WHERE o.state IN ('suspect', 'pending') ORDER BY o.id
"""
# Pass 3. Our failures that the biller does not know either are no business of anybody.
COMPARE = """
    CREATE TEMP TABLE recon_c ON COMMIT DROP AS
    SELECT coalesce(o.k, t.k) AS k, coalesce(t.copy, 1) AS copy, o.id, t.file_id, t.number, t.n AS lines, t.stated,
           t.is_carried AS carried_line, o.is_carried AS carried_sale, o.n AS sales, o.amount AS our_amount, o.net AS our_net,
           t.amount AS their_amount, t.commission AS their_commission,
           CASE WHEN t.k IS NULL THEN CASE WHEN o.state IN ('failed', 'reversed') THEN 'quiet' ELSE 'missing_at_biller' END
                WHEN o.k IS NULL THEN 'missing_here'
                WHEN (o.state = 'success') <> t.is_success THEN 'status'
                WHEN o.state <> 'success' THEN 'matched'
                WHEN o.amount <> t.amount OR o.commission <> t.commission THEN 'amount'
                ELSE 'matched' END AS kind,
           o.state = 'success' AND t.is_success AS is_both
      FROM recon_o o FULL JOIN (SELECT * FROM recon_t WHERE copy = 1) AS t ON t.k = o.k
"""
DIFFERENCES = """
    CREATE TEMP TABLE recon_d ON COMMIT DROP AS
    SELECT c.kind, c.k AS key, c.copy, coalesce(o.noref, t.noref) AS noref, coalesce(o.customer_id, t.customer_id) AS customer_id,
           coalesce(p.product, q.code, t.product) AS product, coalesce(p.product_id, o.product_id) AS product_id,
           o.occurred_at, o.id AS transaction_id, o.agent_id, o.state AS our_state, o.amount AS our_amount, o.net AS our_net,
           o.commission AS our_commission, t.file_id, t.number AS line, t.at AS their_at, coalesce(o.stan, t.stan) AS stan,
           t.is_success AS their_success, t.amount AS their_amount, t.commission AS their_commission,
           CASE WHEN t.is_success IS NULL THEN NULL WHEN NOT t.is_success THEN 0
                WHEN o.id IS NOT NULL
                THEN o.net + t.amount - o.amount - (coalesce(t.commission, o.commission) - o.commission) * {commissioned}
                ELSE t.amount - coalesce(t.commission, p.commission * t.sheets, 0) * {commissioned} END AS their_net,
           t.n AS lines, t.stated, coalesce(t.is_carried, false) AS carried_line, coalesce(o.is_carried, false) AS carried_sale,
           '{{}}'::jsonb AS suggestion
      FROM (SELECT kind, k, copy FROM recon_c WHERE kind NOT IN ('matched', 'quiet')
            UNION ALL SELECT 'duplicate_at_biller', k, copy FROM recon_t WHERE copy > 1) AS c
      LEFT JOIN recon_o o ON o.k = c.k
      LEFT JOIN recon_t t ON t.k = c.k AND t.copy = c.copy
      LEFT JOIN recon_p p ON p.code = t.product
      LEFT JOIN ppob_product q ON q.id = o.product_id;
    ANALYZE recon_d;
"""
# A tap too many: the same agent, customer, product and money within two minutes, and the biller has one of both.
TWICE_HERE = """
    UPDATE recon_d d SET kind = 'duplicate_here', suggestion = jsonb_build_object('rule', 'twin', 'noref', o.noref)
      FROM recon_o o JOIN recon_c c ON c.k = o.k AND c.copy = 1
     WHERE d.kind = 'missing_at_biller' AND d.our_state = 'success' AND o.state = 'success' AND c.kind IN ('matched', 'amount')
       AND o.customer_id = d.customer_id AND o.product_id = d.product_id AND o.agent_id = d.agent_id
       AND o.amount = d.our_amount AND o.id <> d.transaction_id
       AND abs(extract(epoch FROM o.occurred_at - d.occurred_at)) <= 120
"""
# Pass 5. Once: what was carried yesterday is missing today.
CARRY = """
    UPDATE recon_d SET kind = 'carried_over'
     WHERE (kind = 'missing_at_biller' AND NOT carried_sale AND our_state IN ('success', 'suspect', 'pending')
            AND occurred_at >= %(end)s::timestamptz - make_interval(mins => %(margin)s))
        OR (kind = 'missing_here' AND NOT carried_line AND their_at >= %(end)s::timestamptz - make_interval(mins => %(margin)s))
"""
# Pass 4. Only what is unique on both sides, and only as a suggestion.
SUGGEST = """
    WITH pairs AS (
        SELECT a.ctid AS a, b.ctid AS b, a.key AS a_key, b.key AS b_key, count(*) OVER (PARTITION BY a.ctid) AS bs,
               count(*) OVER (PARTITION BY b.ctid) AS as_
          FROM recon_d a JOIN recon_d b ON a.kind = 'missing_at_biller' AND b.kind = 'missing_here' AND {rule}
         WHERE a.suggestion = '{{}}' AND b.suggestion = '{{}}'
    ), chosen AS (SELECT * FROM pairs WHERE bs = 1 AND as_ = 1)
    UPDATE recon_d d SET suggestion = jsonb_build_object('rule', '{name}', 'key', x.other)
      FROM (SELECT a AS one, b_key AS other FROM chosen UNION ALL SELECT b, a_key FROM chosen) AS x WHERE d.ctid = x.one
"""
RULES = (
    ("stan", "a.stan <> '' AND b.stan = a.stan"),
    (
        "customer",
        """a.customer_id <> '' AND b.customer_id = a.customer_id AND b.product_id = a.product_id
           AND b.their_amount = a.our_amount AND abs(extract(epoch FROM b.their_at - a.occurred_at)) <= 600""",
    ),
)
# Bad lines by what they say and not where they stand: a file in two parts has the same ones.
BAD_LINES = """
    SELECT f.id, l.number, l.reason, coalesce(l.raw, '')
      FROM ppob_settlementfile f
      JOIN ppob_settlement_line l ON l.staged_at = f.received_at AND l.file_id = f.id
     WHERE f.biller_id = %(biller)s AND NOT f.is_replaced AND f.business_on = %(day)s AND f.rejected > 0
       AND l.reason IS NOT NULL
     ORDER BY l.reason, l.raw, f.id, l.number
"""
TOTALS = """
    SELECT coalesce(sum(lines) FILTER (WHERE kind = 'matched' AND NOT carried_line), 0),
           coalesce(sum(stated) FILTER (WHERE kind = 'matched' AND NOT carried_line), 0),
           count(*) FILTER (WHERE kind = 'matched'),
           count(*) FILTER (WHERE kind IN ('matched', 'amount') AND (carried_line OR carried_sale)),
           coalesce(sum(our_net) FILTER (WHERE is_both AND NOT carried_line), 0),
           coalesce(sum(hashtextextended(k || '|' || our_amount || '|' || their_amount || '|' || lines, 0)::numeric)
                    FILTER (WHERE kind = 'matched'), 0),
           coalesce(sum(hashtextextended(k || '|' || our_amount || '|' || their_amount || '|' || lines, 7)::numeric)
                    FILTER (WHERE kind = 'matched'), 0),
           coalesce(sum(sales), 0), coalesce(sum(our_amount) FILTER (WHERE kind <> 'quiet'), 0)
      FROM recon_c
"""
PAIRS = """
    INSERT INTO ppob_matched_pair (run_id, transaction_id, file_id, line)
    SELECT %(run)s, id, file_id, number FROM recon_c WHERE kind = 'matched'
"""
PAIRS_OF_LINES = """
    INSERT INTO ppob_matched_pair (run_id, transaction_id, file_id, line)
    SELECT %(run)s, c.id, l.file_id, l.number FROM recon_c c JOIN recon_l l ON l.noref = c.k AND l.copy = c.copy
     WHERE c.kind = 'matched'
"""
PAIRS_OF_SALES = """
    INSERT INTO ppob_matched_pair (run_id, transaction_id, file_id, line)
    SELECT %(run)s, coalesce(m.id, c.id), c.file_id, c.number
      FROM recon_c c LEFT JOIN recon_members m ON m.k = c.k WHERE c.kind = 'matched'
"""


def build(cursor: Any, *, rule: str, meaning: str, facts: dict[str, Any]) -> None:
    """Passes 1 and 2: both sides as units. The lines are staged already."""
    key, amount = KEYS["ours"][rule], AMOUNTS[meaning]
    _forget(cursor)
    cursor.execute("SET LOCAL work_mem = '96MB'")
    cursor.execute(PRODUCTS, facts)
    cursor.execute(LINES, facts)
    cursor.execute(LATE_LINES, facts)
    cursor.execute(CARRIED_LINES, facts)
    cursor.execute(OURS.format(key=key, amount=amount), facts)
    cursor.execute(CARRIED_OURS.format(key=key, amount=amount), facts)
    if rule == "many_sales":
        for statement in GROUP_OURS.strip().rstrip(";").split(";\n"):
            cursor.execute(statement, facts)
    # What is joined and grouped by; the texts beside it would cost as much as a pass.
    cursor.execute(
        "ANALYZE recon_l (noref, part, customer_id, product, amount, copy, is_carried, is_success)"
    )
    cursor.execute("ANALYZE recon_o")
    fits, ours = FITS if rule == "one" else ("", "")
    cursor.execute(DUPLICATES.format(fits=fits, ours=ours))
    cursor.execute(UNITS if rule == "one" else GROUPED_UNITS.format(key=KEYS["theirs"][rule]))
    if rule != "one":
        cursor.execute("ANALYZE recon_t (k, copy)")


def _forget(cursor: Any) -> None:
    """Within a transaction that reconciles several days, the tables of the day before are still there."""
    cursor.execute("SELECT relkind FROM pg_class WHERE oid = to_regclass('pg_temp.recon_t')")
    row = cursor.fetchone()
    if row is not None and row[0] == "v":
        cursor.execute("DROP VIEW pg_temp.recon_t")
    cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.recon_{name}" for name in TABLES))


def compare(cursor: Any, *, meaning: str, facts: dict[str, Any]) -> None:
    """Passes 3 to 5: how the units stand to each other, and the differences among them."""
    cursor.execute(COMPARE)
    cursor.execute("ANALYZE recon_c (k, copy, kind)")
    cursor.execute(DIFFERENCES.format(commissioned=0 if meaning == "net" else 1))
    cursor.execute(TWICE_HERE)
    cursor.execute(CARRY, facts)
    for name, condition in RULES:
        cursor.execute(SUGGEST.format(name=name, rule=condition))


def write_pairs(cursor: Any, *, rule: str, run: int) -> None:
    statement = {"one": PAIRS, "many_lines": PAIRS_OF_LINES, "many_sales": PAIRS_OF_SALES}[rule]
    cursor.execute(statement, {"run": run})
