"""Passes 3 to 6 of a run, set-based, on both sides as `sides` has them: `c` how they stand to each other, `d` the
differences, and which sale is which line."""

from typing import Any

from ppob.reconciliation.sides import Files, each, hashed, those

# What the file says of sales whose end nobody knew.
SUSPECTS = """
    SELECT o.id, o.occurred_at, t.is_success, t.response_code, t.serial, o.is_carried
      FROM recon_o o JOIN recon_t t ON t.k = o.k
     WHERE o.state IN ('suspect', 'pending') ORDER BY o.id
"""
# Pass 3: our failures that the biller does not know either are no business of anybody, and what is said alike matches.
_QUIET = "coalesce(t.k IS NULL AND o.state IN ('failed', 'reversed'), false)"
_MATCHED = """
           coalesce((o.state = 'success') = t.is_success AND (
               o.state <> 'success' OR (o.amount = t.amount AND (o.commission = t.commission) IS NOT FALSE)), false)"""
# A unit in one number: its line's above its sale's, 0 for none (lines: below 2^23, layout.MOST_LINES; sales: below 2^40).
_PAIR = "coalesce(t.number, 0)::bigint << 40 | coalesce(o.id, 0)"
_LINE_OF, _SALE_OF = "nullif(p.pair >> 40, 0)::int", "nullif(p.pair & 1099511627775, 0)"
# Of what was said, without regard to where.
_SAID = (
    "hashint4extended(t.n, hashint8extended(t.amount, hashint8extended(o.amount, hashtextextended(o.k, 0))))"
)
# One pass over both sides, summed up, with the units themselves as an array of numbers. What they are summed up under is yes
# or no, for of that PostgreSQL expects two groups, and of anything else nearly as many as rows: so each process sums up what
# it has joined itself. Three digits of a number are among it so that no array gets too long.
SUMS = """
    CREATE TEMP TABLE recon_c (
        file_id bigint, matched boolean, is_both boolean, carried_line boolean, carried_sale boolean, first boolean,
        second boolean, third boolean, units bigint, lines bigint, stated numeric, our_net numeric, sales bigint,
        our_amount numeric, said numeric, pairs bigint[], states text[]) ON COMMIT DROP;
    ALTER TABLE recon_c ALTER pairs SET STORAGE EXTERNAL
"""
# By a function, since an INSERT of what it selects itself would be the work of one process.
COMPARE = f"""
    CREATE FUNCTION pg_temp.recon_compared() RETURNS SETOF recon_c LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY
    SELECT {{file}} AS file_id, {_MATCHED} AS matched, coalesce(o.state = 'success' AND t.is_success, false) AS is_both,
           coalesce(t.is_carried, false) AS carried_line, coalesce(o.is_carried, false) AS carried_sale,
           coalesce(t.number, o.id) & 65536 <> 0 AS first, coalesce(t.number, o.id) & 131072 <> 0 AS second,
           coalesce(t.number, o.id) & 262144 <> 0 AS third, count(*) AS units, sum(t.n) AS lines, sum(t.stated) AS stated,
           sum(o.net) AS our_net, sum(o.n) AS sales, sum(o.amount) AS our_amount, sum({_SAID}) AS said,
           array_agg({_PAIR}) AS pairs, array_agg(o.state::text) FILTER (WHERE NOT {_MATCHED}) AS states
      FROM recon_o o FULL JOIN recon_t t ON t.k = o.k
     WHERE NOT {_QUIET}
     GROUP BY {{by_file}} 2, 3, 4, 5, 6, 7, 8;
    END $$;
    INSERT INTO recon_c SELECT * FROM pg_temp.recon_compared();
    DROP FUNCTION pg_temp.recon_compared()
"""  # noqa: S608  our own text
# What differs, by its numbers; and what the biller states twice.
_OURS = ("k", "id", "occurred_at", "noref", "customer_id", "product_id", "agent_id", "stan", "amount", "commission", "net",
         "is_carried")  # fmt: skip
_THEIRS = ("k", "copy", "n", "file_id", "number", "noref", "customer_id", "product", "stan", "at", "amount", "stated", "commission",
           "sheets", "is_success", "is_carried")  # fmt: skip
_BOTH = ", ".join(
    [*(f"o.{name} AS o_{name}" for name in _OURS), *(f"t.{name} AS t_{name}" for name in _THEIRS)]
)
# The state as it was compared: a sale may go on in the meantime, its money never changes.
UNLIKE = f"""
    CREATE TEMP TABLE recon_x ON COMMIT DROP AS
    SELECT c.file_id, {_LINE_OF} AS number, {_SALE_OF} AS id, p.state,
           CASE WHEN p.pair & 1099511627775 = 0 THEN 'missing_here' WHEN p.pair >> 40 = 0 THEN 'missing_at_biller'
                WHEN c.is_both THEN 'amount' ELSE 'status' END AS kind
      FROM recon_c c CROSS JOIN LATERAL unnest(c.pairs, c.states) AS p(pair, state)
     WHERE NOT c.matched;
    ANALYZE recon_x
"""  # noqa: S608  our own text
UNLIKE_LINES = "CREATE TEMP TABLE recon_y ON COMMIT DROP AS SELECT t.* FROM recon_t t WHERE {those}"
UNLIKE_SALES = "CREATE TEMP TABLE recon_z ON COMMIT DROP AS SELECT o.* FROM recon_o o WHERE {those}"
DIFFERENCES = f"""
    CREATE TEMP TABLE recon_d ON COMMIT DROP AS
    SELECT u.kind, coalesce(o_k, t_k) AS key, coalesce(t_copy, 1) AS copy, coalesce(o_noref, t_noref) AS noref,
           coalesce(o_customer_id, t_customer_id) AS customer_id, coalesce(p.product, q.code, t_product) AS product,
           coalesce(p.product_id, o_product_id) AS product_id, o_occurred_at AS occurred_at, o_id AS transaction_id,
           o_agent_id AS agent_id, o_state AS our_state, o_amount AS our_amount, o_net AS our_net,
           o_commission AS our_commission, t_file_id AS file_id, t_number AS line, t_at AS their_at,
           coalesce(o_stan, t_stan) AS stan, t_is_success AS their_success, t_amount AS their_amount,
           t_commission AS their_commission,
           CASE WHEN t_is_success IS NULL THEN NULL WHEN NOT t_is_success THEN 0
                WHEN o_id IS NOT NULL
                THEN o_net + t_amount - o_amount - (coalesce(t_commission, o_commission) - o_commission) * {{commissioned}}
                ELSE t_amount - coalesce(t_commission, p.commission * t_sheets, 0) * {{commissioned}} END AS their_net,
           t_n AS lines, t_stated AS stated, coalesce(t_is_carried, false) AS carried_line,
           coalesce(o_is_carried, false) AS carried_sale, '{{{{}}}}'::jsonb AS suggestion
      FROM (SELECT x.kind, x.state AS o_state, {_BOTH}
              FROM recon_x x LEFT JOIN recon_z o ON o.id = x.id
              LEFT JOIN recon_y t ON t.file_id = x.file_id AND t.number = x.number
            UNION ALL
            SELECT 'duplicate_at_biller', o.state, {_BOTH} FROM recon_again t LEFT JOIN recon_o o ON o.k = t.k) AS u
      LEFT JOIN recon_p p ON p.code = t_product
      LEFT JOIN ppob_product q ON q.id = o_product_id;
    ANALYZE recon_d;
"""  # noqa: S608  our own text
# A tap too many: the same agent, customer, product and money within two minutes, and the biller has one of both.
TWICE_HERE = """
    UPDATE recon_d d SET kind = 'duplicate_here', suggestion = jsonb_build_object('rule', 'twin', 'noref', o.noref)
      FROM recon_o o
     WHERE d.kind = 'missing_at_biller' AND d.our_state = 'success' AND o.state = 'success'
       AND o.customer_id = d.customer_id AND o.product_id = d.product_id AND o.agent_id = d.agent_id
       AND o.amount = d.our_amount AND o.id <> d.transaction_id
       AND o.occurred_at BETWEEN d.occurred_at - interval '2 minutes' AND d.occurred_at + interval '2 minutes'
       AND NOT EXISTS (SELECT FROM recon_d e WHERE e.transaction_id = o.id AND e.copy = 1 AND e.kind <> 'amount')
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
      JOIN ppob_settlement_line l ON l.staged_at = f.staged_at AND l.file_id = f.id
     WHERE f.biller_id = %(biller)s AND NOT f.is_replaced AND f.business_on = %(day)s AND f.rejected > 0
       AND l.reason IS NOT NULL
     ORDER BY l.reason, l.raw, f.id, l.number
"""
TOTALS = """
    SELECT coalesce(sum(lines) FILTER (WHERE matched AND NOT carried_line), 0)::bigint,
           coalesce(sum(stated) FILTER (WHERE matched AND NOT carried_line), 0),
           coalesce(sum(units) FILTER (WHERE matched), 0)::bigint,
           coalesce(sum(units) FILTER (WHERE (matched OR is_both) AND (carried_line OR carried_sale)), 0)::bigint,
           coalesce(sum(our_net) FILTER (WHERE is_both AND NOT carried_line), 0),
           coalesce(sum(said) FILTER (WHERE matched), 0), coalesce(sum(our_amount) FILTER (WHERE matched), 0),
           coalesce(sum(sales), 0)::bigint, coalesce(sum(our_amount), 0)
      FROM recon_c
"""
PAIRS = """
    INSERT INTO ppob_matched_stretch (run_id, file_id, pairs) SELECT %(run)s, file_id, pairs FROM recon_c WHERE matched
"""
_MATCHED_PAIRS = f"""(
    SELECT c.file_id, {_LINE_OF} AS number, {_SALE_OF} AS id FROM recon_c c CROSS JOIN LATERAL unnest(c.pairs) AS p(pair)
     WHERE c.matched)"""  # noqa: S608  our own text
PAIRS_OF_LINES = f"""
    INSERT INTO ppob_matched_stretch (run_id, file_id, pairs)
    SELECT %(run)s, l.file_id, array_agg(l.number::bigint << 40 | c.id)
      FROM {_MATCHED_PAIRS} AS c
      JOIN recon_t t ON t.file_id = c.file_id AND t.number = c.number
      JOIN recon_l l ON l.noref = t.k
     WHERE NOT EXISTS (SELECT FROM recon_copies r WHERE r.file_id = l.file_id AND r.number = l.number)
     GROUP BY l.file_id, l.number >> 16
"""  # noqa: S608  our own text
PAIRS_OF_SALES = f"""
    INSERT INTO ppob_matched_stretch (run_id, file_id, pairs)
    SELECT %(run)s, c.file_id, array_agg(c.number::bigint << 40 | coalesce(m.id, c.id))
      FROM {_MATCHED_PAIRS} AS c
      JOIN recon_t t ON t.file_id = c.file_id AND t.number = c.number
      LEFT JOIN recon_members m ON m.k = t.k AND m.state = 'success'
     GROUP BY c.file_id, c.number >> 16
"""  # noqa: S608  our own text


def compare(cursor: Any, *, files: Files, meaning: str, facts: dict[str, Any]) -> None:
    """Passes 3 to 5: how the units stand to each other, and the differences among them."""
    file, by_file = ("t.file_id", "1,") if files.only is None else (f"{files.only}::bigint", "")
    with hashed(cursor):
        each(cursor, SUMS)
        cursor.execute(COMPARE.format(file=file, by_file=by_file))
    each(cursor, UNLIKE)
    places = files.place("t"), files.place("recon_x")
    for statement, what, column in ((UNLIKE_LINES, *places), (UNLIKE_SALES, "o.id", "id")):
        condition, values = those(cursor, what, "recon_x", column)
        cursor.execute(statement.format(those=condition), values)
    cursor.execute("ANALYZE recon_y; ANALYZE recon_z")
    cursor.execute(DIFFERENCES.format(commissioned=0 if meaning == "net" else 1))
    cursor.execute(TWICE_HERE)
    cursor.execute(CARRY, facts)
    for name, condition in RULES:
        cursor.execute(SUGGEST.format(name=name, rule=condition))


def write_pairs(cursor: Any, *, rule: str, run: int) -> None:
    statement = {"one": PAIRS, "many_lines": PAIRS_OF_LINES, "many_sales": PAIRS_OF_SALES}[rule]
    with hashed(cursor):
        cursor.execute(statement, {"run": run})
