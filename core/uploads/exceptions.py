from core.exceptions import GeraiError


class UploadRefused(GeraiError):
    """Says why in words for the person who brought the file."""
