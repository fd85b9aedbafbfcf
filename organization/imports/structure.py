from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.imports.columns import Column as Text
from core.imports.columns import Identifier, Reference, YesNo, field_of
from core.imports.kinds import register
from organization.imports.plain import MasterImport
from organization.models import Department, Division


@register
class DivisionImport(MasterImport):
    name, model, key = "organization.division", Division, "code"
    columns = (
        Identifier(
            name="code", label=_("code"), model_field=field_of(Division, "code"), required=True, example="IT",
            help=_("As text; capital letters and digits, at most 12."), width=12,
        ),
        Text(
            name="name", label=_("name"), model_field=field_of(Division, "name"), required=True, width=28,
            example="Teknologi Informasi",
        ),
        YesNo(
            name="is_it", label=_("IT division"), model_field=field_of(Division, "is_it"), example="Ya",
            help=_("Ya or Tidak"), width=10,
        ),
    )  # fmt: skip

    def rows_now(self) -> Iterable[Division]:
        return Division.objects.order_by("code").iterator(2000)


@register
class DepartmentImport(MasterImport):
    """Who is asked about a department (PICs) is said in its form: names in a cell would be guesses."""

    name, model, key = "organization.department", Department, "code"
    references = {"division": Division}
    columns = (
        Identifier(
            name="code", label=_("code"), model_field=field_of(Department, "code"), required=True, example="ITSUP",
            help=_("As text; capital letters and digits, at most 12."), width=12,
        ),
        Text(
            name="name", label=_("name"), model_field=field_of(Department, "name"), required=True, width=28,
            example="Dukungan TI",
        ),
        Reference(name="division", label=_("division"), required=True, example="IT", help=_("The division's code."), width=12),
    )  # fmt: skip

    def rows_now(self) -> Iterable[Department]:
        return Department.objects.select_related("division").order_by("code").iterator(2000)

    def objects(self):  # type: ignore[no-untyped-def]  # a queryset, as the base says
        return Department.objects.select_related("division")
