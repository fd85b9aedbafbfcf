from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.lists import ListFilterSet, SearchFilter
from ppob.choices import DifferenceKind, DifferenceState
from ppob.models import Biller, Difference
from ppob.selectors.differences import AGES, UNSETTLED
from ppob.selectors.topups import billers

MORE_STATES = (("unsettled", _("To settle")), ("proposed", _("Waits for approval")))
WHOSE = (
    ("me", pgettext_lazy("difference", "Mine")),
    ("nobody", pgettext_lazy("difference", "Nobody's")),
    ("others", pgettext_lazy("difference", "Somebody else's")),
)


class DifferenceFilter(ListFilterSet):
    """Differences of one day."""

    q = SearchFilter(fields=("noref", "customer_id"), placeholder=_("Noref or customer"))
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), empty_label=_("Every kind"), choices=DifferenceKind.choices
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        empty_label=_("Every state"),
        choices=(*MORE_STATES, *DifferenceState.choices),
        method="filter_state",
    )
    owner = django_filters.ChoiceFilter(
        label=_("Owner"), empty_label=_("Whoever's"), choices=WHOSE, method="filter_owner"
    )

    class Meta:
        model = Difference
        fields: list[str] = []

    def filter_state(self, queryset: QuerySet[Difference], name: str, value: str) -> QuerySet[Difference]:
        if value == "unsettled":
            return queryset.filter(state__in=UNSETTLED)
        if value == "proposed":
            return queryset.filter(proposed_by__isnull=False).exclude(state=DifferenceState.ADJUSTED)
        return queryset.filter(state=value)

    def filter_owner(self, queryset: QuerySet[Difference], name: str, value: str) -> QuerySet[Difference]:
        me = self.request.user.pk
        if value == "me":
            return queryset.filter(owner=me)
        if value == "nobody":
            return queryset.filter(owner__isnull=True)
        return queryset.filter(owner__isnull=False).exclude(owner=me)


class UnsettledFilter(DifferenceFilter):
    """What is unsettled, of all days: by biller and age as well."""

    biller = django_filters.ChoiceFilter(
        label=_("Biller"), empty_label=_("Every biller"), field_name="biller_id"
    )
    age = django_filters.ChoiceFilter(
        label=_("Age"),
        empty_label=_("Every age"),
        choices=[(key, label) for key, label, _least, _most in AGES],
        method="filter_age",
    )

    class Meta:
        model = Difference
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["biller"].extra["choices"] = [(one.pk, one.name) for one in billers()]
        self.filters["state"].extra["choices"] = (
            MORE_STATES[1],
            *((state.value, state.label) for state in (*UNSETTLED, DifferenceState.CARRIED)),
        )

    def filter_age(self, queryset: QuerySet[Difference], name: str, value: str) -> QuerySet[Difference]:
        _key, _label, least, most = next(band for band in AGES if band[0] == value)
        today = timezone.localdate()
        rows = queryset.filter(business_on__lte=today - timedelta(days=least))
        return rows if most is None else rows.filter(business_on__gte=today - timedelta(days=most))


class ProfileFilter(ListFilterSet):
    """Billers by how their files are read."""

    q = SearchFilter(fields=("code", "name"), placeholder=_("Code or name"))
    profile = django_filters.ChoiceFilter(
        label=_("Profile"),
        empty_label=_("With and without profile"),
        choices=(("yes", _("With a profile")), ("no", _("Without a profile"))),
        method="filter_profile",
    )

    class Meta:
        model = Biller
        fields: list[str] = []

    def filter_profile(self, queryset: QuerySet[Biller], name: str, value: str) -> QuerySet[Biller]:
        return queryset.filter(settlement_profile__isnull=value == "no")
