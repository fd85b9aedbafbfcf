"""The base of every ModelAdmin: the person's scope, lists that stay fast, errors beside their field, nothing deleted."""

from typing import Any

from django import forms
from django.contrib.admin import ShowFacets
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db import connections, models
from django.forms import BaseModelFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin
from unfold.widgets import INPUT_CLASSES

from core import audit
from core.audit.forms import form_changes, formset_changes
from core.uploads.pictures import PictureField

# Beyond this many rows the planner's guess does for "how many pages": counting them would cost more than the page.
COUNTED_ROWS = 200_000
JOINED_ROWS = 1_000
# A table in partitions has no rows of its own: what its partitions are said to have.
_ROWS_ABOUT = """
    SELECT greatest(own.reltuples, (SELECT sum(greatest(part.reltuples, 0)) FROM pg_partition_tree(own.oid) tree
                                    JOIN pg_class part ON part.oid = tree.relid WHERE tree.isleaf))::bigint
    FROM pg_class own WHERE own.oid = %(table)s::regclass
"""


class EstimatingPaginator(Paginator):
    """Counts what is filtered; of a large table as a whole it takes the statistics' word."""

    @cached_property
    def count(self) -> int:
        query_set: Any = self.object_list  # a list has no statistics
        query = getattr(query_set, "query", None)
        if query is not None and not query.where and not query.distinct:
            with connections[query_set.db].cursor() as cursor:
                cursor.execute(_ROWS_ABOUT, {"table": query.model._meta.db_table})
                estimate = cursor.fetchone()[0]
            if estimate > COUNTED_ROWS:
                return estimate
        return super().count

    def page(self, number: Any) -> Page:
        """Deep in a list the keys come first, by the index alone: else every row skipped is joined for nothing."""
        page = super().page(number)
        skipped = (page.number - 1) * self.per_page
        rows: Any = self.object_list
        if skipped >= JOINED_ROWS and hasattr(rows, "select_related"):
            keys = rows.select_related(None).values_list("pk", flat=True)[skipped : skipped + self.per_page]
            page.object_list = rows.filter(pk__in=list(keys))
        return page


class DayInput(forms.DateInput):
    """The browser's own calendar: it knows the person's language and fits a phone."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": " ".join(INPUT_CLASSES), **(attrs or {})}, format="%Y-%m-%d")


class _KnownKeys:
    """Draws a form again after nonsense: what can be no key of the other model is not looked up."""

    choices: Any

    def optgroups(self, name: str, value: list[str], attr: Any = None) -> Any:
        key = self.choices.field.queryset.model._meta.pk
        return super().optgroups(name, [one for one in value if _is_key(key, one)], attr)  # type: ignore[misc]


class KnownAutocompleteSelect(_KnownKeys, AutocompleteSelect):  # type: ignore[misc]  # as Django calls it
    pass


class KnownAutocompleteSelectMultiple(_KnownKeys, AutocompleteSelectMultiple):  # type: ignore[misc]  # the same
    pass


def _is_key(key: Any, text: str) -> bool:
    """Whether the database can be asked for it: a number of its size, or the like."""
    try:
        return key.get_prep_value(key.to_python(text)) is not None and not key.run_validators(
            key.to_python(text)
        )
    except (ValidationError, ValueError, TypeError, OverflowError):
        return False


class ConstraintForm(forms.ModelForm):
    """Puts what a table's constraint refuses beside the field it is about; `constraint_fields` says which."""

    constraint_fields: dict[str, str] = {}

    def _update_errors(self, errors: ValidationError) -> None:
        if hasattr(errors, "error_dict") and NON_FIELD_ERRORS in errors.error_dict:
            fields = {
                str(constraint.get_violation_error_message()): self.constraint_fields[constraint.name]
                for constraint in self._meta.model._meta.constraints
                if constraint.name in self.constraint_fields
            }
            left = []
            for error in errors.error_dict.pop(NON_FIELD_ERRORS):
                field = fields.get(str(error.message))
                if field in self.fields:
                    errors.error_dict.setdefault(field, []).append(error)
                else:
                    left.append(error)
            if left:
                errors.error_dict[NON_FIELD_ERRORS] = left
        super()._update_errors(errors)  # type: ignore[misc]  # django-stubs leaves out what is private


class GeraiModelAdmin(ModelAdmin):
    """Unfold's ModelAdmin with our habits. Subclasses narrow `get_queryset` and `reaches` to the person's scope."""

    form = ConstraintForm
    formfield_overrides = {
        models.DateField: {"widget": DayInput},
        models.ImageField: {"form_class": PictureField},  # drawn anew, never kept as it came
    }
    compressed_fields = False  # labels above
    paginator = EstimatingPaginator
    show_full_result_count = False
    list_per_page = 50
    list_filter_submit = True
    warn_unsaved_form = True
    show_facets = ShowFacets.NEVER  # counting each choice of a filter is a query each
    services_record = False  # what is saved here is saved by services, which leave the entries

    def reaches(self, request: HttpRequest, obj: Any, permission: str) -> bool:
        """Whether that permission's scope includes the object; no query."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request) and self._within(request, obj, "view")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request) and self._within(request, obj, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Master data has a history; it is closed, frozen or ended, and never taken away."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """A list's search refuses a NUL in its form; the autocomplete has none, and PostgreSQL takes no NUL."""
        return super().get_search_results(request, queryset, search_term.replace("\0", ""))

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: list[BaseModelFormSet] | None, add: bool = False
    ) -> dict[str, tuple[Any, Any]]:
        """What this save changed, for the audit trail; Django asks when all is saved, in the same transaction."""
        return form_changes(form, add=add) | formset_changes(formsets or ())

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The one trail is ours: Django's own log of the admin stays empty."""
        self._record(request, "object.added", obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        if message:
            self._record(request, "object.changed", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self._record(request, "object.removed", obj, {})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """The way to the history stands where there is one, for whoever may read the trail."""
        context["show_history"] = hasattr(self.model, "uuid") and request.user.has_perm(
            "core.view_auditentry"
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The object's life as the audit trail tells it."""
        obj = self.get_object(request, object_id)
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not hasattr(obj, "uuid"):
            raise Http404  # the trail does not speak of it
        return redirect("audit:object", audit.kind_of(obj), obj.uuid)

    def _record(self, request: HttpRequest, act: str, obj: Any, changes: dict[str, tuple[Any, Any]]) -> None:
        if not self.services_record:
            audit.record(request.user, act, obj, changes)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer, and accept, only what the person sees in the other model's own list."""
        other = self.admin_site._registry.get(db_field.remote_field.model)
        if other and "queryset" not in kwargs:
            kwargs["queryset"] = other.get_queryset(request)
        if "widget" not in kwargs and db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KnownAutocompleteSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if "widget" not in kwargs and db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KnownAutocompleteSelectMultiple(
                db_field, self.admin_site, using=kwargs.get("using")
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _within(self, request: HttpRequest, obj: Any, act: str) -> bool:
        # Unfold asks about an object by its key in some places and by the object in others.
        if obj is not None and not isinstance(obj, models.Model):
            obj = self.get_object(request, str(obj))
            if obj is None:
                return False
        options = self.opts
        return obj is None or self.reaches(request, obj, f"{options.app_label}.{act}_{options.model_name}")
