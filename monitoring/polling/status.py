"""Green, yellow or red by fixed limits, until a machine's own normal range is learned."""

from dataclasses import dataclass
from typing import Any

from monitoring.choices import Status
from monitoring.metrics import METRICS
from monitoring.transports import Reading

# A machine of which nothing is known is worse than one that is busy: nobody sees what happens there.
RANK = {
    Status.DANGER: 4,
    Status.NO_DATA: 3,
    Status.WARNING: 2,
    Status.MAINTENANCE: 1,
    Status.SAFE: 0,
}
# Two polls in a row before the colour changes: one spike is no news.
POLLS_TO_CHANGE = 2
# So many polls unanswered, and the machine is grey.
MISSES_TO_GREY = 2


@dataclass(frozen=True)
class Verdict:
    status: Status
    reasons: list[dict[str, Any]]

    @property
    def severity(self) -> int:
        """Sorts worst first; steady while the reasons stay the same, so that lists do not jump."""
        return RANK[self.status] * 100 + min(99, 10 * len(self.reasons))


def judge(reading: Reading) -> Verdict:
    """The worst of all metrics with a limit, with what passed which limit; a missing value says nothing."""
    status, reasons = Status.SAFE, []
    for metric in METRICS:
        value = getattr(reading, metric.name)
        if value is None or metric.warning is None or value < metric.warning:
            continue
        is_danger = metric.danger is not None and value >= metric.danger
        if is_danger or status == Status.SAFE:
            status = Status.DANGER if is_danger else Status.WARNING
        limit = metric.danger if is_danger else metric.warning
        reasons.append({"metric": metric.name, "value": round(value, 1), "limit": limit})
    return Verdict(status=status, reasons=reasons)


@dataclass
class Damping:
    """What one machine's next colour would be, and for how many polls in a row it has been so."""

    candidate: Status | None = None
    polls: int = 0

    def agrees(self, current: Status, proposed: Status) -> bool:
        """Whether the proposed colour may be shown now. From grey to any colour there is nothing to wait for."""
        if proposed == current or current == Status.NO_DATA:
            self.candidate, self.polls = None, 0
            return True
        self.polls = self.polls + 1 if proposed == self.candidate else 1
        self.candidate = proposed
        return self.polls >= POLLS_TO_CHANGE
