"""The gate for files that people bring: nothing is parsed, kept or shown before it has passed here."""

from core.uploads.exceptions import UploadRefused
from core.uploads.gate import STATEMENTS, Upload, take_in

__all__ = ["STATEMENTS", "Upload", "UploadRefused", "take_in"]
