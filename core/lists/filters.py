from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

WORDS, LETTERS = 5, 80


class SearchFilter(django_filters.CharFilter):
    """Every word must stand somewhere in one of the fields; a trigram index on their upper case answers it."""

    def __init__(self, *, fields: tuple[str, ...], placeholder: Any = _("Search")) -> None:
        widget = forms.TextInput(attrs={"type": "search", "placeholder": placeholder, "autocomplete": "off"})
        super().__init__(label=_("Search"), max_length=LETTERS, widget=widget)
        self.fields = fields

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        words = (value or "").split()[:WORDS]
        if not words:
            return qs
        matches = (
            reduce(or_, (Q(**{f"{field}__icontains": word}) for field in self.fields)) for word in words
        )
        return qs.filter(reduce(and_, matches))


@dataclass(frozen=True)
class Chip:
    """One filter that is set, and the parameter that taking it away empties."""

    parameter: str
    label: str
    value: str


class ListFilterSet(django_filters.FilterSet):
    """Filters of a list, all of them optional; one that makes no sense filters nothing and says so."""

    q: SearchFilter | None = None

    def chips(self) -> list[Chip]:
        if not self.form.is_bound:
            return []
        self.form.is_valid()
        return [
            Chip(name, str(self.form.fields[name].label or name), self._words(name, value))
            for name, value in self.form.cleaned_data.items()
            if value not in (None, "", [], ()) and name != "q"
        ]

    def misunderstood(self) -> list[str]:
        """Labels of the filters whose value made no sense."""
        return [
            str(self.form.fields[name].label or name) for name in self.form.errors if name in self.form.fields
        ]

    def parameters(self) -> list[tuple[str, list[str]]]:
        """What the address says about these filters, for the name under which a cursor is sealed."""
        known = sorted(set(self.form.fields) & set(self.data))
        return [
            (name, self.data.getlist(name) if hasattr(self.data, "getlist") else [self.data[name]])
            for name in known
        ]

    def _words(self, name: str, value: Any) -> str:
        field = self.form.fields[name]
        if isinstance(field, forms.ChoiceField):
            picked = value if isinstance(value, list | tuple) else [value]
            labels = {str(key): str(label) for key, label in field.widget.choices}
            return ", ".join(labels.get(str(one), str(one)) for one in picked)
        return str(value)
