from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from organization.login.exceptions import TrivialPin, UnknownNik
from organization.pins import PIN_LENGTH, is_trivial

_six_digits = RegexValidator(rf"\A[0-9]{{{PIN_LENGTH}}}\Z", _("A PIN is six digits."))


class NikForm(forms.Form):
    nik = forms.CharField(
        label="NIK",
        max_length=40,
        error_messages={"required": _("Type your NIK.")},
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "username",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )

    def clean_nik(self) -> str:
        """Spaces and dots as people write them are no part of it; what cannot be a NIK is not registered."""
        nik = self.cleaned_data["nik"].replace(" ", "").replace(".", "")
        if not (nik.isascii() and nik.isdigit() and 5 <= len(nik) <= 16):
            raise forms.ValidationError(str(UnknownNik()))
        return nik


class _PinField(forms.CharField):
    """Six digits, never shown again in a page."""

    def __init__(self, autocomplete: str, *, is_focused: bool = False, **kwargs: Any) -> None:
        attributes = {
            "inputmode": "numeric",
            "autocomplete": autocomplete,
            "maxlength": PIN_LENGTH,
            "pattern": f"[0-9]{{{PIN_LENGTH}}}",
            "class": "pin-input",
        }
        super().__init__(
            strip=True,
            validators=[_six_digits],
            error_messages={"required": _("Type your PIN.")},
            widget=forms.PasswordInput(attrs=attributes | ({"autofocus": True} if is_focused else {})),
            **kwargs,
        )


class PinForm(forms.Form):
    pin = _PinField("current-password", is_focused=True, label="PIN")


FRESH_PIN = "fresh_pin"


class FreshPinForm(forms.Form):
    """The PIN once more, among what another form posted: the field's name is nobody else's."""

    fresh_pin = _PinField("current-password", is_focused=True, label="PIN")


class NewPinForm(forms.Form):
    new_pin = _PinField("new-password", is_focused=True, label=_("New PIN"))
    repeated_pin = _PinField("new-password", label=_("New PIN once more"))

    def __init__(self, *args: Any, nik: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nik = nik

    def clean_new_pin(self) -> str:
        pin = self.cleaned_data["new_pin"]
        if is_trivial(pin, self.nik):
            raise forms.ValidationError(str(TrivialPin()))
        return pin

    def clean_repeated_pin(self) -> str:
        pin = self.cleaned_data["repeated_pin"]
        if self.cleaned_data.get("new_pin", pin) != pin:
            raise forms.ValidationError(_("The two PINs differ."))
        return pin


class ChangePinForm(NewPinForm):
    """By one's own choice: a session left open is not enough."""

    current_pin = _PinField("current-password", is_focused=True, label=_("Current PIN"))
    field_order = ("current_pin", "new_pin", "repeated_pin")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_pin"].widget.attrs.pop("autofocus", None)
