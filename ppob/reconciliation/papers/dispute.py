"""The letter to a biller about what we dispute of one day: how much it is, and every transaction with both sides."""

from typing import IO, Any

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.exports import Column
from core.exports.about import About
from core.templatetags.gerai import number, rupiah, short_date
from ppob.choices import DifferenceState
from ppob.in_words import rupiah_in_words
from ppob.models import Difference
from ppob.reconciliation.exceptions import NothingDisputed
from ppob.reconciliation.papers import columns
from ppob.reconciliation.papers.facts import RunFacts
from ppob.reconciliation.papers.letter import Letter, Signature
from ppob.reconciliation.papers.minutes import LETTERS

_SHOWN = (
    "kind", "noref", "customer_id", "product", "occurred_at", "our_state", "our_amount", "their_success", "their_amount",
    "explanation",
)  # fmt: skip
_MOST_ROWS = 50_000


def disputed(facts: RunFacts) -> QuerySet[Difference]:
    return facts.differences.filter(state=DifferenceState.DISPUTED)


def number_of(facts: RunFacts) -> str:
    return f"SGH/{facts.number}"


def write_dispute(facts: RunFacts, target: IO[bytes], *, person: Any) -> int:
    """How many it disputes; signed by whoever writes it. Raises NothingDisputed."""
    rows = list(disputed(facts)[:_MOST_ROWS])
    if not rows:
        raise NothingDisputed
    with translation.override(LETTERS):
        about = About(title=_("Letter of dispute"), person=str(person), at=timezone.now())
        paper = _Dispute(_annex_columns(), target, about, facts, heading=_("Annex: disputed transactions"))
        paper.rows, paper.writer = rows, person
        return paper.write(rows)


def _annex_columns() -> tuple[Column, ...]:
    known = {column.name: column for column in columns.DIFFERENCES}
    return tuple(
        Column(one.name, one.label, one.kind, one.value, width=one.characters)
        for one in (known[name] for name in _SHOWN)
    )


class _Dispute(Letter):
    rows: list[Difference]
    writer: Any

    def _write_letter(self) -> None:
        facts, run = self.facts, self.facts.run
        biller = run.biller
        ours = sum(one.our_amount or 0 for one in self.rows)
        theirs = sum(one.their_amount or 0 for one in self.rows)
        self._head(str(self.about.title))
        self._facts(
            [
                (pgettext("letter", "Number"), number_of(facts)),
                (_("Date"), short_date(timezone.localdate(self.about.at))),
                (_("Subject"), _("Dispute of the settlement of %(day)s") % {"day": short_date(run.business_on)}),
                (_("Annex"), _("%(count)s transactions") % {"count": number(len(self.rows))}),
            ]
        )  # fmt: skip
        self._gap(8)
        self._paragraph(pgettext("letter", "To"))
        self._paragraph(f"{biller.name} ({biller.code})", face=self.bold)
        for part in (biller.contact, biller.contact_email, biller.contact_phone):
            if part:
                self._paragraph(part)
        self._gap(8)
        self._paragraph(_("Dear Sir or Madam,"))
        self._gap(3)
        text = _(
            "We have compared your settlement file of business day %(day)s with our transactions (reconciliation"
            " %(number)s). %(count)s transactions in the annex stand otherwise in our books, and we do not accept them as"
            " they stand in yours:"
        )
        self._paragraph(
            text
            % {
                "day": short_date(run.business_on),
                "number": facts.number,
                "count": number(len(self.rows)),
            }
        )
        self._gap(3)
        self._grid(
            ["", pgettext("letter", "Amount")],
            [
                [_("By our books"), rupiah(ours)],
                [_("By your file"), rupiah(theirs)],
                [_("Difference"), rupiah(theirs - ours)],
            ],
            (0.7, 0.3),
        )
        self._paragraph(_("In words: %(words)s") % {"words": rupiah_in_words(theirs - ours)})
        self._gap(6)
        self._paragraph(
            _(
                "Please check these transactions and answer in writing, with the log of each, so that both books can be"
                " brought into line. Until then we settle the disputed amount under reservation."
            )
        )
        self._gap(6)
        self._paragraph(_("Thank you for your cooperation."))
        self._gap(14)
        self._signatures(
            [
                Signature(_("Yours faithfully,"), self.writer, None, "Gerai"),
                Signature(_("Received by the biller"), None, None),
            ]
        )
        self._digest()
