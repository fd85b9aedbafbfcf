"""How a biller's file is read, as a person types it: places of values by number, name or span, forms of dates by example."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ppob.choices import FileForm
from ppob.models import SettlementProfile
from ppob.reconciliation.raw import ENCODINGS
from ppob.settlement_places import TRAILER, VALUES, NoPlace, read_place, write_place

WEEKDAYS = (
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")), (5, _("Saturday")),
    (6, _("Sunday")),
)  # fmt: skip
SEPARATORS = (
    ("", _("None")),
    (",", _("Comma ,")),
    (";", _("Semicolon ;")),
    ("|", _("Bar |")),
    ("\t", _("Tab")),
    ("^", "^"),
)
# A day and a time on which every form of a date says something of its own.
_SAMPLE = datetime(2026, 11, 28, 13, 45, 56)  # noqa: DTZ001  a form is tried, no moment is meant
MOST_HEADERS = 20


class SettlementProfileForm(forms.ModelForm):
    """One form for a new profile and for another word in an old one. `columns` and `trailer` are typed place by place."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=[(name, name) for name in ENCODINGS])
    delimiter = forms.ChoiceField(label=_("Separator"), choices=SEPARATORS, required=False)
    header_lines = forms.IntegerField(label=_("Header lines"), min_value=0, max_value=MOST_HEADERS)
    closed_weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays without settlement"), choices=WEEKDAYS, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    trailer_starts = forms.CharField(
        label=_("The trailer begins with"), required=False, max_length=20, strip=True,
        help_text=_("Its first cell, or its first characters. Empty: there is no trailer."),
    )  # fmt: skip

    class Meta:
        model = SettlementProfile
        fields = (
            "form", "inner_form", "encoding", "delimiter", "header_lines", "date_form", "time_form", "time_zone",
            "number_form", "amount_means", "line_rule", "success_words", "failure_words", "cut_off_margin", "runs_at",
            "due_at", "closed_weekdays", "holidays", "is_active",
        )  # fmt: skip
        help_texts = {
            "date_form": _("%d/%m/%Y reads 28/11/2026, %Y%m%d reads 20261128."),
            "time_form": _("%H:%M:%S reads 13:45:56, %H%M reads 1345. Empty where the date holds the time."),
            "success_words": _("With commas between, as the file writes them: SUCCESS, 00."),
            "failure_words": _("With commas between. A word that stands in neither list is a rejected line."),
            "holidays": _("With commas between, such as 2026-12-25."),
            "cut_off_margin": _("What falls so near the cut-off may stand in the next day's file."),
        }
        widgets = {
            "runs_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "due_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        profile: SettlementProfile = self.instance
        columns, trailer = profile.columns or {}, profile.trailer or {}
        for name, label, needed in VALUES:
            self.fields[f"at_{name}"] = _place_field(label, columns.get(name), needed=needed)
        for name, label in TRAILER:
            self.fields[f"trailer_{name}"] = _place_field(label, trailer.get(name), needed=False)
        self.initial["trailer_starts"] = trailer.get("starts", "")

    def groups(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        for title, names in (
            (_("The file"), ("form", "inner_form", "encoding", "delimiter", "header_lines")),
            (_("Where each value stands"), tuple(f"at_{name}" for name, *_rest in VALUES)),
            (_("How values are written"), ("date_form", "time_form", "time_zone", "number_form", "success_words", "failure_words")),
            (_("What it means"), ("amount_means", "line_rule", "cut_off_margin")),
            (_("Trailer"), ("trailer_starts", *(f"trailer_{name}" for name, _label in TRAILER))),
            (_("When it is settled"), ("runs_at", "due_at", "closed_weekdays", "holidays", "is_active")),
        ):  # fmt: skip
            yield title, [self[name] for name in names]

    def clean_date_form(self) -> str:
        return _tried(self.cleaned_data["date_form"], needs="%d")

    def clean_time_form(self) -> str:
        return _tried(self.cleaned_data["time_form"], needs="")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        form, inner = cleaned.get("form", ""), cleaned.get("inner_form", "")
        if form == FileForm.ZIP and inner in ("", FileForm.ZIP):
            self.add_error("inner_form", _("Say what is inside the ZIP."))
        elif form != FileForm.ZIP:
            cleaned["inner_form"] = inner = ""
        is_fixed = FileForm.FIXED in (form, inner)
        self.instance.columns = self._places("at_", [name for name, *_rest in VALUES], cleaned, is_fixed)
        trailer = self._places("trailer_", [name for name, _label in TRAILER], cleaned, is_fixed)
        if starts := cleaned.get("trailer_starts", ""):
            trailer = {"starts": starts, **trailer}
        elif trailer:
            self.add_error("trailer_starts", _("Say by what one knows the trailer."))
        if any(isinstance(place, str) for name, place in trailer.items() if name != "starts"):
            self.add_error("trailer_starts", _("Columns of the trailer are numbers: it has no header."))
        self.instance.trailer = trailer
        if not cleaned.get("at_time") and not _has_time(cleaned.get("date_form", "")):
            self.add_error(
                "at_time", _("The file needs a time: in a column of its own, or within the date's form.")
            )
        both = set(cleaned.get("success_words") or []) & set(cleaned.get("failure_words") or [])
        if both:
            self.add_error(
                "failure_words", _now("In both lists: %(words)s.") % {"words": ", ".join(sorted(both))}
            )
        return cleaned

    def _places(
        self, prefix: str, names: list[str], cleaned: dict[str, Any], is_fixed: bool
    ) -> dict[str, Any]:
        places: dict[str, Any] = {}
        for name in names:
            text = cleaned.get(f"{prefix}{name}", "")
            if not text:
                continue
            try:
                places[name] = read_place(text, is_fixed=is_fixed)
            except NoPlace as wrong:
                self.add_error(f"{prefix}{name}", str(wrong))
        if not self.cleaned_data.get("header_lines") and any(
            isinstance(place, str) for place in places.values()
        ):
            self.add_error("header_lines", _("Columns are named, so the file has to have a header line."))
        return places

    def _post_clean(self) -> None:
        """The values go into the profile; the service checks the whole, and two checks would tell of everything twice."""
        for name in self.Meta.fields:
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])


def _place_field(label: Any, place: Any, *, needed: bool) -> forms.CharField:
    return forms.CharField(
        label=label, required=needed, max_length=60, initial=write_place(place),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


def _tried(form: str, *, needs: str) -> str:
    """A form that reads what it writes. Raises ValidationError."""
    try:
        said = datetime.strptime(_SAMPLE.strftime(form), form)  # noqa: DTZ007  a form is tried
    except ValueError:
        raise ValidationError(_("This is no form that can be read back.")) from None
    if needs and said.date() != _SAMPLE.date():
        raise ValidationError(_("Day, month and year have to stand in it."))
    return form


def _has_time(form: str) -> bool:
    return any(code in form for code in ("%H", "%I", "%X", "%c"))
