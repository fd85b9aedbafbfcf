"""ARTHASW: fixed width, one header line, a trailer; amounts with two implied decimals."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ppob.simulation.forms import Line

PROFILE = {
    "form": "fixed",
    "encoding": "ascii",
    "delimiter": "",
    "header_lines": 1,
    "trailer": {"starts": "9", "count": [1, 8], "sum": [9, 18]},
    "columns": {
        "date": [1, 14], "noref": [15, 12], "customer_id": [27, 20], "product": [47, 12], "sheets": [59, 2],
        "amount": [61, 15], "commission": [76, 12], "response_code": [88, 2], "status": [90, 1], "stan": [91, 6],
        "serial": [97, 24],
    },
    "date_form": "%Y%m%d%H%M%S",
    "time_form": "",
    "number_form": "cents",
    "success_words": ["S"],
    "failure_words": ["F"],
}  # fmt: skip


def write(lines: "Sequence[Line]", *, biller: str, day: date, folder: Path) -> Path:
    path = folder / f"{biller}_{day:%Y%m%d}.dat"
    with path.open("w", newline="", encoding="ascii") as file:
        file.write(f"0{biller:<12}{day:%Y%m%d}\r\n")
        for line in lines:
            file.write(
                f"1{line.at:%Y%m%d%H%M%S}{line.noref:>12}{line.customer_id:<20}{line.product:<12}{line.sheets:02}"
                f"{line.amount * 100:015}{line.commission * 100:012}{line.response_code:<2}{'S' if line.is_success else 'F'}"
                f"{line.stan:>6}{line.serial:<24}\r\n"
            )
        file.write(f"9{len(lines):08}{sum(line.amount for line in lines) * 100:018}\r\n")
    return path
