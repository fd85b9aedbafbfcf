from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ppob.choices import LARGEST
from ppob.models import Agent, Reward, TopUp
from ppob.selectors.redemptions import rewards_on_offer
from ppob.selectors.topups import billers

BIGGEST_FIGURE = 10**17


class RupiahField(forms.IntegerField):
    """Whole Rupiah, typed with or without the points between thousands."""

    def __init__(self, *, at_least: int = 1, at_most: int = LARGEST, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(widget=widget, **options)
        self.validators += [MinValueValidator(at_least), MaxValueValidator(at_most)]

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = value.strip().replace("\u00a0", "").replace(" ", "")
            value = value.removeprefix("Rp").removeprefix("rp").replace(".", "").replace("\u2212", "-")
            if len(value) > 24:
                value = "x"  # no amount; and Python refuses to make a number of thousands of digits
        return super().to_python(value)


class FigureForm(forms.Form):
    """What somebody read at the biller."""

    amount = RupiahField(
        label=_("Biller's figure"),
        help_text=_("The balance as the biller shows it, in Rupiah."),
        at_least=-BIGGEST_FIGURE,
        at_most=BIGGEST_FIGURE,
    )
    at = forms.DateTimeField(
        label=_("As of"),
        help_text=_("When the biller showed it. Our book is compared as it was at this moment."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("at", timezone.localtime().replace(second=0, microsecond=0))


class TopUpForm(forms.ModelForm):
    """For an agent, found by its number, or for a biller."""

    agent_number = forms.CharField(
        label=_("Agent id"),
        required=False,
        max_length=15,
        help_text=_("The agent's number; leave it empty for a biller."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    amount = RupiahField(label=_("Amount"))
    field_order = ("agent_number", "biller", "amount", "reference")

    class Meta:
        model = TopUp
        fields = ("biller", "reference")
        help_texts = {
            "biller": _("Choose one for a top-up of our deposit, or a payment of what we owe."),
            "reference": _("As the bank's statement will show it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["biller"].queryset = billers()  # type: ignore[attr-defined]

    def clean_reference(self) -> str:
        return self.cleaned_data["reference"].strip()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        typed = (cleaned.get("agent_number") or "").strip()
        cleaned["agent"] = None
        if typed and cleaned.get("biller"):
            self.add_error("biller", _("Choose an agent or a biller, exactly one of them."))
        elif typed:
            cleaned["agent"] = Agent.objects.filter(agent_id=typed).first() if typed.isascii() else None
            if cleaned["agent"] is None:
                self.add_error("agent_number", _("There is no agent with this number."))
        elif not cleaned.get("biller") and "biller" not in self.errors:
            self.add_error("agent_number", _("Choose an agent or a biller, exactly one of them."))
        return cleaned

    def _post_clean(self) -> None:
        """The service checks the whole; two checks would tell of everything twice."""


class RedemptionForm(forms.Form):
    agent_number = forms.CharField(
        label=_("Agent id"),
        max_length=15,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reward = forms.ModelChoiceField(label=_("Reward"), queryset=Reward.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reward"].queryset = rewards_on_offer()  # type: ignore[attr-defined]
        self.fields["reward"].label_from_instance = _reward_label  # type: ignore[attr-defined]

    def clean_agent_number(self) -> Agent:
        typed = self.cleaned_data["agent_number"].strip()
        agent = Agent.objects.filter(agent_id=typed).first() if typed.isascii() else None
        if agent is None:
            raise forms.ValidationError(_("There is no agent with this number."))
        return agent


def _reward_label(reward: Reward) -> str:
    return f"{reward.name} ({reward.points})"
