"""Without the demo nobody has an account until the first administrator opens a one-time link."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils import timezone

from core import audit
from organization.choices import BranchKind, EmployeeStatus, Role, ScopeKind
from organization.login.exceptions import AccountDisabled, AdministratorExists, LinkSpent, TrivialPin
from organization.models import Branch, Employee, FirstAdminLink, RoleGrant
from organization.pins import is_trivial

LINK_HOLDS = timedelta(hours=24)
# Whoever makes or spends a link waits for the one before: there is at most one first administrator.
_LOCK = 0x6765726169


@dataclass(frozen=True)
class NewLink:
    """The token is shown once and stored as a digest only."""

    token: str
    person: Employee
    expires_at: datetime


@transaction.atomic
def make_link(*, nik: str, name: str) -> NewLink:
    """The one-time link by which the person with that NIK becomes the first administrator.

    Makes the person, in head office, if the NIK is new; an earlier link ends. Raises AdministratorExists once an
    administrator has ever logged in, AccountDisabled for a frozen NIK.
    """
    _one_at_a_time()
    if _an_administrator_logged_in():
        raise AdministratorExists
    person = Employee.objects.filter(nik=nik).first() or _new_person(nik, name)
    if not person.is_active:
        raise AccountDisabled
    _grant(person)
    now = timezone.now()
    FirstAdminLink.objects.filter(used_at__isnull=True).update(used_at=now)
    token = secrets.token_urlsafe(32)
    link = FirstAdminLink.objects.create(
        employee=person, token_digest=_digest(token), expires_at=now + LINK_HOLDS
    )
    audit.record(None, "login.first_admin_link_made", person, {"expires_at": (None, link.expires_at)})
    return NewLink(token=token, person=person, expires_at=link.expires_at)


def person_of_link(token: str) -> Employee | None:
    """Whose link it is, while it can be used."""
    link = _open_links(token).select_related("employee__branch_office", "employee__store__branch").first()
    return link.employee if link else None


def spend_link(*, token: str, pin: str) -> Employee:
    """Set the PIN and use the link up; of two at once, one does. Raises LinkSpent, TrivialPin, AdministratorExists."""
    person = person_of_link(token)
    if person is None:
        raise LinkSpent
    if is_trivial(pin, person.nik):
        raise TrivialPin
    with transaction.atomic():
        _one_at_a_time()
        if _an_administrator_logged_in():
            raise AdministratorExists
        if not _open_links(token).update(used_at=timezone.now()):
            raise LinkSpent
        person.set_password(pin)
        person.must_change_pin = False
        # Counts as the first login at once: between this commit and the session no second link can be made.
        person.last_login = timezone.now()
        person.save(update_fields=["password", "must_change_pin", "last_login"])
        audit.record(person, "login.first_admin_set", person)
    return person


def _an_administrator_logged_in() -> bool:
    return RoleGrant.objects.filter(
        group__name=Role.ADMINISTRATOR, employee__last_login__isnull=False
    ).exists()


def _new_person(nik: str, name: str) -> Employee:
    person = Employee(nik=nik, name=name, branch_office=_head_office())
    person.set_unusable_password()
    person.full_clean(exclude=["password"])
    person.save()
    return person


def _head_office() -> Branch:
    """The head office; an empty database gets one, at the National Monument until somebody corrects it."""
    office = Branch.objects.filter(kind=BranchKind.HEAD_OFFICE).order_by("pk").first()
    return office or Branch.objects.create(
        code="HO",
        name="Kantor Pusat",
        kind=BranchKind.HEAD_OFFICE,
        city="Jakarta",
        province="DKI Jakarta",
        latitude=Decimal("-6.175392"),
        longitude=Decimal("106.827153"),
    )


def _grant(person: Employee) -> None:
    today = timezone.now().astimezone(person.time_zone).date()
    group = Group.objects.get(name=Role.ADMINISTRATOR)
    if not person.role_grants.filter(group=group, scope=ScopeKind.NATIONAL, days__contains=today).exists():
        RoleGrant.objects.create(
            employee=person, group=group, scope=ScopeKind.NATIONAL, days=DateRange(today, None)
        )


def _open_links(token: str) -> QuerySet[FirstAdminLink]:
    return FirstAdminLink.objects.filter(
        token_digest=_digest(token),
        used_at__isnull=True,
        expires_at__gt=timezone.now(),
        employee__status=EmployeeStatus.ACTIVE,
    )


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
