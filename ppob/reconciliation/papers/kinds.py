"""Which papers a run has, by name: what writes each, and how large it is going to be."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.exports.about import About
from core.exports.asking import record_export
from core.exports.exceptions import TooManyRows
from core.exports.formats import FORMATS, Format
from core.templatetags.gerai import short_date
from ppob.models import ReconciliationRun
from ppob.reconciliation.exceptions import NotTheNewestRun
from ppob.reconciliation.papers.csv_file import write_csv
from ppob.reconciliation.papers.dispute import disputed, write_dispute
from ppob.reconciliation.papers.facts import RunFacts
from ppob.reconciliation.papers.minutes import write_minutes
from ppob.reconciliation.papers.pdf_file import write_pdf
from ppob.reconciliation.papers.xlsx_file import write_xlsx
from ppob.selectors.reconciliation import newest_run

TITLE = gettext_lazy("H+1 reconciliation")


@dataclass(frozen=True, kw_only=True)
class PaperKind:
    """`write` gets the facts, the file, for whom, and whether matched lines are wished for; it answers how many rows."""

    key: str
    label: Any
    note: Any
    icon: str
    form: Format
    stem: str
    write: Callable[..., int]
    with_matched: bool = False

    def filename(self, facts: RunFacts) -> str:
        return f"{self.stem}_{facts.stem}.{self.form.key}"

    def rows(self, facts: RunFacts, *, matched: bool) -> int:
        if self.key == "dispute":
            return disputed(facts).count()
        lines = facts.run.matched_lines if matched and self.with_matched else 0
        return facts.differences.order_by().count() + lines

    def is_large(self, facts: RunFacts, *, matched: bool) -> bool:
        """Whether it takes longer than a person waits. Raises TooManyRows."""
        rows = self.rows(facts, matched=matched)
        if self.form.at_most and rows > self.form.at_most and self.form.key != "pdf":
            raise TooManyRows(label=str(self.form.label), at_most=self.form.at_most)
        return rows > self.form.at_once


def about_run(facts: RunFacts, person: Any) -> About:
    run = facts.run
    narrowed = (
        (str(_("Biller")), run.biller.code),
        (str(_("Business day")), short_date(run.business_on)),
        (pgettext("reconciliation", "Run"), str(run.number)),
    )
    return About(title=str(TITLE), person=str(person), at=timezone.now(), filters=narrowed)


def _csv(facts: RunFacts, target: IO[bytes], person: Any, matched: bool) -> int:
    return write_csv(facts, target, matched=matched)


def _xlsx(facts: RunFacts, target: IO[bytes], person: Any, matched: bool) -> int:
    return write_xlsx(facts, target, about_run(facts, person), matched=matched)


def _pdf(facts: RunFacts, target: IO[bytes], person: Any, matched: bool) -> int:
    return write_pdf(facts, target, about_run(facts, person))


def _letter(write: Callable[..., int], facts: RunFacts, target: IO[bytes], person: Any, matched: bool) -> int:
    return write(facts, target, person=person)


PAPERS = {
    one.key: one
    for one in (
        PaperKind(
            key="xlsx", label="XLSX", note=gettext_lazy("Summary with a chart, differences, matched lines on request"),
            icon="file-spreadsheet", form=FORMATS["xlsx"], stem="rekonsiliasi", write=_xlsx, with_matched=True,
        ),
        PaperKind(
            key="csv", label="CSV", note=gettext_lazy("The same numbers for other programs"), icon="file-type-csv",
            form=FORMATS["csv"], stem="rekonsiliasi", write=_csv, with_matched=True,
        ),
        PaperKind(
            key="pdf", label="PDF", note=gettext_lazy("One page to sign, the differences behind it"), icon="file-type-pdf",
            form=FORMATS["pdf"], stem="rekonsiliasi", write=_pdf,
        ),
        PaperKind(
            key="minutes", label=gettext_lazy("Minutes of reconciliation"),
            note=gettext_lazy("PDF for both parties, with amounts in words; a draft until the day is signed"), icon="writing",
            form=FORMATS["pdf"], stem="berita-acara", write=partial(_letter, write_minutes),
        ),
        PaperKind(
            key="dispute", label=gettext_lazy("Letter of dispute"),
            note=gettext_lazy("PDF to the biller, with all that is disputed of this day"), icon="mail-exclamation",
            form=FORMATS["pdf"], stem="sanggahan", write=partial(_letter, write_dispute),
        ),
    )
}  # fmt: skip


def facts_of(run: ReconciliationRun) -> RunFacts:
    """Raises NotTheNewestRun: a newer one has taken over the differences of the one before."""
    newest = newest_run(run.biller_id, run.business_on)
    if newest is None or newest.pk != run.pk:
        raise NotTheNewestRun
    return RunFacts(newest)


def record_paper(
    person: Any, facts: RunFacts, kind: PaperKind, *, matched: bool, rows: int, sha256: str
) -> None:
    """Who took which paper home: in the trail before the file leaves."""
    told = f"{facts.number}: {kind.key}" + (", matched" if matched and kind.with_matched else "")
    record_export(
        person, name="ppob.reconciliationrun", filters=told, form=kind.form.key, rows=rows, sha256=sha256
    )


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read inside is of one moment: whoever adjusts meanwhile changes no number half-way."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
