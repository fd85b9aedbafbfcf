from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.lists import ListFilterSet, SearchFilter
from ppob.choices import AccountKind, RedemptionState, TopUpState, TransferKind
from ppob.models import Account, BankLine, LedgerDay, Redemption, TopUp
from ppob.periods import FIRST_DAY, LAST_DAY
from ppob.selectors.topups import billers

DAY = {"type": "date"}
FOR = (("agent", _("Agent's balance")), ("biller", _("Deposit at biller")))


def day_filter(label: Any) -> django_filters.DateFilter:
    return django_filters.DateFilter(label=label, method="filter_day", widget=forms.DateInput(DAY))


class BillerBalanceFilter(ListFilterSet):
    q = SearchFilter(fields=("biller__code", "biller__name"), placeholder=_("Code or name"))
    kind = django_filters.ChoiceFilter(
        label=_("Settlement"),
        empty_label=_("Every settlement"),
        choices=(
            (AccountKind.BILLER_DEPOSIT.value, _("Prefunded (deposit)")),
            (AccountKind.BILLER_PAYABLE.value, _("Settled by transfer")),
        ),
    )

    class Meta:
        model = Account
        fields: list[str] = []


class AccountFilter(ListFilterSet):
    q = SearchFilter(fields=("code",), placeholder=_("Agent id or account code"))
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), empty_label=_("Every kind"), choices=AccountKind.choices
    )

    class Meta:
        model = Account
        fields: list[str] = []


class StatementFilter(ListFilterSet):
    """The period is the view's: by it the stretch of movements is found before anything is filtered."""

    since = day_filter(_("From day"))
    until = day_filter(_("To day"))
    kind = django_filters.ChoiceFilter(
        label=_("Kind"),
        empty_label=_("Every kind"),
        field_name="transfer__kind",
        choices=TransferKind.choices,
    )
    direction = django_filters.ChoiceFilter(
        label=_("Direction"),
        empty_label=_("Both directions"),
        choices=(("up", _("Increases")), ("down", _("Decreases"))),
        method="filter_direction",
    )

    class Meta:
        model = Account
        fields: list[str] = []

    def filter_day(self, queryset: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return queryset

    def filter_direction(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        rows = queryset.alias(raised=F("amount") * F("account__sign"))
        return rows.filter(Q(raised__gt=0) if value == "up" else Q(raised__lt=0))


class TopUpFilter(ListFilterSet):
    q = SearchFilter(fields=("reference",), placeholder=_("Reference"))
    state = django_filters.ChoiceFilter(
        label=_("State"), empty_label=_("Every state"), choices=TopUpState.choices
    )
    to = django_filters.ChoiceFilter(
        label=pgettext_lazy("top-up", "For"),
        empty_label=_("Agents and billers"),
        choices=FOR,
        method="filter_to",
    )
    biller = django_filters.ChoiceFilter(label=_("Biller"), empty_label=_("Every biller"))
    since = day_filter(_("From day"))
    until = day_filter(_("To day"))

    class Meta:
        model = TopUp
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["biller"].extra["choices"] = [(one.pk, str(one)) for one in billers()]

    def filter_to(self, queryset: QuerySet[TopUp], name: str, value: str) -> QuerySet[TopUp]:
        return queryset.filter(agent__isnull=value != "agent")

    def filter_day(self, queryset: QuerySet[TopUp], name: str, value: date) -> QuerySet[TopUp]:
        if name == "since":
            return queryset.filter(asked_at__gte=_midnight(value))
        return queryset.filter(asked_at__lt=_midnight(min(value, LAST_DAY) + timedelta(days=1)))


class BankLineFilter(ListFilterSet):
    free = django_filters.ChoiceFilter(
        label=_("Top-up"),
        empty_label=_("With and without top-up"),
        choices=(("yes", _("Without top-up")), ("no", _("With top-up"))),
        method="filter_free",
    )
    since = day_filter(_("From day"))
    until = day_filter(_("To day"))

    class Meta:
        model = BankLine
        fields: list[str] = []

    def filter_free(self, queryset: QuerySet[BankLine], name: str, value: str) -> QuerySet[BankLine]:
        return queryset.filter(topup__isnull=value == "yes")

    def filter_day(self, queryset: QuerySet[BankLine], name: str, value: date) -> QuerySet[BankLine]:
        day = min(max(value, FIRST_DAY), LAST_DAY)
        return queryset.filter(**{"booked_on__gte" if name == "since" else "booked_on__lte": day})


class RedemptionFilter(ListFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), empty_label=_("Every state"), choices=RedemptionState.choices
    )

    class Meta:
        model = Redemption
        fields: list[str] = []


class LedgerDayFilter(ListFilterSet):
    since = day_filter(_("From day"))
    until = day_filter(_("To day"))

    class Meta:
        model = LedgerDay
        fields: list[str] = []

    def filter_day(self, queryset: QuerySet[LedgerDay], name: str, value: date) -> QuerySet[LedgerDay]:
        day = min(max(value, FIRST_DAY), LAST_DAY)
        return queryset.filter(**{"day__gte" if name == "since" else "day__lte": day})


def _midnight(day: date) -> datetime:
    """As the reader's clock has it."""
    return timezone.make_aware(datetime.combine(min(max(day, FIRST_DAY), LAST_DAY), time.min))
