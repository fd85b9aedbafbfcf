from django.utils.translation import gettext as _

from core.exceptions import GeraiError


class ImportRefused(GeraiError):
    """The file as a whole cannot be imported; the text says why."""


class ChangedSince(ImportRefused):
    """What would be saved is no longer what the person saw."""

    def __str__(self) -> str:
        return _("The data has changed since the preview. Nothing was saved: look at a new preview first.")


class CellRefused(GeraiError):
    """One cell's fault, with the way to mend it."""
