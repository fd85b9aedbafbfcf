"""The cast as accounts: one named person for each role, with places and scopes that show what the role is for."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.hashers import make_password

from organization.choices import EmployeeStatus, Role
from organization.demo.cast import CAST_DOMAIN, ROLE_CARDS
from organization.models import Branch, Department, Employee, Store
from organization.pins import random_pin

# The cast's PIN where a PIN is asked for; the cards need none. Everybody else of the demo has no PIN at all.
CAST_PIN = "582914"


@dataclass(frozen=True)
class Player:
    """`scopes`: branch codes, division codes, or nothing for the whole country."""

    name: str
    job_title: str
    department: str | None
    office: str = "HO"
    branches: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()


PLAYERS: dict[Role, Player] = {
    Role.ADMINISTRATOR: Player("Sri Wahyuni", "Administrator Portal", "SEC"),
    Role.MANAGER: Player(
        "Bambang Hartono", "Manajer Store Support", "SVS", branches=("JKT", "TGR", "BKS", "BGR")
    ),
    Role.SUPERVISOR: Player("Ratna Dewi Lestari", "Supervisor IT", "INFRA", divisions=("ITI", "ITD", "ITS")),
    Role.COORDINATOR: Player("Agus Setiawan", "Koordinator Support", "SVS", office="JKT", branches=("JKT",)),
    Role.ASSISTANT_COORDINATOR: Player(
        "Putri Maharani", "Asisten Koordinator Support", "SVS", office="JKT", branches=("JKT",)
    ),
    Role.STORE_SUPPORT: Player("Dimas Prakoso", "Store Support", "SVS", office="JKT", branches=("JKT",)),
    Role.MONITORING_ADMIN: Player("Yohanes Sitorus", "Administrator Server", "INFRA"),
    Role.MACHINE_PIC: Player("Made Ariani", "PIC Server", "INFRA", divisions=("ITI",)),
    Role.DEPARTMENT_PIC: Player("Hendra Gunawan", "PIC Aplikasi Kasir", "POS", divisions=("ITD",)),
    Role.RESPONSIBLE_STAFF: Player("Siti Nurhaliza Rahman", "Staf Helpdesk", "HLP", divisions=("ITS",)),
    Role.REPORTER: Player("Joko Susilo", "Kepala Toko", None),
    Role.BETA_MANAGER: Player("Kevin Tanuwijaya", "Manajer Produk", "POS", divisions=("ITD",)),
    Role.PPOB_ADMINISTRATOR: Player("Fitri Handayani", "Administrator PPOB", "PPOB"),
    Role.PPOB_STAFF: Player("Rizky Ramadhan", "Staf PPOB", "PPOB"),
    Role.ACCOUNTANT: Player("Lina Marlina", "Akuntan", "AKT"),
    Role.AUDITOR: Player("Andreas Simanjuntak", "Auditor TI", "AUI"),
}  # fmt: skip
# The reporter is a store's head; nobody needs a grant to report.
WORKS_IN_A_STORE = Role.REPORTER


def set_pin_of_the_cast() -> str:
    """A PIN that nobody knew before, for the people of the cards alone; sessions of an earlier one end."""
    pin = random_pin()
    cast = Employee.objects.filter(nik__in=ROLE_CARDS.values(), email__endswith=f"@{CAST_DOMAIN}")
    cast.update(password=make_password(pin), must_change_pin=False)
    return pin


def build_players(
    branches: dict[str, Branch], departments: dict[str, Department], store: Store
) -> dict[Role, Employee]:
    """Unsaved accounts, all with the same PIN: one hash is computed, not sixteen."""
    pin = make_password(CAST_PIN)
    made = {}
    for role, nik in ROLE_CARDS.items():
        player = PLAYERS[role]
        department = departments[player.department] if player.department else None
        in_store = role == WORKS_IN_A_STORE
        made[role] = Employee(
            nik=nik,
            name=player.name,
            email=f"{player.name.lower().replace(' ', '.')}@{CAST_DOMAIN}",
            phone=f"0811{nik}",
            picture="",
            job_title=player.job_title,
            department=department,
            division=department.division if department else None,
            store=store if in_store else None,
            branch_office=None if in_store else branches[player.office],
            status=EmployeeStatus.ACTIVE,
            password=pin,
            must_change_pin=False,
            language="id",
            joined_at=datetime(2019, 1, 7, 2, tzinfo=UTC),
        )
    return made


def scopes_of(role: Role) -> list[tuple[str | None, str | None]]:
    """(branch, division) of each grant of the player, (None, None) for the whole country; none for the reporter."""
    player = PLAYERS[role]
    if role == WORKS_IN_A_STORE:
        return []
    named: list[tuple[str | None, str | None]] = [(code, None) for code in player.branches]
    named += [(None, code) for code in player.divisions]
    return named or [(None, None)]
