from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views import View

from core.access import PortalView
from core.lists.columns import PARAMETER, ListColumn, hidden_from, parameter_of
from core.lists.cursor import Position, UnusableCursor, fingerprint, seal, unseal
from core.lists.filters import ListFilterSet
from core.lists.keyset import Page, read_page
from core.lists.sorts import Order, Sort, order_from

COUNT_UP_TO = 1000
SIZES = (25, 50, 100)


class ListState:
    """What the templates of a list show: rows, filters, order, and addresses of the pages beside this one."""

    def __init__(self, view: "KeysetListView", request: HttpRequest) -> None:
        self.view, self.request = view, request
        self.all_rows = view.get_queryset()
        self.filterset: ListFilterSet = view.filterset_class(
            request.GET, queryset=self.all_rows, request=request
        )
        self.order: Order = order_from(request.GET.get("sort", ""), view.sorts)
        self.size = _size_from(request.GET.get("size", ""), view.page_size)
        self.hidden = hidden_from(request.GET.get(PARAMETER, ""), view.optional_columns)
        self.cursor_was_unusable = False

    @cached_property
    def name(self) -> str:
        """Cursors of this list, as filtered and sorted, open for nothing else."""
        return fingerprint(
            type(self.view).__qualname__, self.filterset.parameters(), self.order.parameter, self.size
        )

    @cached_property
    def page(self) -> Page:
        return read_page(self._columns_of(), order=self.order, size=self.size, position=self._position())

    @cached_property
    def count(self) -> tuple[int, bool]:
        """How many rows, and whether there are more: counting stops at a thousand, so that it stays cheap."""
        found = self.filterset.qs.order_by()[: COUNT_UP_TO + 1].count()
        return min(found, COUNT_UP_TO), found > COUNT_UP_TO

    @property
    def rows(self) -> list[Any]:
        return self.page.rows

    @property
    def next_url(self) -> str:
        return self.url(c=self._sealed(self.page.next)) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self.url(c=self._sealed(self.page.previous)) if self.page.previous else ""

    @property
    def first_url(self) -> str:
        return self.url(c=None)

    @property
    def clear_url(self) -> str:
        """Without filters, search and order; what columns there are is no filter."""
        return f"{self.request.path}?{PARAMETER}={self.hide}" if self.hide else self.request.path

    @property
    def hide(self) -> str:
        return parameter_of(self.hidden)

    @cached_property
    def shows(self) -> dict[str, bool]:
        """By key, whether an optional column is shown."""
        return {column.key: column.key not in self.hidden for column in self.view.optional_columns}

    @property
    def column_choices(self) -> list[dict[str, Any]]:
        """Each optional column, and the address with it left out, or shown again."""
        return [
            {
                "column": column,
                "shown": self.shows[column.key],
                "url": self.url(**{PARAMETER: parameter_of(self.hidden ^ {column.key})}),
            }
            for column in self.view.optional_columns
        ]

    @property
    def export_url(self) -> str:
        """This list as filtered and sorted, whatever page of it is shown."""
        return self.url(c=None, size=None, **{PARAMETER: None})

    @cached_property
    def is_filtered(self) -> bool:
        return bool(self.chips or self.request.GET.get("q", "").strip())

    @cached_property
    def chips(self) -> list[dict[str, str]]:
        """Each filter that is set, with the address without it."""
        return [
            {"label": chip.label, "value": chip.value, "url": self.url(**{chip.parameter: None, "c": None})}
            for chip in self.filterset.chips()
        ]

    @property
    def orders(self) -> list[dict[str, Any]]:
        """Every order and whether it holds: the phone's way to sort, where no column heads are."""
        default = order_from("", self.view.sorts)
        every = [Order(sort, descending) for sort in self.view.sorts for descending in (False, True)]
        return [
            {
                "order": order,
                "holds": order == self.order,
                "parameter": "" if order == default else order.parameter,
            }
            for order in every
        ]

    def sort_url(self, key: str) -> str:
        """The address that sorts by a column: the other way round if it is sorted by it already."""
        if self.order.sort.key == key:
            return self.url(sort=self.order.reversed.parameter, c=None)
        return self.url(sort=order_from(key, self.view.sorts).parameter, c=None)

    def url(self, **changes: str | None) -> str:
        query = self.request.GET.copy()
        for parameter, value in changes.items():
            query.pop(parameter, None)
            if value:
                query[parameter] = value
        for empty in [key for key in query if not any(query.getlist(key))]:
            del query[empty]
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    def _columns_of(self) -> QuerySet:
        """The filtered rows with what the table reads, and with what the cursor of any sort needs."""
        rows = self.filterset.qs
        if not self.view.columns:
            return rows
        sorted_by = [sort.field for sort in self.view.sorts if sort.model_field(rows.model)]
        return rows.only(*self.view.columns, *sorted_by)

    def _position(self) -> Position | None:
        cursor = self.request.GET.get("c", "")
        if not cursor:
            return None
        try:
            return unseal(cursor, of=self.name)
        except UnusableCursor:
            self.cursor_was_unusable = True
            return None

    def _sealed(self, position: Position) -> str:
        return seal(position, of=self.name)


class KeysetListView(PortalView, View):
    """Base of every list: at most eight queries a page, all included, at any depth.

    A page states `permission`, `filterset_class`, `sorts` (the first is the default), `rows_template` (head and body
    of the table, from `list.rows`), and a template that extends `core/list.html`. `columns` are the fields that its
    rows read, when that is far less than all; one that is forgotten costs a query a row, and the ceilings catch it.
    `optional_columns` are those of the table that a person may leave out; the address says which.
    """

    filterset_class: type[ListFilterSet] = ListFilterSet
    sorts: tuple[Sort, ...] = ()
    columns: tuple[str, ...] = ()
    optional_columns: tuple[ListColumn, ...] = ()
    page_size = SIZES[0]
    template_name = "core/list.html"
    rows_template = ""
    export_formats: Any = ()  # what `core.exports` offers of a list that is an ExportableListView
    empty_template = "core/_empty.html"
    # What htmx gets; a page whose head changes with its rows includes `core/_list_fragment.html` and the head beside it.
    fragment_template = "core/_list_fragment.html"

    def get_queryset(self) -> QuerySet:
        """The rows that this person may see, with what the table shows of them already joined."""
        raise NotImplementedError

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return context

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        state = ListState(self, request)
        context = self.get_context_data(list=state, rows_template=self.rows_template)
        response = render(
            request, self.fragment_template if _wants_fragment(request) else self.template_name, context
        )
        patch_vary_headers(response, ["HX-Request"])
        return response


def _wants_fragment(request: HttpRequest) -> bool:
    htmx = getattr(request, "htmx", None)
    return bool(htmx and htmx.target == "list" and not htmx.history_restore_request)


def _size_from(text: str, default: int) -> int:
    return int(text) if text in {str(size) for size in SIZES} else default
