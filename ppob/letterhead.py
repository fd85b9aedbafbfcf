"""Who writes: the head of every letter of the back office."""

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor

from core.exports.pdf_writer import INK, MARGIN, QUIET, Paper

BRAND = HexColor("#0b5cab")


def draw_letterhead(paper: Paper, top: float, title: str) -> float:
    """Mark, name and the paper's title at the right; where the text below it begins."""
    canvas, width = paper.canvas, paper.width - 2 * MARGIN
    canvas.setFillColor(BRAND)
    canvas.roundRect(MARGIN, top - 12, 22, 22, 5, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#ffffff"))
    paper.bold.draw(canvas, MARGIN + 6, top - 5, "G", 14)
    canvas.setFillColor(INK)
    paper.bold.draw(canvas, MARGIN + 30, top, "Gerai", 14)
    canvas.setFillColor(QUIET)
    paper.regular.draw(canvas, MARGIN + 30, top - 11, paper.regular.drawable(_("PPOB back office")), 8)
    canvas.setFillColor(INK)
    words = paper.bold.drawable(title)
    paper.bold.draw(canvas, MARGIN + width - paper.bold.width(words, 14), top, words, 14)
    top -= 26
    canvas.setStrokeColor(BRAND)
    canvas.setLineWidth(1.2)
    canvas.line(MARGIN, top, MARGIN + width, top)
    return top - 16
