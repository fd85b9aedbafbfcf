from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.lists import ListFilterSet, SearchFilter
from monitoring.choices import MachineKind, Status
from monitoring.models import Machine
from organization.models import Division


class MachineFilter(ListFilterSet):
    q = SearchFilter(fields=("name", "purpose"), placeholder=_("Name or use"))
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=Status.choices, empty_label=_("Every status"), method="of_status"
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=MachineKind.choices, empty_label=_("Every kind")
    )
    division = django_filters.ModelChoiceFilter(
        label=_("Division"),
        queryset=Division.objects.filter(machines__isnull=False).distinct(),
        empty_label=_("Every division"),
        field_name="divisions",
    )

    class Meta:
        model = Machine
        fields: list[str] = []

    def of_status(self, machines: QuerySet[Machine], name: str, value: Any) -> QuerySet[Machine]:
        """A machine that was never polled has no state, and no data."""
        wanted = Q(state__status=value)
        return machines.filter(wanted | Q(state=None) if value == Status.NO_DATA else wanted)
