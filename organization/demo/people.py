"""The demo's people: a head for each open store, the staff of each branch and of head office."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from organization.choices import EmployeeStatus, Role
from organization.demo.names import email, person, phone
from organization.models import Branch, Department, Employee, Store

UNUSABLE_PIN = "!"  # no hash begins so: nobody logs in as these people

# (job title, department, how many, role in the branch)
BRANCH_OFFICE = (
    ("Manajer Cabang", "OPT", 1, Role.MANAGER),
    ("Koordinator Support", "SVS", 1, Role.COORDINATOR),
    ("Asisten Koordinator Support", "SVS", 1, Role.ASSISTANT_COORDINATOR),
    ("Staf Gudang", "GDG", 14, None),
    ("Pengemudi", "ARM", 8, None),
    ("Staf Administrasi", "GA", 4, None),
    ("Staf Area Operasi", "OPT", 6, None),
)
STORES_A_SUPPORT = 26
# (job title, department, how many, role by division)
HEAD_OFFICE = (
    ("Kepala Divisi", None, 10, Role.SUPERVISOR),
    ("Administrator Portal", "SEC", 2, Role.ADMINISTRATOR),
    ("Administrator Server", "INFRA", 2, Role.MONITORING_ADMIN),
    ("Staf Infrastruktur", "INFRA", 10, Role.MACHINE_PIC),
    ("Administrator Basis Data", "DBA", 5, Role.MACHINE_PIC),
    ("Pengembang Aplikasi", "POS", 14, None),
    ("Pengembang Aplikasi", "WEB", 10, None),
    ("Manajer Produk", "MOB", 3, Role.BETA_MANAGER),
    ("Staf Helpdesk", "HLP", 18, Role.RESPONSIBLE_STAFF),
    ("PIC Departemen", "OPT", 4, Role.DEPARTMENT_PIC),
    ("Administrator PPOB", "PPOB", 1, Role.PPOB_ADMINISTRATOR),
    ("Staf PPOB", "PPOB", 8, Role.PPOB_STAFF),
    ("Staf Perbendaharaan", "TRS", 4, None),
    ("Akuntan", "AKT", 6, Role.ACCOUNTANT),
    ("Auditor", "AUI", 3, Role.AUDITOR),
    ("Staf Merchandising", "PLN", 16, None),
    ("Staf SDM", "REK", 8, None),
)


@dataclass
class Post:
    """A person in an office with the role that the job brings; grants are made from it."""

    employee: Employee
    role: Role | None


class Registrar:
    """Hands out NIKs as the company does: the year of joining and a running number."""

    def __init__(self, random: Random, today: date) -> None:
        self.random, self.today, self.last = random, today, 0

    def hire(
        self, title: str, *, since: date | None = None, department: Department | None = None, **where: object
    ) -> Employee:
        random = self.random
        since = since or self.today - timedelta(days=random.randrange(40, 16 * 365))
        self.last += 1
        nik, name = f"{since.year}{self.last:06}", person(random)
        return Employee(
            nik=nik,
            name=name,
            email=email(name, nik),
            phone=phone(random),
            picture="",
            job_title=title,
            department=department,
            division=department.division if department else None,
            status=self._status(),
            password=UNUSABLE_PIN,
            must_change_pin=True,
            language="id",
            joined_at=datetime(since.year, since.month, since.day, 2, tzinfo=UTC),
            **where,
        )

    def _status(self) -> EmployeeStatus:
        chance = self.random.random()
        if chance < 0.006:
            return EmployeeStatus.FROZEN
        return EmployeeStatus.RESIGNED if chance < 0.016 else EmployeeStatus.ACTIVE


def heads_of(stores: Iterable[Store], registrar: Registrar) -> list[Employee]:
    """One "Kepala Toko" a store that is not closed, there since the opening or later."""
    today, random = registrar.today, registrar.random
    heads = []
    for store in stores:
        if store.closed_on is None:
            days = random.randrange((today - store.opened_on).days)
            heads.append(registrar.hire("Kepala Toko", since=today - timedelta(days=days), store=store))
    return heads


def staff_of(
    branch: Branch, stores: int, departments: dict[str, Department], registrar: Registrar
) -> list[Post]:
    """A branch's office: management, warehouse, and as many supports as its stores need."""
    supports = ("Store Support", "SVS", max(2, stores // STORES_A_SUPPORT), Role.STORE_SUPPORT)
    return [
        Post(registrar.hire(title, department=departments[part], branch_office=branch), role)
        for title, part, count, role in (*BRANCH_OFFICE, supports)
        for _ in range(count)
    ]


def head_office_staff(
    head_office: Branch, departments: dict[str, Department], registrar: Registrar
) -> list[Post]:
    """Head office; each division has its head."""
    one_of_each_division = list({d.division.code: d for d in departments.values()}.values())
    return [
        Post(
            registrar.hire(
                title,
                department=departments[part] if part else one_of_each_division[i % len(one_of_each_division)],
                branch_office=head_office,
            ),
            role,
        )
        for title, part, count, role in HEAD_OFFICE
        for i in range(count)
    ]
