from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request


class StrictFilters(BaseFilterBackend):
    """The view's `filterset_class`. A filter that makes no sense is refused: a program must not take all for some."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        if view.filterset_class is None:
            return queryset
        filterset = view.filterset_class(request.query_params, queryset=queryset, request=request)
        if not filterset.form.is_valid():
            raise ValidationError(cast(Any, filterset.form.errors))
        return filterset.qs

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """What the OpenAPI document says of them: their choices, or how long a text may be."""
        declared = view.filterset_class.base_filters if view.filterset_class else {}
        return [
            {"name": name, "in": "query", "required": False, "schema": _schema(one.field)}
            for name, one in declared.items()
        ]


def _schema(field: forms.Field) -> dict[str, Any]:
    if isinstance(field, forms.ModelChoiceField):
        return {"type": "string"}
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return {"type": "string", "enum": [str(value) for value, _label in choices if value]}
    return {"type": "string", "maxLength": getattr(field, "max_length", None) or 80}
