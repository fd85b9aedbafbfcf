"""Made-up material for the page of patterns: nothing here is read from or written to the database."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class PatternForm(forms.Form):
    """One field of each kind."""

    code = forms.CharField(
        label=gettext_lazy("Store code"),
        max_length=12,
        help_text=gettext_lazy("As it stands on the sign; leading zeros count."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), min_length=10
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of machine"),
        choices=[
            ("", gettext_lazy("Choose…")),
            ("web", gettext_lazy("Web server")),
            ("database", gettext_lazy("Database")),
        ],
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    is_urgent = forms.BooleanField(label=gettext_lazy("It cannot wait until tomorrow"), required=False)


def samples() -> dict[str, Any]:
    now = timezone.now()
    return {
        "badges": [
            ("safe", "circle-check", _("Safe")),
            ("warning", "alert-triangle", _("Warning")),
            ("danger", "alert-octagon", _("Danger")),
            ("nodata", "plug-connected-x", _("No data")),
            ("maintenance", "tool", _("Maintenance")),
            ("neutral", "circle", _("Neutral")),
            ("brand", "star", _("Ours")),
        ],
        "moments": [now, now - timedelta(minutes=7), now - timedelta(hours=5), now - timedelta(days=3)],
        "amounts": [1_250_000, -75_500, 0],
        "sizes": [512, 1536, 7_340_032, 68_719_476_736],
        "example_rows": [
            {
                "name": "web-01",
                "tone": "safe",
                "icon": "circle-check",
                "state": _("Safe"),
                "load": 12,
                "amount": 1_250_000,
            },
            {
                "name": "db-03",
                "tone": "danger",
                "icon": "alert-octagon",
                "state": _("Danger"),
                "load": 97,
                "amount": 75_500,
            },
            {
                "name": "app-02",
                "tone": "nodata",
                "icon": "plug-connected-x",
                "state": _("No data"),
                "load": None,
                "amount": 0,
            },
        ],
        "tokens": ["brand", "safe", "warning", "danger", "nodata", "maintenance"],
        "bad_form": PatternForm({"code": "", "reason": "x", "kind": ""}, prefix="bad"),
    }
