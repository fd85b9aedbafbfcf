"""Passes 3 to 6 of a run, set-based, on both sides as `sides` has them: `c` how they stand to each other, `d` the
differences, and which sale is which line."""

from typing import Any

from ppob.reconciliation.sides import hashed

# What the file says of sales whose end nobody knew.
SUSPECTS = """
    SELECT o.id, o.occurred_at, t.is_success, t.response_code, t.serial, o.is_carried
      FROM recon_o o JOIN recon_t t ON t.k = o.k
     WHERE o.state IN ('suspect', 'pending') ORDER BY o.id
"""
# Pass 3, as places in KINDS. Our failures that the biller does not know either are no business of anybody.
KINDS = ("matched", "quiet", "missing_at_biller", "missing_here", "status", "amount")
_KIND = """
           CASE WHEN t.k IS NULL THEN CASE WHEN o.state IN ('failed', 'reversed') THEN 1 ELSE 2 END
                WHEN o.k IS NULL THEN 3
                WHEN (o.state = 'success') <> t.is_success THEN 4
                WHEN o.state <> 'success' THEN 0
                WHEN o.amount <> t.amount OR o.commission <> t.commission THEN 5
                ELSE 0 END"""
# What a difference needs of either side; of ours, the rest is found by its number.
_OF_OURS = ("k", "id", "occurred_at", "n", "state", "amount", "commission", "net", "is_carried")
_OF_THEIRS = (
    "k", "copy", "n", "file_id", "number", "noref", "customer_id", "product", "stan", "at", "amount", "stated", "commission",
    "sheets", "is_success", "is_carried",
)  # fmt: skip


def _object(side: str, names: tuple[str, ...]) -> str:
    return "jsonb_build_object(" + ", ".join(f"'{name}', {side}.{name}" for name in names) + ")"


# One pass over both sides, summed up by stretches of a file: what matches as two arrays of numbers, what differs whole.
# What a unit is summed up under is one number, for of six columns PostgreSQL expects as many groups as there are rows, and
# writes them to the disk: the file and its stretch of 2^10 lines (2^16 of what differs: a fifth as many groups; below nothing,
# where no file has it, a stretch of our numbers), then 3 bits for the kind and 3 flags.
COMPARE = f"""
    CREATE TEMP TABLE recon_c ON COMMIT DROP AS
    SELECT CASE WHEN place >= 0 THEN place >> 19 END AS file_id, CASE WHEN place >= 0 THEN (place >> 6) & 8191 END AS stretch,
           (ARRAY{list(KINDS)})[1 + ((place >> 3) & 7)] AS kind, place & 4 <> 0 AS carried_line,
           place & 2 <> 0 AS carried_sale, place & 1 <> 0 AS is_both, units, lines, stated, our_net, sales, our_amount, one, two,
           ids, numbers, different
      FROM (SELECT place, count(*) AS units, sum(lines) AS lines, sum(stated) AS stated, sum(our_net) AS our_net,
                   sum(sales) AS sales, sum(our_amount) AS our_amount, sum(hashtextextended(said, 0)) AS one,
                   sum(hashtextextended(said, 7)) AS two, array_agg(id) AS ids, array_agg(number) AS numbers,
                   array_agg(different) FILTER (WHERE different IS NOT NULL) AS different
              FROM (SELECT coalesce(t.file_id << 13 | (t.number >> CASE WHEN {_KIND} = 0 THEN 10 ELSE 16 END),
                                    -1 - (o.id >> 16)) * 64
                           + {_KIND} * 8
                           + CASE WHEN t.is_carried THEN 4 ELSE 0 END + CASE WHEN o.is_carried THEN 2 ELSE 0 END
                           + CASE WHEN o.state = 'success' AND t.is_success THEN 1 ELSE 0 END AS place,
                           t.number, o.id, t.n AS lines, t.stated, o.n AS sales, o.amount AS our_amount, o.net AS our_net,
                           o.k || '|' || o.amount || '|' || t.amount || '|' || t.n AS said,
                           CASE WHEN {_KIND} > 1
                                THEN jsonb_build_object(
                                    'o', CASE WHEN o.k IS NOT NULL THEN {_object("o", _OF_OURS)} END,
                                    't', CASE WHEN t.k IS NOT NULL THEN {_object("t", _OF_THEIRS)} END) END AS different
                      FROM recon_o o FULL JOIN recon_t t ON t.k = o.k
                    OFFSET 0) AS units
             GROUP BY place) AS c
"""  # noqa: S608  our own text
DIFFERENCES = """
    CREATE TEMP TABLE recon_d ON COMMIT DROP AS
    SELECT c.kind, coalesce(o.k, t.k) AS key, coalesce(t.copy, 1) AS copy, coalesce(x.noref, t.noref) AS noref,
           coalesce(x.customer_id, t.customer_id) AS customer_id, coalesce(p.product, q.code, t.product) AS product,
           coalesce(p.product_id, x.product_id) AS product_id, o.occurred_at, o.id AS transaction_id, x.agent_id,
           o.state AS our_state, o.amount AS our_amount, o.net AS our_net, o.commission AS our_commission, t.file_id,
           t.number AS line, t.at AS their_at, coalesce(x.stan, t.stan) AS stan, t.is_success AS their_success,
           t.amount AS their_amount, t.commission AS their_commission,
           CASE WHEN t.is_success IS NULL THEN NULL WHEN NOT t.is_success THEN 0
                WHEN o.id IS NOT NULL
                THEN o.net + t.amount - o.amount - (coalesce(t.commission, o.commission) - o.commission) * {commissioned}
                ELSE t.amount - coalesce(t.commission, p.commission * t.sheets, 0) * {commissioned} END AS their_net,
           t.n AS lines, t.stated, coalesce(t.is_carried, false) AS carried_line, coalesce(o.is_carried, false) AS carried_sale,
           '{{}}'::jsonb AS suggestion
      FROM (SELECT c.kind, s.different FROM recon_c c CROSS JOIN LATERAL unnest(c.different) AS s(different)
            UNION ALL
            SELECT 'duplicate_at_biller', jsonb_build_object('o', to_jsonb(o), 't', to_jsonb(t))
              FROM recon_again t LEFT JOIN recon_o o ON o.k = t.k) AS c
     CROSS JOIN LATERAL jsonb_populate_record(NULL::recon_o, nullif(c.different -> 'o', 'null')) AS o
     CROSS JOIN LATERAL jsonb_populate_record(NULL::recon_t, nullif(c.different -> 't', 'null')) AS t
      LEFT JOIN recon_o x ON x.id = o.id AND x.occurred_at = o.occurred_at
      LEFT JOIN recon_p p ON p.code = t.product
      LEFT JOIN ppob_product q ON q.id = x.product_id;
    ANALYZE recon_d;
"""
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
      JOIN ppob_settlement_line l ON l.staged_at = f.received_at AND l.file_id = f.id
     WHERE f.biller_id = %(biller)s AND NOT f.is_replaced AND f.business_on = %(day)s AND f.rejected > 0
       AND l.reason IS NOT NULL
     ORDER BY l.reason, l.raw, f.id, l.number
"""
TOTALS = """
    SELECT coalesce(sum(lines) FILTER (WHERE kind = 'matched' AND NOT carried_line), 0)::bigint,
           coalesce(sum(stated) FILTER (WHERE kind = 'matched' AND NOT carried_line), 0),
           coalesce(sum(units) FILTER (WHERE kind = 'matched'), 0)::bigint,
           coalesce(sum(units) FILTER (WHERE kind IN ('matched', 'amount') AND (carried_line OR carried_sale)), 0)::bigint,
           coalesce(sum(our_net) FILTER (WHERE is_both AND NOT carried_line), 0),
           coalesce(sum(one) FILTER (WHERE kind = 'matched'), 0), coalesce(sum(two) FILTER (WHERE kind = 'matched'), 0),
           coalesce(sum(sales) FILTER (WHERE kind <> 'quiet'), 0)::bigint,
           coalesce(sum(our_amount) FILTER (WHERE kind <> 'quiet'), 0)
      FROM recon_c
"""
PAIRS = """
    INSERT INTO ppob_matched_stretch (run_id, file_id, stretch, lines, transactions)
    SELECT %(run)s, file_id, stretch, numbers, ids FROM recon_c WHERE kind = 'matched'
"""
_MATCHED = (
    "(SELECT file_id, unnest(numbers) AS number, unnest(ids) AS id FROM recon_c WHERE kind = 'matched')"
)
PAIRS_OF_LINES = f"""
    INSERT INTO ppob_matched_stretch (run_id, file_id, stretch, lines, transactions)
    SELECT %(run)s, l.file_id, l.number >> 10, array_agg(l.number), array_agg(c.id)
      FROM {_MATCHED} AS c
      JOIN recon_t t ON t.file_id = c.file_id AND t.number = c.number
      JOIN recon_l l ON l.noref = t.k
     WHERE NOT EXISTS (SELECT FROM recon_copies r WHERE r.file_id = l.file_id AND r.number = l.number)
     GROUP BY 2, 3
"""  # noqa: S608  our own text
PAIRS_OF_SALES = f"""
    INSERT INTO ppob_matched_stretch (run_id, file_id, stretch, lines, transactions)
    SELECT %(run)s, c.file_id, c.number >> 10, array_agg(c.number), array_agg(coalesce(m.id, c.id))
      FROM {_MATCHED} AS c
      JOIN recon_t t ON t.file_id = c.file_id AND t.number = c.number
      LEFT JOIN recon_members m ON m.k = t.k AND m.state = 'success'
     GROUP BY 2, 3
"""  # noqa: S608  our own text


def compare(cursor: Any, *, meaning: str, facts: dict[str, Any]) -> None:
    """Passes 3 to 5: how the units stand to each other, and the differences among them."""
    with hashed(cursor):
        cursor.execute(COMPARE)
    cursor.execute("ANALYZE recon_c (kind)")
    cursor.execute(DIFFERENCES.format(commissioned=0 if meaning == "net" else 1))
    cursor.execute(TWICE_HERE)
    cursor.execute(CARRY, facts)
    for name, condition in RULES:
        cursor.execute(SUGGEST.format(name=name, rule=condition))


def write_pairs(cursor: Any, *, rule: str, run: int) -> None:
    statement = {"one": PAIRS, "many_lines": PAIRS_OF_LINES, "many_sales": PAIRS_OF_SALES}[rule]
    with hashed(cursor):
        cursor.execute(statement, {"run": run})
