"""How the back office is shown: states as colour, icon and word."""

from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext as _

from ppob.choices import AgentStatus, ConnectionStatus, LoginState, TransactionState, Verification
from ppob.models import Agent, Connection, Login, Transaction
from ppob.selectors.logins import state_of

register = template.Library()

AGENT_LOOKS = {
    AgentStatus.REGISTERED: ("maintenance", "user-plus"),
    AgentStatus.ACTIVE: ("safe", "circle-check"),
    AgentStatus.BLOCKED: ("danger", "lock"),
    AgentStatus.CLOSED: ("nodata", "circle-x"),
}
VERIFICATION_LOOKS = {
    Verification.NONE: ("nodata", "circle"),
    Verification.SUBMITTED: ("warning", "clock"),
    Verification.VERIFIED: ("safe", "shield-check"),
    Verification.REJECTED: ("danger", "shield-x"),
}
CONNECTION_LOOKS = {
    ConnectionStatus.UP: ("safe", "plug-connected"),
    ConnectionStatus.DOWN: ("danger", "plug-connected-x"),
    ConnectionStatus.OFF: ("nodata", "power"),
}
LOGIN_LOOKS = {
    LoginState.OPEN: ("safe", "circle-check"),
    LoginState.SHUT: ("danger", "lock"),
    LoginState.COMING: ("maintenance", "calendar-plus"),
    LoginState.ENDED: ("nodata", "clock-off"),
}
TRANSACTION_LOOKS = {
    TransactionState.PENDING: ("maintenance", "hourglass"),
    TransactionState.SUSPECT: ("warning", "help-circle"),
    TransactionState.SUCCESS: ("safe", "circle-check"),
    TransactionState.FAILED: ("danger", "circle-x"),
    TransactionState.REVERSED: ("nodata", "arrow-back-up"),
}


@register.inclusion_tag("components/status_badge.html")
def agent_status(agent: Agent) -> dict[str, Any]:
    return _look(AGENT_LOOKS, AgentStatus(agent.status))


@register.inclusion_tag("components/status_badge.html")
def verification(agent: Agent) -> dict[str, Any]:
    return _look(VERIFICATION_LOOKS, Verification(agent.verification))


@register.inclusion_tag("components/status_badge.html")
def connection_status(connection: Connection) -> dict[str, Any]:
    """A line that nobody uses is neither up nor down."""
    return _look(
        CONNECTION_LOOKS,
        ConnectionStatus(connection.status) if connection.is_active else ConnectionStatus.OFF,
    )


@register.inclusion_tag("components/status_badge.html")
def login_state(login: Login, today: date) -> dict[str, Any]:
    return _look(LOGIN_LOOKS, state_of(login, today))


@register.filter
def is_over(login: Login, today: date) -> bool:
    return state_of(login, today) == LoginState.ENDED


@register.inclusion_tag("components/status_badge.html")
def transaction_state(sale: Transaction) -> dict[str, Any]:
    return _look(TRANSACTION_LOOKS, TransactionState(sale.state))


@register.inclusion_tag("components/status_badge.html")
def transaction_state_of(state: str) -> dict[str, Any]:
    """A state of its history."""
    return _look(TRANSACTION_LOOKS, TransactionState(state))


@register.inclusion_tag("components/status_badge.html")
def on_sale(is_active: bool) -> dict[str, Any]:
    if is_active:
        return {"tone": "safe", "icon": "circle-check", "label": _("On sale")}
    return {"tone": "nodata", "icon": "circle-x", "label": _("Not on sale")}


@register.inclusion_tag("components/status_badge.html")
def available(is_available: bool) -> dict[str, Any]:
    if is_available:
        return {"tone": "safe", "icon": "circle-check", "label": _("Available")}
    return {"tone": "warning", "icon": "ban", "label": _("Not available")}


def _look(looks: Any, state: Any) -> dict[str, Any]:
    tone, icon = looks[state]
    return {"tone": tone, "icon": icon, "label": state.label}
