from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.imports.columns import Choice, Coordinate, Identifier, YesNo, field_of
from core.imports.columns import Column as Text
from core.imports.kinds import Line, register
from organization.imports.plain import MasterImport, reaches_branch
from organization.models import Branch
from organization.scopes import Scope, branches_within


def _f(name: str) -> Any:
    return field_of(Branch, name)


@register
class BranchImport(MasterImport):
    name, model, key = "organization.branch", Branch, "code"
    columns = (
        Identifier(
            name="code", label=_("code"), model_field=_f("code"), required=True, example="G001", width=12,
            help=_("As text; capital letters and digits, at most 12."),
        ),
        Text(name="name", label=_("name"), model_field=_f("name"), required=True, example="DC Bandung 1", width=28),
        Choice(
            name="kind", label=_("kind"), model_field=_f("kind"), example="dc", help=_("dc or head_office"), width=12
        ),
        Text(name="address", label=_("address"), model_field=_f("address"), example="Jl. Soekarno-Hatta 10", width=36),
        Text(name="city", label=_("city"), model_field=_f("city"), required=True, example="Bandung"),
        Text(name="province", label=_("province"), model_field=_f("province"), required=True, example="Jawa Barat"),
        Choice(
            name="time_zone", label=_("time zone"), model_field=_f("time_zone"), example="WIB", width=14,
            help=_("WIB, WITA or WIT"),
        ),
        Coordinate(
            name="latitude", label=_("latitude"), model_field=_f("latitude"), required=True, example="-6.914744", width=12,
            help=_("Degrees; south of the equator below zero."),
        ),
        Coordinate(
            name="longitude", label=_("longitude"), model_field=_f("longitude"), required=True, example="107.609810",
            help=_("Degrees, between 94.5 and 141.5."), width=12,
        ),
        YesNo(name="is_active", label=_("active"), model_field=_f("is_active"), example="Ya", help=_("Ya or Tidak"), width=8),
    )  # fmt: skip

    def rows_now(self) -> Iterable[Branch]:
        return Branch.objects.filter(branches_within(self.may["view"])).order_by("code").iterator(2000)

    def within(self, scope: Scope, obj: Any) -> bool:
        return reaches_branch(scope, obj)

    def within_after(self, scope: Scope, line: Line) -> bool:
        return scope.national or line.obj is not None
