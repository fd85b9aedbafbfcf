from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any

from core.exports.columns import Column
from core.exports.copying import Copied

Watch = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, kw_only=True)
class ExportSpec:
    """What a list exports. The rows are the list's own: its scope, its filters, its order.

    `permission` is asked for besides the list's; None where all rows are the person's own. `columns` gets the person, for
    what a day is depends on who asks; `tell` turns some hundred rows into what the columns read, where a row alone is not enough. `paper` writes the PDF of
    a list that is more than a table: it gets what was asked, the file and who watches the rows go by, and says how many
    there were; where `paper_cuts`, a longer list is no reason to refuse, for the paper says what it left out. `copy` gives
    the SELECT of a list so long that the database has to write its CSV.
    """

    name: str
    title: Any
    permission: str | None
    columns: Callable[[Any], tuple[Column, ...]]
    tell: Callable[[list[Any]], Iterable[Any]] | None = None
    paper: Callable[[Any, IO[bytes], Watch | None], int] | None = None
    paper_cuts: bool = False
    copy: Callable[[Any], Copied] | None = None
