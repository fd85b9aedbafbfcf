"""PDF for paper: A4, the head on every page, page x of y, numbers and days as people here write them.

Text is drawn letter by letter and never read as markup; nothing is fetched.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from core.exports.about import About
from core.exports.columns import NUMBERS, Column
from core.exports.formula import plain
from core.exports.letters import BOLD, REGULAR, Face
from core.templatetags.gerai import exact_time, number, rupiah, short_date

MARGIN, FOOT = 12 * mm, 10 * mm
SIZE, LEADING, PAD = 7.5, 9.4, 3.0
# One cell is never higher than this: it says what was left out by an ellipsis.
LINES_A_CELL = 12
UPRIGHT_COLUMNS = 6
INK, QUIET, LINE, SHADE = (HexColor(code) for code in ("#111827", "#4b5563", "#d1d5db", "#eef2f7"))
TOTAL = "pages"


def write_pdf(rows: Iterable[Any], columns: tuple[Column, ...], target: IO[bytes], about: About) -> int:
    """Write the rows and say how many."""
    return Paper(tuple(column for column in columns if column.on_paper), target, about).write(rows)


class Paper:
    """A table on paper. What is more than a table inherits it, with a `_title` and an `_end` of its own."""

    # The page that the title stands on.
    title_page = 1

    def __init__(self, columns: tuple[Column, ...], target: IO[bytes], about: About) -> None:
        size = A4 if len(columns) <= UPRIGHT_COLUMNS else landscape(A4)
        self.width, self.height = size
        self.columns, self.about = columns, about
        self.regular, self.bold = Face(REGULAR), Face(BOLD)
        self.canvas = Canvas(target, pagesize=size, pageCompression=1, lang=get_language() or "id")
        self.canvas.setTitle(plain(about.title))
        self.canvas.setAuthor(plain(about.person))
        share = (self.width - 2 * MARGIN) / sum(column.characters for column in columns)
        self.widths = [column.characters * share for column in columns]
        self.head = [
            self.bold.lines(str(column.label), width - 2 * PAD, SIZE, LINES_A_CELL)
            for column, width in zip(columns, self.widths, strict=True)
        ]
        self.page, self.y = 0, 0.0

    def write(self, rows: Iterable[Any]) -> int:
        readers = [column.reader for column in self.columns]
        count = 0
        self._begin_page()
        for row in rows:
            count += 1
            cells = [
                self._lines(column, read(row), width - 2 * PAD)
                for column, read, width in zip(self.columns, readers, self.widths, strict=True)
            ]
            if self.y - _height(cells) < MARGIN + FOOT:
                self._begin_page()
            self._row(cells, self.regular)
        if not count:
            self._say(_("No rows"), self.y - LEADING)
        self._end()
        self._finish()
        return count

    def _finish(self) -> None:
        self.canvas.showPage()
        self._define_total()
        self.canvas.save()

    def _end(self) -> None:
        """Below the last row."""

    def _begin_page(self) -> None:
        self._turn_page()
        self.canvas.setFillColor(INK)
        top = self.height - MARGIN - 10
        if self.page == self.title_page:
            top = self._title(top)
        self._foot()
        self.y = top
        height = _height(self.head)
        self.canvas.setFillColor(SHADE)
        self.canvas.rect(MARGIN, top - height, self.width - 2 * MARGIN, height, stroke=0, fill=1)
        self.canvas.setFillColor(INK)
        self._row(self.head, self.bold)

    def _turn_page(self) -> None:
        if self.page:
            self.canvas.showPage()
        self.page += 1

    def _title(self, top: float) -> float:
        self.bold.draw(self.canvas, MARGIN, top, self.bold.drawable(self.about.title), 14)
        top -= 15
        self.canvas.setFillColor(QUIET)
        for line in self.regular.lines(self.about.filters_in_words, self.width - 2 * MARGIN, 8.5, 4):
            self.regular.draw(self.canvas, MARGIN, top, line, 8.5)
            top -= 11
        self.canvas.setFillColor(INK)
        return top

    def _foot(self) -> None:
        """The number of pages is drawn by a form that is filled in when it is known."""
        self.canvas.setFillColor(QUIET)
        whose = f"{self.about.person} · {self.about.at_in_words}"
        left = self.regular.lines(whose, self.width - 2 * MARGIN - 120, SIZE, 1)[0]
        self.regular.draw(self.canvas, MARGIN, MARGIN, left, SIZE)
        text = _("Page %(page)s of %(pages)s") % {"page": number(self.page), "pages": "\n"}
        before, _total, _after = text.partition("\n")
        at = self.width - MARGIN - self.regular.width(before + "00.000", SIZE)
        self.regular.draw(self.canvas, at, MARGIN, before, SIZE)
        self.canvas.saveState()
        self.canvas.translate(at + self.regular.width(before, SIZE), MARGIN)
        self.canvas.doForm(TOTAL)
        self.canvas.restoreState()
        self.canvas.setFillColor(INK)

    def _define_total(self) -> None:
        self.canvas.beginForm(TOTAL, lowerx=0, lowery=-4, upperx=80, uppery=12)
        self.canvas.setFillColor(QUIET)
        self.regular.draw(self.canvas, 0, 0, number(self.page), SIZE)
        self.canvas.endForm()

    def _lines(self, column: Column, value: Any, width: float) -> list[str]:
        """A number is never broken: one that is too long is drawn smaller."""
        words = _words(column, value)
        if column.kind in NUMBERS:
            return [self.regular.drawable(words)]
        return self.regular.lines(words, width, SIZE, LINES_A_CELL)

    def _row(self, cells: list[list[str]], face: Face) -> None:
        x = MARGIN
        for column, width, lines in zip(self.columns, self.widths, cells, strict=True):
            y = self.y - PAD - SIZE
            for line in lines:
                if column.kind in NUMBERS:
                    size = min(SIZE, SIZE * (width - 2 * PAD) / max(face.width(line, SIZE), 1))
                    face.draw(self.canvas, x + width - PAD - face.width(line, size), y, line, size)
                else:
                    face.draw(self.canvas, x + PAD, y, line, SIZE)
                y -= LEADING
            x += width
        self.y -= _height(cells)
        self.canvas.setStrokeColor(LINE)
        self.canvas.setLineWidth(0.4)
        self.canvas.line(MARGIN, self.y, self.width - MARGIN, self.y)

    def _say(self, words: str, y: float) -> None:
        self.regular.draw(self.canvas, MARGIN + PAD, y - PAD, self.regular.drawable(words), SIZE)


def _height(cells: list[list[str]]) -> float:
    return max(len(lines) for lines in cells) * LEADING + 2 * PAD - 1


def _words(column: Column, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if column.kind in NUMBERS and isinstance(value, int | float | Decimal):
        return _number(column.kind, value)
    if column.kind == "datetime" and isinstance(value, datetime):
        return exact_time(timezone.localtime(value))
    if column.kind == "date" and hasattr(value, "year"):
        return short_date(value)
    return str(value)


def _number(kind: str, value: Any) -> str:
    if kind == "rupiah":
        return rupiah(value)
    if kind == "int":
        return number(value)
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return number(value, min(max(-exponent, 2), 6)) if isinstance(exponent, int) else str(value)
