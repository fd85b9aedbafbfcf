"""Limits are rows of people's making; the caps that a posting checks are kept on the account."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from ppob.choices import AccountKind, LimitKind
from ppob.models import Account, Agent, Limit

_CAPS = {LimitKind.ITEM: "item_cap", LimitKind.DAY: "day_cap", LimitKind.MONTH: "month_cap"}


@transaction.atomic
def apply_limits(*, level: int | None = None, agents: Iterable[Agent] | None = None) -> int:
    """Set the caps of these agents' balances to what the limits say now: the agent's own, else its level's, else none.

    Of a level, of some agents, or of all. How many accounts it looked at. One statement; postings under way finish
    first, later ones obey.
    """
    accounts = Account.objects.filter(kind=AccountKind.AGENT)
    if level is not None:
        accounts = accounts.filter(agent__level=level)
    if agents is not None:
        accounts = accounts.filter(agent__in=[agent.pk for agent in agents])
    return accounts.update(**{column: _cap(kind) for kind, column in _CAPS.items()})


def _cap(kind: LimitKind) -> Coalesce:
    # An UPDATE cannot join, so the level comes by a query of its own.
    level = Agent.objects.filter(pk=OuterRef(OuterRef("agent"))).values("level")
    own = Limit.objects.filter(kind=kind, agent=OuterRef("agent"))
    of_level = Limit.objects.filter(kind=kind, level__in=level)
    return Coalesce(Subquery(own.values("cap")), Subquery(of_level.values("cap")))
