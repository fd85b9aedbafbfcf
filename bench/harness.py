"""Ours against a peer on the same machine in the same minutes: interleaved, best of five, a ratio and not a time.

A comparison passes when `ours / peer` in rate keeps its limit; the bar shows how much of the limit is used.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

ROUNDS = 5
BAR = 20


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`ours` and `peer` each do `units` of the same work; `at_least` is how many times the peer's rate ours keeps.

    Work that returns a float has measured itself: those are its seconds, of whatever part of it counts.
    """

    name: str
    unit: str
    units: int
    ours: Callable[[], object]
    peer: Callable[[], object]
    at_least: float
    rounds: int = ROUNDS


@dataclass(frozen=True)
class Result:
    name: str
    unit: str
    ours: float
    peer: float
    limit: float

    @property
    def ratio(self) -> float:
        return self.ours / self.peer

    @property
    def passed(self) -> bool:
        return self.ratio >= self.limit


def compare(comparison: Comparison) -> Result:
    """One warm round, then those in which ours and peer take turns, so that a busy minute slows both."""
    comparison.ours(), comparison.peer()
    ours: list[float] = []
    peer: list[float] = []
    for turn in range(comparison.rounds):
        sides = [(comparison.ours, ours), (comparison.peer, peer)]
        for work, seconds in sides if turn % 2 else reversed(sides):
            begun = perf_counter()
            measured = work()
            seconds.append(measured if isinstance(measured, float) else perf_counter() - begun)
    return Result(
        comparison.name,
        comparison.unit,
        comparison.units / min(ours),
        comparison.units / min(peer),
        comparison.at_least,
    )


def table(results: list[Result]) -> str:
    """One line a comparison: rates, limit, ratio, and a bar that is full where ours is as fast as the peer."""
    lines = [f"{'':<44}{'ours':>12}{'peer':>12}{'limit':>8}{'ratio':>8}"]
    for result in results:
        full = min(BAR, round(result.ratio * BAR))
        mark = "ok" if result.passed else "TOO SLOW"
        lines.append(
            f"{result.name:<44}{result.ours:>10,.0f}/s{result.peer:>10,.0f}/s{result.limit:>8.2f}{result.ratio:>8.2f}"
            f"  {'█' * full}{'·' * (BAR - full)}  {mark}  {result.unit}"
        )
    return "\n".join(lines)


def write_json(results: list[Result], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(one), "ratio": round(one.ratio, 3), "passed": one.passed} for one in results]
    file.write_text(json.dumps(rows, indent=1) + "\n")
