"""What the page "Beta-app Store" sends: ticks of a branch, boxes of branches, or a list of codes. Each says which stores
it spoke of and which of them shall take part."""

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from betaapp.proposals import packed, unpacked
from betaapp.selectors.stores import MOST_CODES
from core.uploads.exceptions import UploadRefused
from core.uploads.limits import limit
from core.uploads.texts import check_text

CODE = re.compile(r"[^\s,;|]+")
LONGEST_CODE = 12
HEADINGS = {"code", "kode", "toko", "store"}


class KeysField(forms.CharField):
    """Keys of stores as `packed` writes them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=400_000, required=False, widget=forms.HiddenInput(), **kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return unpacked(super().to_python(value) or "")
        except ValueError:
            raise forms.ValidationError(_now("The list of stores could not be read.")) from None

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else packed(value or ())


class RevisionForm(forms.Form):
    """Of which save of the stores the page knew."""

    revision = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput())


class TicksForm(RevisionForm):
    """One branch's checkboxes. With JavaScript all of them come in one field, `ticked`; without it each is `store`."""

    branch = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput())
    ticked = KeysField()
    is_packed = forms.BooleanField(required=False, widget=forms.HiddenInput())

    def wanted(self) -> set[int]:
        if self.cleaned_data["is_packed"]:
            keys: set[int] = self.cleaned_data["ticked"]
            return keys
        sent = self.data.getlist("store") if hasattr(self.data, "getlist") else []
        return {int(text) for text in sent if text.isascii() and text.isdigit() and len(text) < 16}


class BoxesForm(RevisionForm):
    """The branches' boxes: `whole` are ticked, `empty` were unticked from "some"."""

    whole = KeysField()
    empty = KeysField()

    def chosen(self, name: str) -> set[int]:
        sent = self.data.getlist(f"{name}_branch") if hasattr(self.data, "getlist") else []
        boxes = {int(text) for text in sent if text.isascii() and text.isdigit() and len(text) < 16}
        keys: set[int] = self.cleaned_data[name]
        return keys | boxes


class ConfirmForm(RevisionForm):
    """The difference that was shown, as it will be saved."""

    add = KeysField()
    remove = KeysField()
    branch = forms.IntegerField(
        min_value=1, max_value=2_000_000_000, required=False, widget=forms.HiddenInput()
    )
    # What was filled in, for whoever says "Batal" and goes on with it.
    whole = KeysField()
    empty = KeysField()
    codes = forms.CharField(max_length=300_000, required=False, widget=forms.HiddenInput())
    how = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput())

    def kept(self) -> dict[str, str]:
        """Those fields as they were sent."""
        return {name: self.data.get(name, "") for name in ("whole", "empty", "codes", "how")}


@dataclass(frozen=True)
class Listing:
    codes: list[str]


class CodesForm(RevisionForm):
    """Codes that were pasted, and those of a file: one a line, or the first column of a CSV."""

    codes = forms.CharField(
        label=_("Codes of stores"),
        required=False,
        max_length=300_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("Pasted from a sheet or a message: a space, a comma or a new line between them."),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        help_text=_("CSV or text, the codes in the first column."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    how = forms.ChoiceField(
        label=_("These stores"),
        choices=(
            ("add", _("join")),
            ("remove", _("leave")),
            ("exactly", _("are all that take part; every other one leaves")),
        ),
        initial="add",
    )

    def clean_file(self) -> list[str]:
        file = self.cleaned_data["file"]
        if not file:
            return []
        if file.size > limit("table_bytes") // 10:
            raise forms.ValidationError(
                _now("The file is too large: at most %(mb)d MB.") % {"mb": limit("table_bytes") // 10_000_000}
            )
        try:
            check_text(file)
            file.seek(0)
            text = file.read().decode("utf-8-sig")
        except UploadRefused as refused:
            raise forms.ValidationError(str(refused)) from refused
        except UnicodeDecodeError:
            raise forms.ValidationError(_now("The file is no text. Save it as “CSV UTF-8”.")) from None
        return first_column(text)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        typed = CODE.findall(cleaned.get("codes", ""))
        codes = list(dict.fromkeys(code.upper() for code in [*typed, *cleaned.get("file", [])]))
        if not codes:
            self.add_error("codes", _now("Some of the form is not filled in yet."))
        elif len(codes) > MOST_CODES:
            self.add_error("codes", _now("At most %(n)d codes at once.") % {"n": MOST_CODES})
        self.listing = Listing(codes)
        return cleaned


def first_column(text: str) -> list[str]:
    """The first cell of each line, without a heading."""
    dialect = max(";,\t", key=text[:2000].count)
    try:
        rows = [row[0].strip() for row in csv.reader(io.StringIO(text), delimiter=dialect) if row]
    except csv.Error:
        rows = [line.split(dialect)[0].strip() for line in text.splitlines()]
    return [
        cell for number, cell in enumerate(rows) if cell and not (number == 0 and cell.lower() in HEADINGS)
    ]
