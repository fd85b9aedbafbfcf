from typing import Any

from django import forms

from notifications.kinds import Group, Kind, Mail, groups, kinds_in


class PreferencesForm(forms.Form):
    """One box a group, checked when the person wants e-mail about it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in groups():
            self.fields[group.name] = forms.BooleanField(
                required=False,
                label=group.label,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input", "role": "switch"}),
            )

    def lines(self) -> list[tuple[Group, Any, list[Kind]]]:
        """Each group with its box, and the kinds of it that are mailed whatever the box says."""
        return [
            (group, self[group.name], [kind for kind in kinds_in(group.name) if kind.mail is Mail.ALWAYS])
            for group in groups()
        ]
