"""Forms of saved reports and exceptions. They know fields and words; what may be done is the services' to say."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ppob.choices import Frequency, ReportFormat, TransactionState
from ppob.forms import AgentIdField
from ppob.models import SavedReport
from ppob.report_exports import transaction_columns
from ppob.selectors.reports import receivers
from ppob.selectors.transactions import choices

LONGEST_NOTE = 200
FILTERS = ("biller", "product", "state", "agent")
SCHEDULE = ("frequency", "hour", "is_active")


class CloseExceptionForm(forms.Form):
    note = forms.CharField(
        label=_("How it was settled"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "For whoever reads it in a year: paid, taken from the next top-up, or written off, and by whom."
        ),
    )


class SavedReportForm(forms.Form):
    """The filter is kept as the list's own address parameters; days come with the rhythm."""

    name = forms.CharField(label=_("Name"), max_length=80)
    biller = forms.ChoiceField(label=_("Biller"), required=False)
    product = forms.ChoiceField(label=_("Product"), required=False)
    state = forms.ChoiceField(
        label=_("Status"), required=False, choices=(("", _("Every status")), *TransactionState.choices)
    )
    agent = AgentIdField(
        label=_("User ID"), required=False, max_length=20, help_text=_("Of one agent alone; empty for all.")
    )
    columns = forms.MultipleChoiceField(
        label=_("Columns"), widget=forms.CheckboxSelectMultiple, help_text=_("In the order of the report.")
    )
    file_format = forms.ChoiceField(
        label=_("Format"), choices=ReportFormat.choices, initial=ReportFormat.XLSX
    )
    frequency = forms.ChoiceField(
        label=_("Made"),
        choices=Frequency.choices,
        help_text=_(
            "Each day: of yesterday. Each week, on Monday: of the seven days before. Each month: of the last one."
        ),
    )
    hour = forms.IntegerField(label=_("At (hour, WIB)"), min_value=0, max_value=23, initial=6)
    recipients: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label=_("Also for"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each gets a file of their own among their jobs, and a notification. You get it anyway."),
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)
    sections = (
        (_("What"), ("name", *FILTERS)),
        (_("File"), ("file_format", "columns")),
        (_("When and for whom"), (*SCHEDULE, "recipients")),
    )

    def __init__(self, *args: Any, owner: Any, instance: SavedReport | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        billers, products = choices()
        fields["biller"].choices = [("", _("Every biller")), *((str(pk), name) for pk, name in billers)]
        fields["product"].choices = [("", _("Every product")), *((str(pk), name) for pk, name in products)]
        fields["recipients"].queryset = receivers().exclude(pk=owner.pk)
        fields["recipients"].label_from_instance = lambda person: f"{person.name} ({person.nik})"
        columns = transaction_columns(owner)
        fields["columns"].choices = [(column.name, column.label) for column in columns]
        fields["columns"].initial = [column.name for column in columns if column.on_paper]
        if instance is not None:
            self.initial = {**_values_of(instance), **self.initial}

    def groups(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        for title, names in self.sections:
            yield title, [self[name] for name in names]

    @property
    def values(self) -> dict[str, Any]:
        """What the model keeps, without the recipients."""
        told = self.cleaned_data
        query = QueryDict(mutable=True)
        for name in FILTERS:
            if told[name]:
                query[name] = told[name]
        plain = {name: told[name] for name in ("name", "columns", "file_format", *SCHEDULE)}
        return {**plain, "query": query.urlencode()}


def _values_of(report: SavedReport) -> dict[str, Any]:
    query = QueryDict(report.query)
    plain = {name: getattr(report, name) for name in ("name", "columns", "file_format", *SCHEDULE)}
    chosen = {name: query.get(name, "") for name in FILTERS}
    return {**plain, **chosen, "recipients": list(report.recipients.all())}
