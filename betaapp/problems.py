"""What the helpdesk does for the Beta-App. `portal/wiring.py` connects it; until then there are no problems to speak of."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Protocol

from organization.models import Employee


class ProblemDesk(Protocol):
    def problem_days(
        self, *, application_ids: Collection[int], first_on: date, last_on: date
    ) -> Iterable[tuple[int, int, date, int]]:
        """(application's key, store's key, day, number) of the problems reported on these days, both included.

        Days are the store's own; a store without a problem has no line. One query, whatever is asked for.
        """

    def open_from_feedback(self, *, feedback_id: int, actor: Employee) -> str:
        """Open a problem with what a store wrote, within the caller's transaction; its address in the portal."""


_desks: list[ProblemDesk] = []


def connect(desk: ProblemDesk) -> None:
    """Called by `portal/wiring.py`; by tests, which take it back with `disconnect`."""
    _desks[:] = [desk]


def disconnect() -> None:
    _desks.clear()


def desk() -> ProblemDesk | None:
    return _desks[0] if _desks else None
