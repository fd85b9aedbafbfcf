import django_filters
from django.utils.translation import gettext_lazy as _

from core.lists import ListFilterSet, SearchFilter
from core.models import Job
from core.models.jobs import JobState


class JobFilter(ListFilterSet):
    """Over one person's jobs, which are few."""

    q = SearchFilter(fields=("title", "result_name"), placeholder=_("Search title or file"))
    state = django_filters.ChoiceFilter(
        label=_("State"), empty_label=_("Every state"), choices=JobState.choices
    )

    class Meta:
        model = Job
        fields: list[str] = []
