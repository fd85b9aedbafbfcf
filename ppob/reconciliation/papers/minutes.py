"""Berita Acara Rekonsiliasi: the minutes of a day between us and a biller, in Indonesian whoever asks for them."""

from datetime import date
from typing import IO, Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.exports.about import About
from core.templatetags.gerai import number, rupiah, short_date
from ppob.in_words import in_words, rupiah_in_words
from ppob.reconciliation.papers import columns
from ppob.reconciliation.papers.facts import RunFacts
from ppob.reconciliation.papers.letter import Letter, Signature
from ppob.reconciliation.papers.pdf_file import MOST_ROWS, grid_of_kinds, words_of

LETTERS = "id"


def number_of(facts: RunFacts) -> str:
    """BAR/FINNET/20261128/2: of one run, and so of one result."""
    return f"BAR/{facts.number}"


def write_minutes(facts: RunFacts, target: IO[bytes], *, person: Any) -> int:
    """A4 with both parties, results, amounts in words, whoever prepared and approved it, digest, and all differences
    behind it. A draft, and said to be one, until the day is signed. How many differences."""
    with translation.override(LETTERS):
        about = About(title=_("Minutes of reconciliation"), person=str(person), at=timezone.now())
        paper = _Minutes(columns.DIFFERENCES, target, about, facts, heading=_("Annex: differences"))
        return paper.write(facts.differences[:MOST_ROWS])


class _Minutes(Letter):
    def _write_letter(self) -> None:
        facts, run = self.facts, self.facts.run
        self._head("")
        self._centred(str(self.about.title).upper(), self.bold, 13)
        self._centred(_("Number: %(number)s") % {"number": number_of(facts)}, self.regular, 9.5)
        if not facts.is_signed:
            self._centred(_("DRAFT – not signed yet"), self.bold, 9.5)
        self._gap(4)
        day = facts.day
        on = timezone.localdate(day.signed_at) if day and day.signed_at else timezone.localdate(self.about.at)
        opening = _("On this day, %(weekday)s, %(words)s (%(date)s), both parties below:")
        self._paragraph(
            opening % {"weekday": date_format(on, "l"), "words": day_in_words(on), "date": short_date(on)}
        )
        self._gap(3)
        contact = " · ".join(
            part for part in (run.biller.contact, run.biller.contact_phone, run.biller.contact_email) if part
        )
        self._facts(
            [
                (_("First party"), _("Gerai, PPOB back office")),
                (_("Second party"), f"{run.biller.name} ({run.biller.code})"),
                (_("Contact"), contact or "–"),
            ]
        )
        self._gap(3)
        have = _("have compared their transactions of business day %(day)s, with this result:")
        self._paragraph(have % {"day": short_date(run.business_on)})
        self._gap(2)
        self._results()
        self._in_words()
        self._gap(2)
        self._paragraph(
            _("These minutes are made truthfully, to be used as they should be. The annex is a part of them.")
            if facts.kinds
            else _("These minutes are made truthfully, to be used as they should be.")
        )
        self._gap(8)
        self._sign()
        self._digest()

    def _results(self) -> None:
        run = self.facts.run
        self._grid(
            [_("Result"), _("Number by Gerai"), _("Amount by Gerai"), _("Lines by the biller"), _("Amount by the biller")],
            [
                [_("Transactions"), number(run.ours), rupiah(run.ours_amount), number(run.lines), rupiah(run.lines_amount)],
                [_("Matched"), number(run.matched), "", number(run.matched_lines), rupiah(run.matched_amount)],
                [_("With a difference"), "", "", number(run.different_lines), rupiah(run.different_amount)],
                [_("Rejected lines"), "", "", number(run.rejected), ""],
            ],
            (0.24, 0.16, 0.22, 0.16, 0.22),
        )  # fmt: skip
        self._grid(*grid_of_kinds(self.facts))
        heading, figures = self.facts.groups[2]
        self._grid([heading, ""], [[one.label, words_of(one)] for one in figures], (0.7, 0.3))

    def _in_words(self) -> None:
        told = [(_("Amount matched"), self.facts.run.matched_amount)]
        last = self.facts.statement
        if last.payable is not None:
            told.append((_("To be transferred"), last.payable))
        else:
            closing = last.expected if last.reported is None else last.reported
            told.append((_("Closing balance"), closing or 0))
        for label, amount in told:
            self._paragraph(f"{label}: {rupiah(amount)} ({rupiah_in_words(amount)})")

    def _sign(self) -> None:
        day, biller = self.facts.day, self.facts.run.biller
        self._signatures(
            [
                Signature(
                    _("First party – prepared by"),
                    day.prepared_by if day else None,
                    day.prepared_at if day else None,
                    "Gerai",
                ),
                Signature(
                    _("First party – approved by"),
                    day.signed_by if day else None,
                    day.signed_at if day else None,
                    "Gerai",
                ),
                Signature(_("Second party"), None, None, biller.name),
            ]
        )


def day_in_words(day: date) -> str:
    """tanggal dua puluh delapan bulan November tahun dua ribu dua puluh enam, as minutes begin."""
    return f"tanggal {in_words(day.day)} bulan {date_format(day, 'F')} tahun {in_words(day.year)}"
