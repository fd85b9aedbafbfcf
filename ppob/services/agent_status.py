"""Whether an agent may sell, and what it needs for that."""

from collections.abc import Sequence

from django.db import transaction

from core import audit
from organization.models import Employee
from ppob.choices import AgentStatus
from ppob.exceptions import AgentClosed, AlreadySo
from ppob.models import Agent
from ppob.services.accounts import open_agent_accounts
from ppob.services.limits import apply_limits


def activate_agent(*, agent: Agent, actor: Employee) -> None:
    """May sell, and begins without failed logins and PINs. Raises AgentClosed, AlreadySo."""
    _become(agent, AgentStatus.ACTIVE, "agent.activated", actor, failed_logins=0, failed_pins=0)


def block_agent(*, agent: Agent, actor: Employee) -> None:
    """May not sell until somebody activates it again; the balance stays. Raises AgentClosed, AlreadySo."""
    _become(agent, AgentStatus.BLOCKED, "agent.blocked", actor)


@transaction.atomic
def equip_agents(agents: Sequence[Agent]) -> None:
    """What an agent needs to sell, new or with another level: accounts, and the caps of today's limits. Idempotent."""
    open_agent_accounts(agents)
    apply_limits(agents=agents)


@transaction.atomic
def _become(agent: Agent, status: AgentStatus, act: str, actor: Employee, **more: int) -> None:
    locked = Agent.objects.select_for_update().get(pk=agent.pk)
    if locked.status == AgentStatus.CLOSED:
        raise AgentClosed
    if locked.status == status:
        raise AlreadySo
    changes = audit.changed(locked, status=status, **more)
    for name, (_old, new) in changes.items():
        setattr(locked, name, new)
    locked.save(update_fields=list(changes))
    audit.record(actor, act, locked, changes)
