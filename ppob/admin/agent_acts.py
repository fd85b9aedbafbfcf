"""What can be done to agents and their phones, each with its question; the rules are the services'."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from organization.admin.acts import Act
from ppob import services
from ppob.models import Agent, AgentDevice

CHANGE = "ppob.change_agent"
CHANGE_DEVICE = "ppob.change_agentdevice"


def _activate(agent: Agent, form: Any, actor: Any) -> None:
    services.activate_agent(agent=agent, actor=actor)


def _block(agent: Agent, form: Any, actor: Any) -> None:
    services.block_agent(agent=agent, actor=actor)


def _close(agent: Agent, form: Any, actor: Any) -> None:
    services.close_agent(agent=agent, actor=actor)


def _block_device(device: AgentDevice, form: Any, actor: Any) -> None:
    services.block_device(device=device, actor=actor)


def _unblock_device(device: AgentDevice, form: Any, actor: Any) -> None:
    services.unblock_device(device=device, actor=actor)


AGENT_ACTS = {
    "activate": Act(
        title=_("Activate"),
        question=_("They may sell, and failed logins and PINs are counted from nothing again."),
        verb=_("Yes, activate"),
        permission=CHANGE,
        carry_out=_activate,
    ),
    "block": Act(
        title=_("Block"),
        question=_("They cannot sell until somebody activates them again. Their balance stays."),
        verb=_("Yes, block"),
        permission=CHANGE,
        carry_out=_block,
        is_dangerous=True,
    ),
    "close": Act(
        title=_("Delete (close)"),
        question=_(
            "They never sell again, and a closed agent does not come back. Their sales and balance stay."
        ),
        verb=_("Yes, close"),
        permission=CHANGE,
        carry_out=_close,
        is_dangerous=True,
    ),
}
DEVICE_ACTS = {
    "block": Act(
        title=_("Block"),
        question=_("Nothing can be sold from these phones any more."),
        verb=_("Yes, block"),
        permission=CHANGE_DEVICE,
        carry_out=_block_device,
        is_dangerous=True,
    ),
    "unblock": Act(
        title=_("Let in again"),
        question=_("Selling from these phones is possible again."),
        verb=_("Yes, let in"),
        permission=CHANGE_DEVICE,
        carry_out=_unblock_device,
    ),
}
