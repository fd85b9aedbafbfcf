"""The transaction report on paper: what it sums to, and its first fifty thousand rows."""

from collections.abc import Iterable
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _

from core.exports.about import About
from core.exports.columns import Column
from core.exports.pdf_writer import INK, MARGIN, PAD, QUIET, SHADE, Paper
from core.exports.rows import rows_of
from core.exports.spec import Watch
from core.templatetags.gerai import number, rupiah
from ppob.selectors.transactions import Totals

MOST_ROWS = 50_000
LINE = 13


def write_report(asked: Any, target: IO[bytes], watch: Watch | None) -> int:
    """How many rows it shows."""
    rows: Iterable[Any] = islice(rows_of(asked.queryset, order=asked.state.order), MOST_ROWS)
    columns = tuple(column for column in asked.columns if column.on_paper or asked.only)
    paper = ReportPaper(columns, target, asked.about, asked.view.totals(asked.state))
    return paper.write(watch(rows) if watch else rows)


class ReportPaper(Paper):
    def __init__(self, columns: tuple[Column, ...], target: IO[bytes], about: About, totals: Totals) -> None:
        self.totals = totals
        super().__init__(columns, target, about)

    def _title(self, top: float) -> float:
        """The summary stands above the first row: two columns of figures, and what is left out."""
        top = super()._title(top) - 10
        figures = self._figures()
        half = (len(figures) + 1) // 2
        height = half * LINE + 10
        self.canvas.setFillColor(SHADE)
        self.canvas.roundRect(MARGIN, top - height, self.width - 2 * MARGIN, height, 4, stroke=0, fill=1)
        for at, (label, value) in enumerate(figures):
            column, row = divmod(at, half)
            x = MARGIN + 10 + column * (self.width - 2 * MARGIN) / 2
            y = top - 15 - row * LINE
            self.canvas.setFillColor(QUIET)
            self.regular.draw(self.canvas, x, y, self.regular.drawable(label), 8.5)
            self.canvas.setFillColor(INK)
            self.bold.draw(self.canvas, x + 130, y, self.bold.drawable(value), 8.5)
        top -= height + 8
        note = self._note()
        for line in self.regular.lines(note, self.width - 2 * MARGIN - PAD, 8.5, 2) if note else ():
            self.regular.draw(self.canvas, MARGIN, top - 4, line, 8.5)
            top -= 14
        return top

    def _figures(self) -> list[tuple[str, str]]:
        told = self.totals
        if told.count is None:
            return [(_("Transactions"), _("more than %(n)s") % {"n": number(100_000)})]
        about = "± " if told.is_approximate else ""
        return [
            (_("Transactions"), about + number(told.count)),
            (_("Value of successful ones"), about + rupiah(told.total)),
            (_("Net to the deposit"), about + rupiah(told.net)),
            (_("Our income"), about + rupiah(told.income)),
            *((str(one["label"]), about + number(one["count"])) for one in told.states),
        ]

    def _note(self) -> str:
        if self.totals.count is not None and self.totals.count <= MOST_ROWS:
            return ""
        return _("Only the first %(rows)s rows are listed. All of them stand in CSV and Excel.") % {
            "rows": number(MOST_ROWS)
        }
