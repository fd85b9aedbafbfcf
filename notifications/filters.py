from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.lists import ListFilterSet
from notifications.kinds import groups_for, kinds_in
from notifications.models import Notification


class InboxFilter(ListFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        empty_label=_("Read and unread"),
        choices=(("unread", _("Unread")), ("read", _("Read"))),
        method="filter_state",
    )
    group = django_filters.ChoiceFilter(
        label=_("About"),
        empty_label=_("About everything"),
        method="filter_group",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(group.name, group.label) for group in groups_for(self.request.user)]
        self.filters["group"].extra["choices"] = choices

    class Meta:
        model = Notification
        fields: list[str] = []

    def filter_state(self, queryset: QuerySet[Notification], name: str, value: str) -> QuerySet[Notification]:
        return queryset.filter(read_at__isnull=value == "unread")

    def filter_group(self, queryset: QuerySet[Notification], name: str, value: str) -> QuerySet[Notification]:
        return queryset.filter(kind__in=[kind.name for kind in kinds_in(value)])
