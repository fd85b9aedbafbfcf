"""The three formats: what each is called, what writes it, and how many rows it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.exports.csv_writer import write_csv
from core.exports.pdf_writer import write_pdf
from core.exports.xlsx_writer import write_xlsx


@dataclass(frozen=True)
class Format:
    """`at_once` rows are written while the person waits, more in the background, more than `at_most` not at all."""

    key: str
    label: Any
    note: Any
    icon: str
    content_type: str
    write: Callable[..., int]
    at_once: int
    at_most: int | None = None


FORMATS = {
    one.key: one
    for one in (
        Format(
            key="xlsx",
            label="XLSX",
            note=_("for Excel"),
            icon="file-spreadsheet",
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            write=write_xlsx,
            at_once=10_000,
            at_most=5_000_000,
        ),
        Format(
            key="csv",
            label="CSV",
            note=_("for other programs"),
            icon="file-type-csv",
            content_type="text/csv; charset=utf-8",
            write=write_csv,
            at_once=10_000,
        ),
        Format(
            key="pdf",
            label="PDF",
            note=_("for printing"),
            icon="file-type-pdf",
            content_type="application/pdf",
            write=write_pdf,
            # Drawing a page costs a hundred times what writing its rows does.
            at_once=1_000,
            at_most=50_000,
        ),
    )
}
