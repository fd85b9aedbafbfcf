"""What people type about billers' days. What may be done is the services' to say."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ppob.choices import LARGEST, DayState
from ppob.money_forms import RupiahField

DAYS_SHOWN = (4, 7, 14, 31)


class BoardForm(forms.Form):
    """What the morning board is narrowed by. What makes no sense narrows nothing."""

    biller = forms.ChoiceField(label=_("Biller"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=(("", _("Every state")), ("waiting", _("Whatever waits")), *DayState.choices)
    )  # fmt: skip
    days = forms.ChoiceField(
        label=_("Days"),
        required=False,
        # Asked for each form: a lazy text with a number in it is not lazy any more.
        choices=lambda: [
            ("" if n == DAYS_SHOWN[0] else str(n), ngettext("%(n)d day", "%(n)d days", n) % {"n": n})
            for n in DAYS_SHOWN
        ],
    )

    def __init__(self, *args: Any, billers: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = sorted({(one.name, str(one.pk)) for one in billers})
        self.fields["biller"].choices = [  # type: ignore[attr-defined]
            ("", _("Every biller")),
            *((key, name) for name, key in offered),
        ]

    @staticmethod
    def days_of(text: str) -> int:
        """How many days an address asks for; what is offered, or the fewest."""
        return next((n for n in DAYS_SHOWN if str(n) == text), DAYS_SHOWN[0])

    @property
    def wanted(self) -> dict[str, Any]:
        """biller (a key or None) and state ("" for each)."""
        self.is_valid()
        told = self.cleaned_data
        return {"biller": int(told.get("biller") or 0) or None, "state": told.get("state") or ""}

    @property
    def misunderstood(self) -> list[str]:
        return [str(self.fields[name].label) for name in self.errors if name in self.fields]


class SayForm(forms.Form):
    """What one says about a difference, whichever button is pressed then. `text` is kept as it is typed when refused."""

    text = forms.CharField(
        label=_("What happened"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 400}),
        error_messages={"required": _("Say why.")},
    )


class AdjustForm(SayForm):
    """Why, and by how much our book at the biller is corrected."""

    amount = RupiahField(
        label=_("Adjustment"),
        help_text=_("Rupiah by which our book at the biller changes; with a minus it falls."),
        at_least=-LARGEST,
        at_most=LARGEST,
    )

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if not amount:
            raise ValidationError(_("An adjustment of nothing changes nothing."))
        return amount


class OwnerForm(forms.Form):
    """Who sees to it; empty: nobody."""

    owner = forms.ChoiceField(label=_("Owner"), required=False)

    def __init__(self, *args: Any, people: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody")),
            *((key, one.name) for key, one in self.people.items()),
        ]

    def clean(self) -> dict[str, Any]:
        """Nobody is somebody's choice too: what says nothing of an owner takes none away."""
        if "owner" not in self.data:
            raise ValidationError(_("Choose somebody who sees to differences."))
        return super().clean() or {}

    @property
    def picked(self) -> Any:
        """An Employee or None."""
        return self.people.get(self.cleaned_data["owner"])
