"""Forms of master data. They know fields and words; what may be done is the services' to say."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from organization.choices import PPOB_ROLES
from organization.login.exceptions import UnknownNik
from organization.models import Employee
from ppob.choices import LARGEST, AgentStatus
from ppob.models import Agent, Connection, Corporate, Product
from ppob.selectors.logins import person_by_nik

GROUPED = re.compile(r"\A\d{1,3}(\.\d{3})+\Z")
host_validator = RegexValidator(
    r"\A[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?\Z",
    _("Type a host name or an IP address, without port or path."),
)
# As the database has it: digits of other scripts are none.
agent_id_validator = RegexValidator(r"\A[0-9]{8,15}\Z", _("An agent id is a phone number of 8 to 15 digits."))
# Points: more than anybody ever earns by one sale, and far from what the column holds.
MOST_POINTS = 1_000_000
LONGEST_LOGIN = timedelta(days=3653)


class RupiahField(forms.IntegerField):
    """Whole Rupiah, as people type them: 1250000, 1.250.000 or Rp 1.250.000."""

    def __init__(self, *, lowest: int = 0, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(min_value=lowest, max_value=LARGEST, widget=widget, **kwargs)

    def to_python(self, value: Any) -> int | None:
        text = str(value).strip() if value is not None else ""
        text = re.sub(r"\A[Rr]p\.?\s*", "", text)
        return super().to_python(text.replace(".", "") if GROUPED.match(text) else text)


class AgentIdField(forms.CharField):
    """A phone number with the spaces, dashes and the +62 that people write with it."""

    def to_python(self, value: Any) -> str:
        text = re.sub(r"[ ().-]", "", super().to_python(value) or "")
        return f"0{text[3:]}" if text.startswith("+62") else text


class MasterForm(forms.ModelForm):
    """`sections` say under which heading a field stands; what is `fixed` is chosen once, when the thing is added."""

    sections: tuple[tuple[Any, tuple[str, ...]], ...] = ()
    fixed: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in self.fixed:
                self.fields[name].disabled = True
                self.fields[name].help_text = _("It stays as it was added, for the history knows it by this.")

    def groups(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        for title, names in self.sections:
            shown = [self[name] for name in names if name in self.fields]
            if shown:
                yield title, shown

    @property
    def new(self) -> dict[str, Any]:
        """What somebody changed, and nothing else: what another person changed meanwhile stays theirs."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class AgentForm(MasterForm):
    agent_id = AgentIdField(
        label=_("Agent id"),
        max_length=20,
        validators=[agent_id_validator],
        help_text=_("The agent's phone number, 8 to 15 digits: by it the agent logs in and sells."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    fixed = ("agent_id",)
    sections = (
        (_("Who"), ("agent_id", "name", "email", "address", "city")),
        (_("Standing"), ("status", "level", "verification", "corporate")),
        (_("At the core server"), ("reference_id", "app_id")),
    )

    class Meta:
        model = Agent
        fields = (
            "agent_id",
            "name",
            "email",
            "address",
            "city",
            "status",
            "level",
            "verification",
            "corporate",
            "reference_id",
            "app_id",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        status: Any = self.fields["status"]
        if self.instance.status == AgentStatus.CLOSED:
            status.disabled = True
            status.help_text = _("A closed agent does not come back.")
        else:
            # Closing is an act of its own, which asks first.
            status.choices = [one for one in AgentStatus.choices if one[0] != AgentStatus.CLOSED]
        corporate: Any = self.fields["corporate"]
        corporate.queryset = Corporate.objects.filter(Q(is_active=True) | Q(pk=self.instance.corporate_id))
        corporate.empty_label = _("None")


class ProductForm(MasterForm):
    price = RupiahField(
        label=_("Price to customers"),
        lowest=1,
        required=False,
        help_text=_("In Rupiah. Empty for a bill, whose amount the biller says."),
    )
    counter_fee = RupiahField(label=_("Counter's admin fee"), initial=0)
    agent_share = RupiahField(
        label=_("Agent's share"), initial=0, help_text=_("What of the fees stays with the agent.")
    )
    fixed = ("code",)
    sections = (
        (_("Product"), ("code", "name", "kind", "is_active")),
        (_("Money"), ("price", "counter_fee", "agent_share", "points")),
    )

    class Meta:
        model = Product
        fields = ("code", "name", "kind", "price", "counter_fee", "agent_share", "points", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["points"].validators.append(MaxValueValidator(MOST_POINTS))
        self.fields["is_active"].label = _("On sale")


class ConnectionForm(MasterForm):
    fixed = ("code",)
    sections = (
        (_("Connection"), ("code", "biller", "address", "port", "timeout_s")),
        (_("State"), ("status", "is_active")),
    )

    class Meta:
        model = Connection
        fields = ("code", "biller", "address", "port", "timeout_s", "status", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].validators.append(host_validator)
        self.fields["is_active"].label = _("In use")
        biller: Any = self.fields["biller"]
        biller.queryset = biller.queryset.filter(Q(is_active=True) | Q(pk=self.instance.biller_id))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned and not cleaned.get("is_active", True) and cleaned.get("status") == "up":
            self.add_error("status", _now("A connection that is not in use cannot be connected."))
        return cleaned


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class _LoginForm(forms.Form):
    """`today` is the day of whoever fills it in."""

    today: date

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def groups(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        yield "", list(self)

    def clean_until_on(self) -> date | None:
        until_on = self.cleaned_data["until_on"]
        if until_on and not self.today <= until_on <= self.today + LONGEST_LOGIN:
            raise ValidationError(_now("Choose a day from today on, within ten years."))
        return until_on


ROLE_CHOICES = [("", _("Choose…")), *((role.value, role.label) for role in PPOB_ROLES)]


class LoginAddForm(_LoginForm):
    nik = forms.CharField(
        label="NIK",
        max_length=40,
        help_text=_("Of the employee. Who it is, you see before anything is saved."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=_("Level"), choices=ROLE_CHOICES)
    from_on = forms.DateField(label=_("First day"), widget=_day_input())
    until_on = forms.DateField(
        label=_("Last day"), required=False, widget=_day_input(), help_text=_("Empty while it has no end.")
    )

    def clean_nik(self) -> str:
        nik = self.cleaned_data["nik"].replace(" ", "").replace(".", "")
        self.person: Employee | None = person_by_nik(nik)
        if self.person is None:
            raise ValidationError(str(UnknownNik()))
        return nik

    def clean_from_on(self) -> date:
        from_on = self.cleaned_data["from_on"]
        if not self.today <= from_on <= self.today + timedelta(days=366):
            raise ValidationError(_now("Choose a day from today on, within a year."))
        return from_on

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        from_on, until_on = cleaned.get("from_on"), cleaned.get("until_on")
        if from_on and until_on and until_on < from_on:
            self.add_error("until_on", _now("The last day is not before the first one."))
        return cleaned


class LoginChangeForm(_LoginForm):
    role = forms.ChoiceField(label=_("Level"), choices=ROLE_CHOICES[1:])
    until_on = forms.DateField(
        label=_("Last day"), required=False, widget=_day_input(), help_text=_("Empty while it has no end.")
    )
