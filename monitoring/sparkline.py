"""The small graph of a machine in lists: an SVG of attributes only. `static/js/sparkline.js` goes on with the same geometry."""

from collections.abc import Sequence
from itertools import groupby

WIDTH, HEIGHT, PAD, POINTS = 120, 32, 2, 40
# A machine that idles at 2 % is a low line, not a mountain range of noise.
LOWEST_TOP = 25

Point = tuple[float, float]


def runs_of(values: Sequence[float | None]) -> list[list[Point]]:
    """The unbroken stretches of a series as points; what is missing is a gap, and the newest stands at the right."""
    values = list(values)[-POINTS:]
    top = max([LOWEST_TOP, *(value for value in values if value is not None)])
    step, first = WIDTH / (POINTS - 1), POINTS - len(values)
    numbered = enumerate(values)
    runs = (list(run) for known, run in groupby(numbered, key=lambda pair: pair[1] is not None) if known)
    return [
        [(round((first + place) * step, 1), _height(value or 0, top)) for place, value in run] for run in runs
    ]


def line_path(values: Sequence[float | None]) -> str:
    return "".join(_line(run) for run in runs_of(values))


def area_path(values: Sequence[float | None]) -> str:
    return "".join(f"{_line(run)}L{run[-1][0]} {HEIGHT}L{run[0][0]} {HEIGHT}Z" for run in runs_of(values))


def _line(run: list[Point]) -> str:
    # A single value between two gaps would be invisible as a line of no length.
    return "M" + "L".join(f"{x} {y}" for x, y in run) + ("h.1" if len(run) == 1 else "")


def _height(value: float, top: float) -> float:
    return round(HEIGHT - PAD - min(value, top) / top * (HEIGHT - 2 * PAD), 1)
