"""Letters of a reconciliation: upright pages of text, figures and signatures, then a table lying down, if there is any row."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4, landscape

from core.exports.about import About
from core.exports.columns import Column
from core.exports.letters import Face
from core.exports.pdf_writer import FOOT, INK, LINE, MARGIN, PAD, QUIET, SHADE, SIZE, Paper
from core.templatetags.gerai import exact_time
from organization.models import Employee
from ppob.letterhead import draw_letterhead
from ppob.reconciliation.papers.facts import RunFacts

TEXT, STEP = 9.0, 12.5
_BOTTOM = MARGIN + FOOT + 4
_BOX = 104.0


class Signature(NamedTuple):
    """A place to sign: as what, who, and when it was signed here; `person` None leaves it to a pen."""

    role: str
    person: Employee | None
    at: datetime | None
    whose: str = ""


class Letter(Paper):
    """`_write_letter` draws what comes before the table; `heading` stands above it."""

    def __init__(
        self, columns: tuple[Column, ...], target: IO[bytes], about: About, facts: RunFacts, *, heading: str
    ) -> None:
        super().__init__(tuple(column for column in columns if column.on_paper), target, about)
        self.facts, self.heading, self._is_letter = facts, heading, True
        self.canvas.setPageSize(A4)
        self.width, self.height = A4

    def write(self, rows: Iterable[Any]) -> int:
        """How many rows the table has."""
        self._new_page()
        self._write_letter()
        self.title_page, self._is_letter = self.page + 1, False
        rows = iter(rows)
        first = next(rows, None)
        if first is None:
            self._finish()
            return 0
        return super().write(chain([first], rows))

    def _write_letter(self) -> None:
        raise NotImplementedError

    def _turn_page(self) -> None:
        super()._turn_page()
        if not self._is_letter:
            self.width, self.height = landscape(A4)
            self.canvas.setPageSize((self.width, self.height))

    def _new_page(self) -> None:
        self._turn_page()
        self._foot()
        self.y = self.height - MARGIN - 10

    def _title(self, top: float) -> float:
        self.bold.draw(self.canvas, MARGIN, top, self.bold.drawable(self.heading), 12)
        self.canvas.setFillColor(QUIET)
        self.regular.draw(self.canvas, MARGIN, top - 13, self.regular.drawable(self._about_annex()), 8)
        self.canvas.setFillColor(INK)
        return top - 22

    def _about_annex(self) -> str:
        return f"{self.about.title} · {self.facts.run.biller} · {self.facts.number}"

    @property
    def _wide(self) -> float:
        return self.width - 2 * MARGIN

    def _room(self, height: float) -> None:
        if self.y - height < _BOTTOM:
            self._new_page()

    def _head(self, title: str) -> None:
        self.y = draw_letterhead(self, self.y, title)

    def _gap(self, height: float = 6) -> None:
        self.y -= height

    def _paragraph(
        self, text: str, *, face: Face | None = None, quiet: bool = False, size: float = TEXT
    ) -> None:
        face = face or self.regular
        for line in face.lines(text, self._wide, size, 12):
            self._room(STEP)
            self.canvas.setFillColor(QUIET if quiet else INK)
            face.draw(self.canvas, MARGIN, self.y, line, size)
            self.y -= size + 3.5
        self.canvas.setFillColor(INK)

    def _centred(self, text: str, face: Face, size: float) -> None:
        words = face.drawable(text)
        face.draw(self.canvas, MARGIN + (self._wide - face.width(words, size)) / 2, self.y, words, size)
        self.y -= size + 4

    def _facts(self, pairs: Iterable[tuple[str, str]], *, left: float = 112) -> None:
        for label, value in pairs:
            lines = self.bold.lines(value, self._wide - left, TEXT, 4)
            self._room(STEP * len(lines))
            self.canvas.setFillColor(QUIET)
            self.regular.draw(self.canvas, MARGIN, self.y, self.regular.drawable(label), TEXT)
            self.canvas.setFillColor(INK)
            for line in lines:
                self.bold.draw(self.canvas, MARGIN + left, self.y, line, TEXT)
                self.y -= STEP

    def _grid(self, head: Sequence[str], rows: Iterable[Sequence[str]], shares: Sequence[float]) -> None:
        """A small table: the first column is text, the others are numbers at the right. `shares` sum to one."""
        widths = [share * self._wide for share in shares]
        heads = [
            self.bold.lines(cell, width - 2 * PAD, SIZE, 3) for cell, width in zip(head, widths, strict=True)
        ]
        height = max(map(len, heads)) * (SIZE + 2) + 2 * PAD + 2
        self._room(height + 2 * STEP)
        self.canvas.setFillColor(SHADE)
        self.canvas.rect(MARGIN, self.y - height, self._wide, height, stroke=0, fill=1)
        self.canvas.setFillColor(INK)
        for depth in range(max(map(len, heads))):
            cells = [lines[depth] if depth < len(lines) else "" for lines in heads]
            self._cells(cells, widths, self.y - PAD - SIZE - depth * (SIZE + 2), self.bold)
        self.y -= height
        for row in rows:
            self._room(STEP + PAD)
            self._cells(row, widths, self.y - PAD - 6, self.regular)
            self.y -= STEP
            self.canvas.setStrokeColor(LINE)
            self.canvas.setLineWidth(0.4)
            self.canvas.line(MARGIN, self.y, MARGIN + self._wide, self.y)
        self.y -= STEP - 1

    def _cells(self, cells: Sequence[str], widths: Sequence[float], y: float, face: Face) -> None:
        x = MARGIN
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            words = face.drawable(cell)
            size = min(8.0, 8.0 * (width - 2 * PAD) / max(face.width(words, 8.0), 1))
            place = x + PAD if at == 0 else x + width - PAD - face.width(words, size)
            face.draw(self.canvas, place, y, words, size)
            x += width

    def _signatures(self, signatures: Sequence[Signature]) -> None:
        """Boxes beside each other, never broken over two pages."""
        self._room(_BOX + 6)
        width = self._wide / len(signatures)
        for at, one in enumerate(signatures):
            self._box(MARGIN + at * width, width - 10, one)
        self.y -= _BOX + 10

    def _box(self, x: float, width: float, one: Signature) -> None:
        canvas, y = self.canvas, self.y
        canvas.setFillColor(QUIET)
        for line in self.regular.lines(one.role, width, 8, 2):
            self.regular.draw(canvas, x, y, line, 8)
            y -= 10
        if one.whose:
            self.regular.draw(canvas, x, y, self.regular.lines(one.whose, width, 8, 1)[0], 8)
        if one.at is not None:
            words = _("Signed in the portal, %(at)s") % {"at": exact_time(one.at)}
            for depth, line in enumerate(self.regular.lines(words, width, 7.5, 2)):
                self.regular.draw(canvas, x, self.y - 40 - depth * 9, line, 7.5)
        canvas.setFillColor(INK)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.5)
        y = self.y - 66
        canvas.line(x, y, x + width, y)
        person = one.person
        told = (
            (_("Name"), person.name if person else ""),
            ("NIK", person.nik if person else ""),
            (_("Job title"), (person.job_title or "–") if person else ""),
        )
        for label, value in told:
            y -= 11
            self.regular.draw(canvas, x, y, self.regular.lines(f"{label}: {value}", width, 8, 1)[0], 8)

    def _digest(self) -> None:
        self._room(2 * STEP)
        self._paragraph(f"SHA-256: {self.facts.digest}", quiet=True, size=SIZE)
        note = _(
            "The digest of this run: the same files and the same sales give it again. Whoever holds this paper can compare"
            " it with the portal."
        )
        self._paragraph(note, quiet=True, size=SIZE)
