"""What the lists of master data export."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.exports import Column, ExportSpec
from organization.choices import Role
from organization.selectors import today_of
from ppob.models import Agent, Connection, Login, Product
from ppob.selectors.logins import state_of

DAY = timedelta(days=1)


def agent_columns(person: Any) -> tuple[Column, ...]:
    """No e-mail, no KTP number: a list that leaves the portal carries no more than the page shows."""
    return (
        Column("agent_id", _("Agent id"), "identifier", width=16),
        Column("name", _("Name")),
        Column("status", _("Status"), "status", Agent.get_status_display),
        Column("level", _("Level"), "status", Agent.get_level_display, width=10),
        Column("verification", _("Verification"), "status", Agent.get_verification_display),
        Column("corporate", _("Corporate"), value="corporate.name", width=24),
        Column("city", _("City"), width=18),
        Column("registered_at", _("Registered"), "datetime"),
        Column("last_login_at", _("Last login"), "datetime"),
    )


def product_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("code", _("Code"), "identifier"),
        Column("name", _("Product")),
        Column("kind", _("Kind"), "status", Product.get_kind_display),
        Column("price", _("Price to customers"), "rupiah"),
        Column("counter_fee", _("Counter's admin fee"), "rupiah"),
        Column("agent_share", _("Agent's share"), "rupiah"),
        Column("points", _("Points"), "int"),
        Column("sold", _("On sale"), "status", lambda product: _yes_no(product.is_active)),
    )


def connection_columns(person: Any) -> tuple[Column, ...]:
    return (
        Column("code", _("Code"), "identifier"),
        Column("biller", _("Biller"), value="biller.name", width=24),
        Column("address", _("Address"), "identifier", width=28),
        Column("port", _("Port"), "identifier", width=8),
        Column("status", _("Status"), "status", Connection.get_status_display),
        Column("last_echo_at", _("Last echo"), "datetime"),
        Column("timeout_s", _("Time-out (s)"), "int"),
        Column("used", _("In use"), "status", lambda line: _yes_no(line.is_active)),
    )


def login_columns(person: Any) -> tuple[Column, ...]:
    today = today_of(person)
    return (
        Column("nik", _("NIK"), "identifier", "employee.nik"),
        Column("name", _("Name"), value="employee.name"),
        Column("level", _("Level"), "status", lambda one: Role(one.group.name).label, width=22),
        Column("status", _("Status"), "status", lambda one: state_of(one, today).label, width=16),
        Column("from_on", _("From"), "date", "days.lower"),
        Column("until_on", _("Until"), "date", _last_day),
    )


def _last_day(login: Login) -> Any:
    return login.days.upper - DAY if login.days.upper else None


def _yes_no(value: bool) -> Any:
    return _("Yes") if value else _("No")


AGENTS = ExportSpec(
    name="ppob.agent", title=_("Agents"), permission="ppob.export_agent", columns=agent_columns
)
PRODUCTS = ExportSpec(
    name="ppob.product", title=_("Products"), permission="ppob.export_product", columns=product_columns
)
CONNECTIONS = ExportSpec(
    name="ppob.connection",
    title=_("Connections"),
    permission="ppob.export_connection",
    columns=connection_columns,
)
LOGINS = ExportSpec(
    name="ppob.login",
    title=pgettext_lazy("menu", "Back-office logins"),
    permission="ppob.export_agent",
    columns=login_columns,
)
