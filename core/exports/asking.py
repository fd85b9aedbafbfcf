"""One wish for an export: of this list, as this person sees it, filtered and sorted as this address says."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify

from core import audit
from core.exports.about import About
from core.exports.columns import Column
from core.exports.copying import write_copy
from core.exports.exceptions import FilterNotUnderstood, TooManyRows
from core.exports.formats import Format
from core.exports.formula import plain
from core.exports.rows import rows_of
from core.exports.spec import ExportSpec, Watch
from core.lists.views import ListState

if TYPE_CHECKING:
    from core.exports.views import ExportableListView

BLOCK = 1 << 16
CSV, PDF = "csv", "pdf"


class Asked:
    """`only` names the columns that are wanted, in place of all. Raises FilterNotUnderstood."""

    def __init__(self, view: "ExportableListView", form: Format, *, only: Iterable[str] = ()) -> None:
        self.only = frozenset(only)
        self.form, self.person, self.view = form, view.request.user, view
        self.spec: ExportSpec = view.export
        self.at = timezone.now()
        self.state = ListState(view, view.request)
        misunderstood = self.state.filterset.misunderstood()
        if misunderstood:
            raise FilterNotUnderstood(misunderstood)
        self.queryset = self.state.filterset.qs

    @property
    def is_large(self) -> bool:
        """Whether it takes longer than a person waits. Raises TooManyRows."""
        if not self._has_more_than(self.form.at_once):
            return False
        if self._limit and self._has_more_than(self._limit):
            raise TooManyRows(label=str(self.form.label), at_most=self._limit)
        return True

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        every = self.spec.columns(self.person)
        return tuple(column for column in every if column.name in self.only) or every

    @property
    def _limit(self) -> int | None:
        cuts = self.form.key == PDF and self.spec.paper_cuts
        return None if cuts else self.form.at_most

    @property
    def filename(self) -> str:
        """toko-2026-08-29-0845.xlsx: letters, digits and dashes alone, whatever the list is called."""
        return self.filename_of("")

    def filename_of(self, name: str) -> str:
        """The same, of a report that has a name of its own."""
        stem = slugify(name) or slugify(str(self.spec.title)) or "export"
        return f"{stem}-{timezone.localtime(self.at):%Y-%m-%d-%H%M}.{self.form.key}"

    def count(self) -> int:
        return self.queryset.order_by().count()

    def write(
        self,
        target: IO[bytes],
        *,
        watch: Watch | None = None,
        tick: Callable[[int], None] | None = None,
    ) -> int:
        """The whole file, and how many rows it has. `watch` sees the rows go by; `tick` hears how many the database
        wrote, where it writes them."""
        if self.form.key == CSV and self.spec.copy is not None:
            return write_copy(self.spec.copy(self), self.columns, target, tick=tick)
        if self.form.key == PDF and self.spec.paper is not None:
            return self.spec.paper(self, target, watch)
        rows: Iterable[Any] = rows_of(self.queryset, order=self.state.order, tell=self.spec.tell)
        rows = self._at_most(watch(rows) if watch else rows)
        return self.form.write(rows, self.columns, target, self.about)

    @property
    def about(self) -> About:
        return About(
            title=str(self.spec.title), person=str(self.person), at=self.at, filters=tuple(self._filters())
        )

    def record(self, *, rows: int, sha256: str) -> None:
        """Who took what out of the portal: in the trail before the file leaves, or the file does not leave."""
        filters = "; ".join(f"{label}: {value}" for label, value in self._filters())
        record_export(
            self.person, name=self.spec.name, filters=filters, form=self.form.key, rows=rows, sha256=sha256
        )

    def _filters(self) -> Iterator[tuple[str, str]]:
        words = self.state.request.GET.get("q", "").strip()
        if words and self.state.filterset.form.fields.get("q"):
            yield str(self.state.filterset.form.fields["q"].label), plain(words)
        for chip in self.state.filterset.chips():
            yield chip.label, plain(chip.value)

    def _at_most(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Rows are added while an export runs; a format's limit holds all the same."""
        for number, row in enumerate(rows, start=1):
            if self.form.at_most and number > self.form.at_most:
                raise TooManyRows(label=str(self.form.label), at_most=self.form.at_most)
            yield row

    def _has_more_than(self, limit: int) -> bool:
        return self.queryset.order_by()[: limit + 1].count() > limit


def as_asked(
    view_class: "type[ExportableListView]",
    named: dict[str, Any],
    *,
    person: Any,
    query: str,
    form: Format,
    only: Iterable[str] = (),
) -> Asked:
    """The same list outside of a request: a worker looks through the same view."""
    request = HttpRequest()
    request.method, request.GET, request.user = "GET", QueryDict(query), person
    view = view_class()
    view.setup(request, **named)
    return Asked(view, form, only=only)


def record_export(person: Any, *, name: str, filters: str, form: str, rows: int, sha256: str) -> None:
    """The entry of one export; what of: a list's name and what it was narrowed to."""
    facts = {"list": name, "filters": filters, "file_format": form, "rows": rows, "sha256": sha256}
    with transaction.atomic():
        audit.record(person, "export.made", person, {key: (None, fact) for key, fact in facts.items()})


def sha256_of(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()
