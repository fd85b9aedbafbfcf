from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from organization.models import Employee
from ppob.choices import AgentStatus
from ppob.exceptions import AgentClosed, AlreadyClosed, Blacklisted
from ppob.models import Agent, Blacklist
from ppob.services import master
from ppob.services.accounts import open_agent_accounts
from ppob.services.limits import apply_limits


@transaction.atomic
def add_agent(*, agent: Agent, actor: Employee | None) -> Agent:
    """Register an agent that is filled in and not saved yet, with accounts and the limits of its level.

    Raises ValidationError by field, Blacklisted, TakenMeanwhile.
    """
    if Blacklist.objects.filter(value=agent.agent_id, is_active=True).exists():
        raise Blacklisted
    agent.registered_at = timezone.now()
    master.add(agent, actor=actor)
    open_agent_accounts([agent])
    apply_limits(agents=[agent])
    return agent


@transaction.atomic
def change_agent(*, agent: Agent, new: Mapping[str, Any], actor: Employee | None) -> bool:
    """Give the agent the values of these fields; False where all of them stood there already.

    The agent id stays, for sales, balances and the core know the agent by it; so does a closed agent's status. Raises
    ValidationError by field, AgentClosed.
    """
    assert "agent_id" not in new, "a new number is a new agent"
    if "status" in new and Agent.objects.select_for_update().get(pk=agent.pk).status == AgentStatus.CLOSED:
        raise AgentClosed
    changed, has_changed = master.change(agent, new, actor=actor)
    if has_changed and "level" in new:
        apply_limits(agents=[changed])
    return has_changed


@transaction.atomic
def close_agent(*, agent: Agent, actor: Employee | None) -> Agent:
    """Let the agent sell no more, for good; its sales, balances and history stay. Raises AlreadyClosed."""
    closed, has_changed = master.change(
        agent, {"status": AgentStatus.CLOSED}, actor=actor, act="agent.closed"
    )
    if not has_changed:
        raise AlreadyClosed
    return closed
