"""What the directories of stores and people export."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.exports import Column, ExportSpec
from organization.choices import EmployeeStatus
from organization.models import Employee, Store
from organization.selectors import state_of, today_of


def store_columns(person: Employee) -> tuple[Column, ...]:
    """A store's state is that of the person's own day."""
    today = today_of(person)
    return (
        Column("code", _("Code"), "identifier"),
        Column("name", _("Store")),
        Column("company", _("Company"), width=22, on_paper=False),
        Column("address", _("Address"), width=40),
        Column("city", _("City"), width=20),
        Column("branch_code", _("Branch code"), "identifier", "branch.code"),
        Column("branch", _("Branch"), value="branch.name", width=22),
        Column("state", _("State"), "status", lambda store: state_of(store, today).label),
        Column("position", _("Position"), "status", _position),
        Column("latitude", _("Latitude"), "decimal", on_paper=False),
        Column("longitude", _("Longitude"), "decimal", on_paper=False),
        Column("opened_on", _("Opened"), "date"),
        Column("closed_on", _("Closed"), "date", on_paper=False),
    )


def employee_columns(person: Employee) -> tuple[Column, ...]:
    """No telephone and no e-mail: a list that leaves the portal carries no more than the page shows."""
    return (
        Column("nik", _("NIK"), "identifier"),
        Column("name", _("Name")),
        Column("job_title", _("Job title"), width=24),
        Column("division", _("Division"), value="division.name", width=24),
        Column("place_code", _("Place code"), "identifier", "place.code"),
        Column("place", _("Place of work"), value="place.name"),
        Column("branch", _("Branch"), value="home_branch.name", width=22),
        Column("status", _("Status"), "status", lambda one: EmployeeStatus(one.status).label),
    )


def _position(store: Store) -> Any:
    return _("Verified") if store.is_position_verified else _("Not verified")


STORES = ExportSpec(
    name="organization.store",
    title=_("Stores"),
    permission="organization.export_store",
    columns=store_columns,
)
EMPLOYEES = ExportSpec(
    name="organization.employee",
    title=_("Employees"),
    permission="organization.export_employee",
    columns=employee_columns,
)
