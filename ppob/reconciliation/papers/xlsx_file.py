"""XLSX for Excel: a summary with a chart, the differences, and the matched lines if wished for. Nothing is a formula."""

from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from xlsxwriter.worksheet import Worksheet

from core.exports.about import About
from core.exports.xlsx_writer import Book, new_book, sheet_name
from core.templatetags.gerai import short_date
from ppob.reconciliation.papers import columns
from ppob.reconciliation.papers.facts import DIFFERENCES_TITLE, MATCHED_TITLE, RunFacts

_ROWS_AT_ONCE = 1_000
_BAR = "#0b5cab"


def write_xlsx(facts: RunFacts, target: IO[bytes], about: About, *, matched: bool = False) -> int:
    """How many differences and matched lines it has; memory does not grow with them."""
    with new_book(target) as book:
        _summarise(book, facts)
        count = book.table(
            str(DIFFERENCES_TITLE), columns.DIFFERENCES, facts.differences.iterator(_ROWS_AT_ONCE)
        )
        if matched:
            count += book.table(str(MATCHED_TITLE), columns.PAIRS, facts.pairs())
        book.explain(about, count)
        return count


def _summarise(book: Book, facts: RunFacts) -> None:
    title = _("Summary")
    sheet = book.sheet(title, (36, 24))
    row = 0
    for label, value in (
        (_("Biller"), str(facts.run.biller)),
        (_("Business day"), short_date(facts.run.business_on)),
        (pgettext("reconciliation", "Run"), facts.number),
        (_("Digest"), facts.digest),
    ):
        book.head(sheet, row, 0, label)
        book.cell(sheet, row, 1, "identifier", value)
        row += 1
    bars = (0, 0)
    for heading, figures in facts.groups:
        row += 1
        book.head(sheet, row, 0, heading)
        first = row + 1
        for row, figure in enumerate(figures, start=first):
            book.cell(sheet, row, 0, "text", figure.label)
            book.cell(sheet, row, 1, figure.kind, figure.value)
        row += 1
        if figures == facts.breaks:
            bars = (first, row - 1)
    _draw(book, sheet, sheet_name(title), bars)


def _draw(book: Book, sheet: Worksheet, name: str, bars: tuple[int, int]) -> None:
    """The differences by kind, as Excel draws them from the cells beside it."""
    first, last = bars
    chart = book.workbook.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": _("Differences by kind"),
            "categories": [name, first, 0, last, 0],
            "values": [name, first, 1, last, 1],
            "fill": {"color": _BAR},
            "data_labels": {"value": True},
            "gap": 60,
        }
    )
    chart.set_title({"name": _("Differences by kind"), "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"major_gridlines": {"visible": False}, "min": 0, "num_format": "#,##0"})
    chart.set_size({"width": 560, "height": 340})
    sheet.insert_chart(1, 3, chart)
