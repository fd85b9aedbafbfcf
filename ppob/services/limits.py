"""Limits are rows of people's making; the caps that a posting checks are kept on the account."""

from collections.abc import Iterable

from django.db import connection, transaction

from ppob.models import Agent

# Both kinds of limits as a row each, then one join: not a query for each account and cap.
APPLY = """
    WITH own AS (
        SELECT agent_id, max(cap) FILTER (WHERE kind = 'item') AS item, max(cap) FILTER (WHERE kind = 'day') AS day,
               max(cap) FILTER (WHERE kind = 'month') AS month
          FROM ppob_limit WHERE agent_id IS NOT NULL GROUP BY agent_id
    ), of_level AS (
        SELECT level, max(cap) FILTER (WHERE kind = 'item') AS item, max(cap) FILTER (WHERE kind = 'day') AS day,
               max(cap) FILTER (WHERE kind = 'month') AS month
          FROM ppob_limit WHERE level IS NOT NULL GROUP BY level
    )
    UPDATE ppob_account a
       SET item_cap = coalesce(o.item, v.item), day_cap = coalesce(o.day, v.day), month_cap = coalesce(o.month, v.month)
      FROM ppob_agent g LEFT JOIN own o ON o.agent_id = g.id LEFT JOIN of_level v ON v.level = g.level
     WHERE a.agent_id = g.id AND a.kind = 'agent'
       AND (%(level)s::smallint IS NULL OR g.level = %(level)s) AND (%(agents)s::bigint[] IS NULL OR g.id = ANY (%(agents)s))
"""


@transaction.atomic
def apply_limits(*, level: int | None = None, agents: Iterable[Agent] | None = None) -> int:
    """Set the caps of these agents' balances to what the limits say now: the agent's own, else its level's, else none.

    Of a level, of some agents, or of all. How many accounts it looked at. One statement; postings under way finish
    first, later ones obey.
    """
    keys = None if agents is None else [agent.pk for agent in agents]
    with connection.cursor() as cursor:
        cursor.execute(APPLY, {"level": level, "agents": keys})
        return int(cursor.rowcount)
