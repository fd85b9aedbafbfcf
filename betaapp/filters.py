from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from betaapp.choices import Known, ProgramState
from betaapp.models import Application, BetaProgram, Drift, Feedback
from betaapp.selectors.versions import of_known
from core.lists import ListFilterSet, SearchFilter
from organization.filters import PlacesFilterSet
from organization.models import Store


class ProgramFilter(ListFilterSet):
    q = SearchFilter(fields=("name",), placeholder=_("Name of the programme"))
    state = django_filters.ChoiceFilter(
        label=_("State"), empty_label=_("Every state"), choices=ProgramState.choices
    )

    class Meta:
        model = BetaProgram
        fields: list[str] = []


class StoreVersionFilter(PlacesFilterSet):
    permission = "betaapp.view_installedversion"

    q = SearchFilter(fields=("code", "name", "city"), placeholder=_("Code, name or city"))
    branch = django_filters.ChoiceFilter(label=_("Branch"), empty_label=_("All branches"))
    known = django_filters.ChoiceFilter(
        label=_("What is known"),
        empty_label=_("Whatever is known"),
        choices=Known.choices,
        method="filter_known",
    )

    class Meta:
        model = Store
        fields: list[str] = []

    def filter_known(self, queryset: QuerySet[Store], name: str, value: str) -> QuerySet[Store]:
        return of_known(queryset, Known(value))


class DriftFilter(PlacesFilterSet):
    permission = "betaapp.view_installedversion"

    branch = django_filters.ChoiceFilter(
        label=_("Branch"), empty_label=_("All branches"), field_name="store__branch"
    )
    application = django_filters.ChoiceFilter(label=_("Application"), empty_label=_("Every application"))
    tried = django_filters.ChoiceFilter(
        label=_("Trial"),
        empty_label=_("On trial or not"),
        choices=(("yes", _("On trial")), ("no", _("Should be stable"))),
        method="filter_tried",
    )

    class Meta:
        model = Drift
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = Application.objects.order_by("name").values_list("pk", "name")
        self.filters["application"].extra["choices"] = list(named)

    def filter_tried(self, queryset: QuerySet[Drift], name: str, value: str) -> QuerySet[Drift]:
        return queryset.filter(program__isnull=value == "no")


class FeedbackFilter(ListFilterSet):
    q = SearchFilter(fields=("text",), placeholder=_("Words of the feedback"))
    program = django_filters.ChoiceFilter(label=_("Programme"), empty_label=_("Every programme"))
    rating = django_filters.ChoiceFilter(
        label=_("Rating"), empty_label=_("Every rating"), choices=[(n, str(n)) for n in range(5, 0, -1)]
    )

    class Meta:
        model = Feedback
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = self.queryset.order_by().values("program")
        named = BetaProgram.objects.filter(pk__in=seen).order_by("-first_on", "-pk").values_list("pk", "name")
        self.filters["program"].extra["choices"] = list(named[:100])
