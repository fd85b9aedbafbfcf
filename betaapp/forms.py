"""Forms of the Beta-App. They know fields and words; what may be done is the services' to say."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from betaapp.choices import Joining
from betaapp.models import Application, Device, StoreTrial, Version
from betaapp.selectors.catalogue import versions_of, versions_offered
from core.uploads.pictures import PictureField
from organization.models import Branch, Store

UNFILLED = {"required": _("Some of the form is not filled in yet.")}
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ProgramForm(forms.Form):
    """A programme's name and days."""

    TOLD = ("name", "first_on", "last_on", "new_stores")

    name = forms.CharField(label=_("Programme"), max_length=80, error_messages=UNFILLED)
    first_on = forms.DateField(label=_("First day"), widget=day_input(), error_messages=UNFILLED)
    last_on = forms.DateField(label=_("Last day"), widget=day_input(), error_messages=UNFILLED)
    new_stores = forms.ChoiceField(
        label=_("New stores"),
        choices=Joining.choices,
        initial=Joining.STAYS_OUT,
        help_text=_("Stores that open at one of the programme's branches while it runs."),
    )
    # What the page showed before anything was typed.
    seen = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        for name, day in (("first_on", first), ("last_on", last)):
            if day and not EARLIEST <= day < LATEST:
                self.add_error(name, _now("Choose a day of this century."))
        if first and last and last < first:
            self.add_error("last_on", _now("The last day is not before the first one."))
        return cleaned

    def told(self) -> dict[str, Any]:
        """What the programme gets."""
        return {name: self.cleaned_data[name] for name in self.TOLD}


class TriedForm(forms.Form):
    """Which version of the chosen application is tried; the application itself is chosen in the yellow field."""

    application = forms.ModelChoiceField(
        label=_("Application"),
        queryset=Application.objects.none(),
        widget=forms.HiddenInput(),
        error_messages=UNFILLED | {"invalid_choice": _("Choose an application of the list.")},
    )
    version = forms.ModelChoiceField(
        label=_("Version"),
        queryset=Version.objects.none(),
        empty_label=_("Choose…"),
        error_messages=UNFILLED | {"invalid_choice": _("This version is not of this application.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Needed where the stores go back to an older version."),
    )

    def __init__(self, *args: Any, offered: Any, chosen: Application | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        application: Any = self.fields["application"]
        version: Any = self.fields["version"]
        application.queryset = offered
        if chosen:
            version.queryset = versions_of(chosen)


class ReasonForm(forms.Form):
    """Why something is ended or decided."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, error_messages=UNFILLED, widget=forms.Textarea(attrs={"rows": 2})
    )


class ConfirmVersionForm(forms.Form):
    """What somebody sees on the spot at a store."""

    version = forms.ModelChoiceField(
        label=_("Application and version"),
        queryset=Version.objects.none(),
        empty_label=_("Choose…"),
        error_messages=UNFILLED | {"invalid_choice": _("Choose a version of the list.")},
    )
    device = forms.ModelChoiceField(
        label=_("Computer"), queryset=Device.objects.none(), required=False, empty_label=_("The whole store")
    )

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version: Any = self.fields["version"]
        device: Any = self.fields["device"]
        version.queryset = versions_offered()
        version.label_from_instance = lambda one: f"{one.application.name} {one.number}"
        device.queryset = store.devices.order_by("name")


RATINGS = [
    (5, _("5 – very good")),
    (4, _("4 – good")),
    (3, _("3 – so-so")),
    (2, _("2 – bad")),
    (1, _("1 – very bad")),
]


class FeedbackForm(forms.Form):
    """What somebody at a store thinks of what the store tries; made for a thumb."""

    trial = forms.ModelChoiceField(
        label=_("Application"),
        queryset=StoreTrial.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages=UNFILLED | {"invalid_choice": _("Your store does not try this application now.")},
    )
    rating = forms.TypedChoiceField(
        label=_("How good is it?"),
        choices=RATINGS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=UNFILLED,
    )
    text = forms.CharField(
        label=_("What do you notice?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=UNFILLED,
    )
    picture = PictureField(
        label=_("Picture"),
        required=False,
        help_text=_("A photo of the screen helps."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
    )

    def __init__(self, *args: Any, trials: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        trial: Any = self.fields["trial"]
        trial.queryset = trials
        trial.label_from_instance = lambda one: f"{one.application.name} {one.version.number}"


class WaveForm(forms.Form):
    """How the programme grows: by so many of a hundred of the stores that are left, or by whole branches."""

    percent = forms.IntegerField(
        label=_("Percent of the other stores"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_("Drawn at random, spread over the branches."),
    )
    branches = forms.ModelMultipleChoiceField(
        label=_("Or all stores of these branches"),
        queryset=Branch.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["branches"]
        field.queryset = branches

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned.get("percent")) == bool(cleaned.get("branches")):
            self.add_error("percent", _now("Choose a percentage or branches, one of them."))
        return cleaned
