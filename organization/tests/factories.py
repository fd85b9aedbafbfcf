"""Places and people for tests, each as small as the database allows."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db.backends.postgresql.psycopg_any import DateRange
from factory.django import DjangoModelFactory

from organization.choices import BranchKind, Role, ScopeKind
from organization.models import (
    Branch,
    Department,
    Division,
    Employee,
    RoleGrant,
    Store,
    StoreBranch,
)

LONG_AGO = date(2020, 1, 1)


class BranchFactory(DjangoModelFactory):
    class Meta:
        model = Branch

    class Params:
        head_office = factory.Trait(kind=BranchKind.HEAD_OFFICE)

    code = factory.Sequence(lambda n: f"G{n:03}")
    name = factory.Sequence(lambda n: f"DC Kota {n}")
    city = "Bandung"
    province = "Jawa Barat"
    latitude = Decimal("-6.914744")
    longitude = Decimal("107.609810")


class StoreFactory(DjangoModelFactory):
    """A store with its dated branch, in step as `assign_branch` keeps them."""

    class Meta:
        model = Store
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"T{n:05}")
    name = factory.Sequence(lambda n: f"Toko {n}")
    branch = factory.SubFactory(BranchFactory)
    city = "Bandung"
    latitude = Decimal("-6.917464")
    longitude = Decimal("107.619123")
    opened_on = LONG_AGO

    @factory.post_generation
    def history(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            StoreBranchFactory(store=self, branch=self.branch, days=DateRange(self.opened_on, None))


class StoreBranchFactory(DjangoModelFactory):
    class Meta:
        model = StoreBranch

    store = factory.SubFactory(StoreFactory)
    branch = factory.SubFactory(BranchFactory)
    days = factory.LazyFunction(lambda: DateRange(LONG_AGO, None))


class DivisionFactory(DjangoModelFactory):
    class Meta:
        model = Division

    class Params:
        it = factory.Trait(is_it=True)

    code = factory.Sequence(lambda n: f"DIV{n}")
    name = factory.Sequence(lambda n: f"Divisi {n}")


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department

    division = factory.SubFactory(DivisionFactory)
    code = factory.Sequence(lambda n: f"DEP{n}")
    name = factory.Sequence(lambda n: f"Departemen {n}")


class EmployeeFactory(DjangoModelFactory):
    """An active person of a branch office, without a PIN unless one is given: a hash costs time.

    `EmployeeFactory(pin="482913")` can log in by the login pages; `client.force_login` needs no PIN.
    `EmployeeFactory(roles=[Role.MANAGER])` holds the roles nationally; other scopes by `RoleGrantFactory`.
    `EmployeeFactory(in_store=True)` works in a store.
    """

    class Meta:
        model = Employee
        exclude = ("pin",)
        skip_postgeneration_save = True

    class Params:
        in_store = factory.Trait(store=factory.SubFactory(StoreFactory), branch_office=None)

    pin = None
    nik = factory.Sequence(lambda n: f"{2_015_000_000 + n}")
    name = factory.Sequence(lambda n: f"Karyawan {n}")
    job_title = "Staf"
    branch_office = factory.SubFactory(BranchFactory)
    password = factory.LazyAttribute(lambda self: make_password(self.pin))
    must_change_pin = False

    @factory.post_generation
    def roles(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        for role in extracted or ():
            RoleGrantFactory(employee=self, role=role)


class RoleGrantFactory(DjangoModelFactory):
    """A national grant since long ago; name a branch or a division and the scope follows."""

    class Meta:
        model = RoleGrant
        exclude = ("role",)

    role = Role.COORDINATOR
    employee = factory.SubFactory(EmployeeFactory)
    group = factory.LazyAttribute(lambda self: Group.objects.get_or_create(name=self.role)[0])
    branch: Any = None
    division: Any = None
    days = factory.LazyFunction(lambda: DateRange(LONG_AGO, None))

    @factory.lazy_attribute
    def scope(self) -> str:
        if self.branch:
            return ScopeKind.BRANCH
        return ScopeKind.DIVISION if self.division else ScopeKind.NATIONAL
