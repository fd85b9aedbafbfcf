"""LISTRA: settled by transfer. Text with ";"; a bill of three months is one noref and three lines, a month each."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ppob.simulation.forms import Line

PROFILE = {
    "form": "delimited",
    "encoding": "ascii",
    "delimiter": ";",
    "header_lines": 1,
    "trailer": {"starts": "TOTAL", "count": 1, "sum": 2},
    "columns": {
        "date": 0, "time": 1, "noref": 2, "customer_id": 3, "product": 4, "part": 5, "amount": 6, "commission": 7, "status": 8,
        "stan": 9, "serial": 10,
    },
    "date_form": "%Y%m%d",
    "time_form": "%H%M%S",
    "number_form": "padded",
    "success_words": ["S"],
    "failure_words": ["F"],
    "line_rule": "many_lines",
}  # fmt: skip


def write(lines: "Sequence[Line]", *, biller: str, day: date, folder: Path) -> Path:
    path = folder / f"{biller}_{day:%Y%m%d}.txt"
    count = total = 0
    with path.open("w", newline="", encoding="ascii") as file:
        file.write("TGL;JAM;NOREF;IDPEL;PRODUK;PERIODE;TAGIHAN;KOMISI;STATUS;STAN;TOKEN\n")
        for line in lines:
            for part, amount, commission in _months(line):
                file.write(
                    f"{line.at:%Y%m%d};{line.at:%H%M%S};{line.noref};{line.customer_id};{line.product};{part};{amount:012};"
                    f"{commission:08};{'S' if line.is_success else 'F'};{line.stan};{line.serial}\n"
                )
                count, total = count + 1, total + amount
        file.write(f"TOTAL;{count};{total:015}\n")
    return path


def _months(line: "Line") -> Iterator[tuple[str, int, int]]:
    """The bill month by month, the oldest first; what does not divide stands in the last."""
    for number in range(line.sheets):
        months = line.at.year * 12 + line.at.month - 1 - (line.sheets - 1 - number)
        is_last = number == line.sheets - 1
        amount, commission = line.amount // line.sheets, line.commission // line.sheets
        if is_last:
            amount, commission = line.amount - amount * number, line.commission - commission * number
        yield f"{months // 12}{months % 12 + 1:02}", amount, commission
