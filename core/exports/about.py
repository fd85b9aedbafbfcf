from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.templatetags.gerai import exact_time


@dataclass(frozen=True)
class About:
    """What an export says of itself: which list, for whom, as of when, and what it was narrowed to."""

    title: str
    person: str
    at: datetime
    filters: tuple[tuple[str, str], ...] = ()

    @property
    def filters_in_words(self) -> str:
        return "; ".join(f"{label}: {value}" for label, value in self.filters) or _(
            "Everything in your scope"
        )

    @property
    def at_in_words(self) -> str:
        return exact_time(self.at)

    def lines(self, rows: int) -> list[tuple[str, Any]]:
        """Label and value, for a sheet of its own."""
        return [
            (_("List"), self.title),
            (_("Filter"), self.filters_in_words),
            (_("Exported by"), self.person),
            (_("Exported at"), self.at_in_words),
            (_("Rows"), rows),
        ]
