"""Applications and programmes for tests, each as small as the database allows."""

from datetime import date, timedelta
from typing import Any

import factory
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone
from factory.django import DjangoModelFactory

from betaapp.models import (
    Application,
    BetaProgram,
    Enrollment,
    Feedback,
    ProgramApplication,
    StablePeriod,
    StoreTrial,
    Version,
)
from betaapp.services import change_stores, start_program
from organization.choices import Role
from organization.models import Employee, Store
from organization.tests.factories import DivisionFactory, EmployeeFactory, RoleGrantFactory

DAY = timedelta(days=1)


class ApplicationFactory(DjangoModelFactory):
    class Meta:
        model = Application

    code = factory.Sequence(lambda n: f"APP{n}")
    name = factory.Sequence(lambda n: f"Aplikasi {n}")
    division = factory.SubFactory(DivisionFactory)


class VersionFactory(DjangoModelFactory):
    class Meta:
        model = Version

    application = factory.SubFactory(ApplicationFactory)
    number = factory.Sequence(lambda n: f"2.{n}.0")
    released_on = date(2026, 1, 5)


class BetaProgramFactory(DjangoModelFactory):
    """A draft of the next fortnight."""

    class Meta:
        model = BetaProgram

    name = factory.Sequence(lambda n: f"Uji coba {n}")
    first_on = factory.LazyFunction(timezone.localdate)
    last_on = factory.LazyFunction(lambda: timezone.localdate() + 13 * DAY)
    division = factory.SubFactory(DivisionFactory)
    made_by = factory.SubFactory(EmployeeFactory)


def manager_of(program: BetaProgram) -> Employee:
    """A beta manager whose role reaches the programme's division."""
    person = EmployeeFactory(division=program.division)
    RoleGrantFactory(employee=person, role=Role.BETA_MANAGER, division=program.division)
    return person


def try_version(program: BetaProgram, version: Version) -> ProgramApplication:
    return ProgramApplication.objects.create(
        program=program, application=version.application, version=version
    )


def running_program(*stores: Store, version: Version | None = None, **fields: Any) -> BetaProgram:
    """A programme that runs at these stores since its first day."""
    program = BetaProgramFactory(**fields)
    try_version(program, version or VersionFactory())
    if stores:
        change_stores(program=program, add=[one.pk for one in stores], remove=(), revision=0, actor=None)
    start_program(program=program, actor=program.made_by)
    program.refresh_from_db()
    return program


def age(program: BetaProgram, days: int) -> None:
    """As if the programme had begun at its stores so many days ago."""
    first = timezone.localdate() - days * DAY
    for table in (Enrollment, StoreTrial):
        table.objects.filter(program=program).update(days=DateRange(first, program.last_on + DAY))
    BetaProgram.objects.filter(pk=program.pk).update(first_on=first)


def stable(version: Version, *, since: Any = None, until: Any = None) -> StablePeriod:
    since = since or timezone.now() - timedelta(days=365)
    return StablePeriod.objects.create(
        application=version.application, version=version, during=DateTimeTZRange(since, until)
    )


class FeedbackFactory(DjangoModelFactory):
    """What the head of a store wrote of what the store tries."""

    class Meta:
        model = Feedback

    made_by = factory.SubFactory(EmployeeFactory, in_store=True)
    store = factory.SelfAttribute("made_by.store")
    program = factory.LazyAttribute(lambda self: running_program(self.store))
    application = factory.LazyAttribute(lambda self: self.program.applications.get().application)
    version = factory.LazyAttribute(lambda self: self.program.applications.get().version)
    rating = 4
    text = "Cetak struk lebih cepat"
