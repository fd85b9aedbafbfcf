"""NUSAPAY: text with "|", no header, and a trailer that counts and sums; amounts as 1.234.567,00."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ppob.simulation.forms import Line

PROFILE = {
    "form": "delimited",
    "encoding": "utf-8",
    "delimiter": "|",
    "header_lines": 0,
    "trailer": {"starts": "T", "count": 1, "sum": 2},
    "columns": {
        "date": 1, "time": 2, "noref": 3, "customer_id": 4, "product": 5, "sheets": 6, "amount": 7, "commission": 8, "status": 9,
        "stan": 10, "serial": 11,
    },
    "date_form": "%d/%m/%Y",
    "number_form": "dots",
    "success_words": ["00"],
    "failure_words": ["05", "14", "61", "68", "76", "88", "91"],
}  # fmt: skip


def dots(amount: int) -> str:
    return f"{amount:,}".replace(",", ".") + ",00"


def write(lines: "Sequence[Line]", *, biller: str, day: date, folder: Path) -> Path:
    path = folder / f"{biller}_{day:%Y%m%d}.txt"
    with path.open("w", newline="", encoding="utf-8") as file:
        for line in lines:
            cells = (
                "D", f"{line.at:%d/%m/%Y}", f"{line.at:%H:%M:%S}", line.noref, line.customer_id, line.product, str(line.sheets),
                dots(line.amount), dots(line.commission), line.response_code, line.stan, line.serial,
            )  # fmt: skip
            file.write("|".join(cells) + "\n")
        file.write(f"T|{len(lines)}|{dots(sum(line.amount for line in lines))}\n")
    return path
