from typing import Any

from django import forms

from notifications.kinds import Group, Kind, Mail, groups_for, kinds_in
from organization.models import Employee


class PreferencesForm(forms.Form):
    """One box a group, checked when the person wants e-mail about it."""

    def __init__(self, *args: Any, person: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = groups_for(person)
        for group in self.groups:
            self.fields[group.name] = forms.BooleanField(
                required=False,
                label=group.label,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input", "role": "switch"}),
            )

    def lines(self) -> list[tuple[Group, Any, list[Kind]]]:
        """Each group with its box, and the kinds of it that are mailed whatever the box says."""
        return [
            (group, self[group.name], [kind for kind in kinds_in(group.name) if kind.mail is Mail.ALWAYS])
            for group in self.groups
        ]
