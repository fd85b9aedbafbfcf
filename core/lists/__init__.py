"""Lists that stay fast at a million rows: filters in the URL, declared sorts, keyset pages under a sealed cursor."""

from core.lists.columns import ListColumn
from core.lists.filters import ListFilterSet, SearchFilter
from core.lists.sorts import Sort
from core.lists.views import KeysetListView

__all__ = ["KeysetListView", "ListColumn", "ListFilterSet", "SearchFilter", "Sort"]
