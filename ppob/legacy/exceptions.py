from core.exceptions import GeraiError


class DumpRefused(GeraiError):
    """The dump, or the mapping, as a whole cannot be used; the text is for the operator."""


class RowRefused(GeraiError):
    """One row's fault."""
