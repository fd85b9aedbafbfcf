from django.utils.translation import gettext as _

from core.exceptions import GeraiError
from core.templatetags.gerai import number


class ExportRefused(GeraiError):
    """Base of what an export may not be."""


class TooManyRows(ExportRefused):
    def __init__(self, *, label: str, at_most: int) -> None:
        super().__init__(
            _("%(format)s takes at most %(rows)s rows. Narrow the list by filters, or choose CSV.")
            % {"format": label, "rows": number(at_most)}
        )


class FilterNotUnderstood(ExportRefused):
    """On the page such a filter is left out and the page says so; in a file nobody would see it."""

    def __init__(self, labels: list[str]) -> None:
        super().__init__(
            _("The filter “%(label)s” could not be understood, so nothing was exported.")
            % {"label": ", ".join(labels)}
        )


class NotExported(ExportRefused):
    def __init__(self) -> None:
        super().__init__(_("You are no longer allowed to export this list."))
