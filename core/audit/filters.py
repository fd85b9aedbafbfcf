from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.audit.kinds import audited_models
from core.audit.selectors import people_called
from core.audit.words import acts
from core.lists import ListFilterSet, SearchFilter
from core.models.audit import AuditEntry, Via

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)


def _kinds() -> list[tuple[str, Any]]:
    return [(kind, capfirst(model._meta.verbose_name)) for kind, model in audited_models().items()]


def _acts() -> list[tuple[str, str]]:
    return sorted(((act, str(words)) for act, words in acts().items()), key=lambda pair: pair[1])


class PersonFilter(SearchFilter):
    """The search of this list: who did it."""

    def __init__(self) -> None:
        super().__init__(fields=(), placeholder=_("Done by: NIK or name"))

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        return qs.filter(actor__in=people_called(value)) if (value or "").strip() else qs


class AuditFilter(ListFilterSet):
    """Each filter has its index on (column, at, id)."""

    q = PersonFilter()
    act = django_filters.ChoiceFilter(label=_("Act"), empty_label=_("Every act"), choices=_acts)
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), empty_label=_("Every kind"), field_name="object_kind", choices=_kinds
    )
    via = django_filters.ChoiceFilter(label=_("Through"), empty_label=_("Every way"), choices=Via.choices)
    since = django_filters.DateFilter(
        label=_("From day"), method="filter_since", widget=forms.DateInput({"type": "date"})
    )
    until = django_filters.DateFilter(
        label=_("To day"), method="filter_until", widget=forms.DateInput({"type": "date"})
    )

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def filter_since(self, queryset: QuerySet[AuditEntry], name: str, value: Any) -> QuerySet[AuditEntry]:
        return queryset.filter(at__gte=_midnight(value))

    def filter_until(self, queryset: QuerySet[AuditEntry], name: str, value: Any) -> QuerySet[AuditEntry]:
        """The day itself included."""
        return queryset.filter(at__lt=_midnight(min(value, LAST_DAY) + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    """As the reader's clock has it. A day beyond all entries stands for the last that a clock can tell in any zone."""
    return timezone.make_aware(datetime.combine(min(max(day, FIRST_DAY), LAST_DAY), time.min))
