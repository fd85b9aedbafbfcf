"""The statement of an account as a letter: who we are, whose account, the period, every movement, both ends, words.

Its digest is printed, so that a paper can be held against the ledger: SHA-256 over lines of `|`-joined values, first the
account's code, both days and the opening balance, then each movement's number, ledger day, transfer, amount and balance,
last the closing balance.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.utils.translation import gettext as _
from reportlab.lib.units import mm

from core.exports.about import About
from core.exports.columns import Column
from core.exports.pdf_writer import INK, LEADING, MARGIN, PAD, QUIET, SIZE, Paper
from core.exports.rows import rows_of
from core.exports.spec import Watch
from core.lists import Sort
from core.lists.sorts import Order
from core.templatetags.gerai import number, rupiah, short_date
from ppob.in_words import in_words, rupiah_in_words
from ppob.letterhead import draw_letterhead
from ppob.models import Account
from ppob.periods import Period
from ppob.selectors.statements import Movement, Stretch, movements_of, number_of, told, unit_of

END_HEIGHT = 150


class NumberSort(Sort):
    """Numbers of one account's movements: unique within it, whatever the table says."""

    def is_unique(self, model: Any) -> bool:
        return True


class Digest:
    def __init__(self, account: Account, period: Period, stretch: Stretch) -> None:
        self._sha = hashlib.sha256()
        self._add(account.code, period.first, period.last, stretch.opening)

    def of(self, movements: Iterable[Movement]) -> Iterator[Movement]:
        for one in movements:
            self._add(one.number, one.posted_on, one.transfer_id or "", one.amount, one.balance)
            yield one

    def end(self, closing: int) -> str:
        self._add(closing)
        return self._sha.hexdigest()

    def _add(self, *values: Any) -> None:
        self._sha.update(("|".join(map(str, values)) + "\n").encode())


def write_statement(asked: Any, target: IO[bytes], watch: Watch | None) -> int:
    """Oldest first and whole, whatever the list on the page is sorted and filtered by; how many movements."""
    view = asked.view
    account, period, stretch = view.account, view.period, view.stretch
    digest = Digest(account, period, stretch)
    order = Order(NumberSort(key="number", label="", field=number_of(account)), descending=False)
    rows: Iterable[Any] = rows_of(
        movements_of(account, stretch), order=order, tell=lambda some: told(account, some)
    )
    paper = StatementPaper(target, asked.about, account, period, stretch, digest)
    return paper.write(digest.of(watch(rows) if watch else rows))


class StatementPaper(Paper):
    def __init__(
        self,
        target: IO[bytes],
        about: About,
        account: Account,
        period: Period,
        stretch: Stretch,
        digest: Digest,
    ) -> None:
        self.account, self.period, self.stretch, self.digest = account, period, stretch, digest
        self.raised = self.lowered = 0
        super().__init__(_columns(unit_of(account)), target, about)

    def write(self, rows: Iterable[Any]) -> int:
        return super().write(self._summed(rows))

    def _summed(self, rows: Iterable[Movement]) -> Iterator[Movement]:
        for one in rows:
            self.raised += one.raised or 0
            self.lowered += one.lowered or 0
            yield one

    def _title(self, top: float) -> float:
        """The letterhead, whose account it is, and where the period begins."""
        canvas = self.canvas
        top = draw_letterhead(self, top, str(self.about.title))
        for label, value in self._facts():
            canvas.setFillColor(QUIET)
            self.regular.draw(canvas, MARGIN, top, self.regular.drawable(label), 8.5)
            canvas.setFillColor(INK)
            self.bold.draw(canvas, MARGIN + 34 * mm, top, self.bold.drawable(value), 8.5)
            top -= 12
        return top - 6

    def _facts(self) -> list[tuple[str, str]]:
        owner = self.account.agent or self.account.biller
        days = f"{short_date(self.period.first)} – {short_date(self.period.last)}"
        return [
            (_("Account"), f"{self.account.code} ({self.account.get_kind_display()})"),
            (_("Owner"), str(owner) if owner else "Gerai"),
            (_("Period"), days),
            (_("Opening balance"), self._money(self.stretch.opening)),
        ]

    def _end(self) -> None:
        """Both sums, the closing balance in figures and words, and the digest; never broken over two pages."""
        if self.y < MARGIN + END_HEIGHT:
            self._begin_page()
        top = self.y - 18
        for label, value in (
            (_("Opening balance"), self.stretch.opening),
            (_("Increases"), self.raised),
            (_("Decreases"), -self.lowered),
            (_("Closing balance"), self.stretch.closing),
        ):
            face = self.bold if label == _("Closing balance") else self.regular
            words = face.drawable(self._money(value))
            face.draw(self.canvas, self.width / 2, top, face.drawable(label), 9)
            face.draw(self.canvas, self.width - MARGIN - PAD - face.width(words, 9), top, words, 9)
            top -= 13
        top -= 6
        words = (
            rupiah_in_words(self.stretch.closing)
            if unit_of(self.account) == "rupiah"
            else f"{in_words(self.stretch.closing)} poin"
        )
        for line in self.regular.lines(
            _("In words: %(words)s") % {"words": words}, self.width - 2 * MARGIN, 9, 3
        ):
            self.regular.draw(self.canvas, MARGIN, top, line, 9)
            top -= 12
        top -= 6
        self.canvas.setFillColor(QUIET)
        digest = f"SHA-256: {self.digest.end(self.stretch.closing)}"
        self.regular.draw(self.canvas, MARGIN, top, digest, SIZE)
        note = _(
            "The ledger gives this number again for the same account and period, as long as nothing was altered."
        )
        for line in self.regular.lines(note, self.width - 2 * MARGIN, SIZE, 2):
            top -= LEADING
            self.regular.draw(self.canvas, MARGIN, top, line, SIZE)
        self.canvas.setFillColor(INK)

    def _money(self, value: int) -> str:
        return rupiah(value) if unit_of(self.account) == "rupiah" else number(value)


def _columns(unit: str) -> tuple[Column, ...]:
    kind: Any = "rupiah" if unit == "rupiah" else "int"
    return (
        Column("number", _("No."), "int", width=8),
        Column("at", _("Time"), "datetime", width=22),
        Column("what", _("Description"), value=_what, width=32),
        Column("raised", _("Increase"), kind, width=18),
        Column("lowered", _("Decrease"), kind, width=18),
        Column("balance", _("Balance"), kind, width=19),
    )


def _what(one: Movement) -> str:
    return f"{one.kind_label} · {one.memo}" if one.memo else str(one.kind_label)
