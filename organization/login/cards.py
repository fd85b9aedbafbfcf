"""The demo's role cards: one click in as anybody of the cast, and as nobody else."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.addresses import client_ip
from organization.choices import EmployeeStatus, Role
from organization.demo.cast import CAST_DOMAIN, ROLE_CARDS
from organization.models import Employee

# Of whom the role takes care, told by colour: the house, its stores, its machines, its money.
HOUSE, STORES, MACHINES, MONEY = range(4)
# (icon, colour, what the role does here in one line), in the order of the cards: four by four on a wide screen.
FACES: dict[Role, tuple[str, int, Any]] = {
    Role.MONITORING_ADMIN: ("activity-heartbeat", MACHINES, _("Watches every machine live")),
    Role.MACHINE_PIC: ("server", MACHINES, _("Looks after the machines in their care")),
    Role.SUPERVISOR: ("clipboard-check", MACHINES, _("Approves work on the division's machines")),
    Role.ADMINISTRATOR: ("shield-lock", HOUSE, _("Accounts, roles and unlocking")),
    Role.REPORTER: ("building-store", STORES, _("Works in a store and reports problems")),
    Role.RESPONSIBLE_STAFF: ("headset", STORES, _("Solves what stores report")),
    Role.STORE_SUPPORT: ("tool", STORES, _("Visits stores and mends what is broken")),
    Role.COORDINATOR: ("sitemap", STORES, _("Leads the branch's store support")),
    Role.ASSISTANT_COORDINATOR: ("user-check", STORES, _("Plans coverage beside the coordinator")),
    Role.DEPARTMENT_PIC: ("users-group", STORES, _("Receives the department's problems")),
    Role.BETA_MANAGER: ("flask", STORES, _("Tries new programs in chosen stores")),
    Role.MANAGER: ("briefcase", STORES, _("Stores, people and approvals of a region")),
    Role.ACCOUNTANT: ("calculator", MONEY, _("Reconciles settlements to the rupiah")),
    Role.PPOB_ADMINISTRATOR: ("receipt", MONEY, _("Bill payments: products, users, billers")),
    Role.PPOB_STAFF: ("credit-card", MONEY, _("Follows bill payments day by day")),
    Role.AUDITOR: ("eye-check", HOUSE, _("Sees everything, changes nothing")),
}


@dataclass(frozen=True)
class RoleCard:
    role: Role
    name: str

    @property
    def icon(self) -> str:
        return FACES[self.role][0]

    @property
    def tone(self) -> int:
        return FACES[self.role][1]

    @property
    def line(self) -> Any:
        return FACES[self.role][2]


def are_on(request: HttpRequest) -> bool:
    """Only in the demo and on its own machine, and never where real people's sessions are protected as in production."""
    address = client_ip(request)
    at_home = address is not None and ip_address(address).is_loopback
    return settings.DEMO and not settings.PRODUCTION and at_home


def role_cards(request: HttpRequest) -> list[RoleCard]:
    """One card for each role whose person exists; none outside the demo or while the database is away."""
    if not are_on(request):
        return []
    try:
        cast = {person.nik: person for person in _cast()}
    except DatabaseError:
        return []
    return [
        RoleCard(role=role, name=cast[ROLE_CARDS[role]].name)
        for role in FACES
        if ROLE_CARDS.get(role) in cast
    ]


def person_of_card(request: HttpRequest, role: str) -> Employee | None:
    """The cast's person of that role: by the cast's NIK and by the mark that only the demo's people carry."""
    nik = ROLE_CARDS.get(Role(role)) if role in Role.values else None
    return _cast().filter(nik=nik).first() if nik and are_on(request) else None


def role_of(person: Any) -> Role | None:
    """The role that the person plays in the demo, or none."""
    return next((role for role, nik in ROLE_CARDS.items() if nik == person.nik), None)


def _cast() -> QuerySet[Employee]:
    return Employee.objects.filter(
        nik__in=ROLE_CARDS.values(), email__endswith=f"@{CAST_DOMAIN}", status=EmployeeStatus.ACTIVE
    )
