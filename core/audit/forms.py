"""What a saved form changed: {field: (old, new)}."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.forms import BaseForm, BaseModelFormSet

Changes = dict[str, tuple[Any, Any]]


def form_changes(form: BaseForm, *, add: bool) -> Changes:
    """Of a bound ModelForm, after it was saved. What was added had nothing before."""
    changes = {}
    for name in form.changed_data:
        new = form.cleaned_data.get(name)
        old = None if add else _old(form, name)
        if old != new and not (add and new in (None, "", [])):
            changes[name] = (old, _as_list(new))
    return changes


def formset_changes(formsets: Iterable[BaseModelFormSet]) -> Changes:
    """Of inlines: a row's own fields, under the name of its model."""
    changes: Changes = {}
    for formset in formsets:
        assert formset.model is not None
        name = formset.model._meta.model_name or ""
        for obj, fields in getattr(formset, "changed_objects", ()):
            row = next(form for form in formset.forms if form.instance == obj)
            changes |= {
                f"{name}.{field}": pair
                for field, pair in form_changes(row, add=False).items()
                if field in fields
            }
        added = [str(obj) for obj in getattr(formset, "new_objects", ())]
        removed = [str(obj) for obj in getattr(formset, "deleted_objects", ())]
        if added or removed:
            changes[name] = (removed or None, added or None)
    return changes


def _old(form: Any, name: str) -> Any:
    """What stood there: a form remembers keys where the trail wants things."""
    old = form.get_initial_for_field(form.fields[name], name)
    related = _related_model(form, name)
    if related is None or old in (None, ""):
        return old
    if isinstance(old, list | tuple) or hasattr(old, "_iterable_class"):
        return [one if isinstance(one, Model) else _thing(related, one) for one in old]
    return old if isinstance(old, Model) else _thing(related, old)


def _related_model(form: Any, name: str) -> Any:
    try:
        return form._meta.model._meta.get_field(name).related_model
    except FieldDoesNotExist:
        return None


def _thing(model: type[Model], key: Any) -> Any:
    return model._base_manager.filter(pk=key).first() or key


def _as_list(value: Any) -> Any:
    return list(value) if hasattr(value, "_iterable_class") else value
