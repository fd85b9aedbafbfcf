"""The run on paper: one page to sign, and behind it every difference."""

from itertools import islice
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.exports.about import About
from core.templatetags.gerai import exact_time, number, rupiah, short_date
from ppob.reconciliation.papers import columns
from ppob.reconciliation.papers.facts import DIFFERENCES_TITLE, Figure, RunFacts
from ppob.reconciliation.papers.letter import Letter, Signature

MOST_ROWS = 50_000
_ROWS_AT_ONCE = 1_000


def write_pdf(facts: RunFacts, target: IO[bytes], about: About) -> int:
    """How many differences it lists: all of them, up to 50,000; the first page says how many there are."""
    paper = _RunPaper(columns.DIFFERENCES, target, about, facts, heading=str(DIFFERENCES_TITLE))
    return paper.write(islice(facts.differences.iterator(_ROWS_AT_ONCE), MOST_ROWS))


def words_of(figure: Figure) -> str:
    return rupiah(figure.value) if figure.kind == "rupiah" else number(figure.value)


def grid_of_kinds(facts: RunFacts) -> tuple[list[str], list[list[str]], tuple[float, ...]]:
    """Head, rows and widths of the differences by kind, with both sides' money."""
    head = [_("Kind"), _("Number"), _("Our amount"), _("Biller's amount"), _("Effect on the deposit")]
    rows = [
        [one.label, number(one.count), rupiah(one.ours), rupiah(one.theirs), rupiah(one.impact)]
        for one in facts.kinds
    ]
    return head, rows or [[_("No differences"), "0", "–", "–", "–"]], (0.32, 0.11, 0.19, 0.19, 0.19)


def signatures_of(facts: RunFacts) -> list[Signature]:
    """Whoever made it and whoever approved it, if they have; a line for a pen if not."""
    day = facts.day
    return [
        Signature(_("Prepared by"), day.prepared_by if day else None, day.prepared_at if day else None),
        Signature(_("Approved by"), day.signed_by if day else None, day.signed_at if day else None),
    ]


class _RunPaper(Letter):
    def _write_letter(self) -> None:
        run = self.facts.run
        self._head(str(self.about.title))
        self._facts(
            [
                (_("Biller"), str(run.biller)),
                (_("Business day"), short_date(run.business_on)),
                (pgettext("reconciliation", "Run"), f"{self.facts.number} · {exact_time(run.ended_at)}"),
            ]
        )
        self._gap()
        for heading, figures in ((_("Both books"), self.facts.sides), self.facts.groups[2]):
            self._grid([heading, ""], [[one.label, words_of(one)] for one in figures], (0.7, 0.3))
        self._grid(*grid_of_kinds(self.facts))
        self._gap(4)
        self._signatures(signatures_of(self.facts))
        self._digest()
        total = sum(one.count for one in self.facts.kinds)
        if total > MOST_ROWS:
            note = _("Only the first %(rows)s rows are listed. All of them stand in CSV and Excel.")
            self._paragraph(note % {"rows": number(MOST_ROWS)}, quiet=True, size=8)
