from collections.abc import Iterable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.imports.columns import Choice, Identifier, Reference, field_of
from core.imports.columns import Column as Text
from core.imports.kinds import Line, register
from organization.imports.plain import MasterImport, reaches_branch
from organization.models import Branch, Department, Division, Employee, Store
from organization.scopes import Scope
from organization.selectors import people_within


def _f(name: str) -> Any:
    return field_of(Employee, name)


@register
class EmployeeImport(MasterImport):
    """Who the people are and where they work. Accounts, PINs and roles have acts of their own and no column."""

    name, model, key = "organization.employee", Employee, "nik"
    references = {"division": Division, "department": Department, "store": Store, "branch_office": Branch}
    columns = (
        Identifier(
            name="nik", label="NIK", model_field=_f("nik"), required=True, example="2015000123", width=14,
            help=_("As text; 5 to 16 digits."),
        ),
        Text(name="name", label=_("name"), model_field=_f("name"), required=True, example="Siti Rahayu", width=28),
        Text(name="email", label=_("e-mail"), model_field=_f("email"), example="siti@example.co.id", width=28),
        Identifier(
            name="phone", label=_("phone"), model_field=_f("phone"), example="081234567890", width=16,
            help=_("As text, so that the zero in front stays."),
        ),
        Text(name="job_title", label=_("job title"), model_field=_f("job_title"), example="Kepala Toko", width=22),
        Reference(
            name="division", label=_("division"), model_field=_f("division"), example="IT", width=12,
            help=_("The division's code."),
        ),
        Reference(
            name="department", label=_("department"), model_field=_f("department"), example="ITSUP", width=12,
            help=_("The department's code."),
        ),
        Reference(
            name="store", label=_("store"), model_field=_f("store"), example="T00012", width=12,
            help=_("The store's code; or else the code of a branch office, exactly one of them."),
        ),
        Reference(
            name="branch_office", label=_("branch office"), model_field=_f("branch_office"), example="", width=14,
            help=_("The branch's code, for those who work in its office."),
        ),
        Choice(
            name="language", label=_("language"), model_field=_f("language"), example="id", width=10, help=_("id or en")
        ),
    )  # fmt: skip

    def referred(self, model: type[Model]) -> Any:
        if model is Store:
            return Store.objects.select_related("branch").only("code", "name", "uuid", "branch")
        return super().referred(model)

    def objects(self) -> Any:
        return Employee.objects.select_related("division", "department", "store__branch", "branch_office")

    def rows_now(self) -> Iterable[Employee]:
        return self.objects().filter(people_within(self.may["view"])).order_by("nik").iterator(2000)

    def within(self, scope: Scope, obj: Any) -> bool:
        return reaches_branch(scope, obj.home_branch) or (
            obj.division_id is not None and obj.division_id in scope.division_ids
        )

    def within_after(self, scope: Scope, line: Line) -> bool:
        """A person is moved, or put, only to places and divisions that the permission reaches."""
        if scope.national:
            return True
        store, office = self.after(line, "store"), self.after(line, "branch_office")
        home = store.branch if store else office
        if line.obj is not None and home is not None and home.pk == line.obj.home_branch.pk:
            return True
        return home is None or reaches_branch(scope, home)

    def check_rules(self, line: Line) -> Iterable[tuple[str, str]]:
        places = [self.after(line, name) for name in ("store", "branch_office")]
        if sum(place is not None for place in places) != 1:
            yield "store", gettext("Choose a store or a branch office, exactly one of them.")

    def new_values(self, line: Line) -> dict[str, Any]:
        """Nobody can log in with it before somebody gives a first PIN."""
        return {**super().new_values(line), "password": make_password(None)}
