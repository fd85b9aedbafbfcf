"""FINNET: comma-separated, one header line, no trailer; amounts without separators, `amount` before the commission."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ppob.simulation.forms import Line

HEADER = (
    "trx_date", "trx_time", "reference", "customer_id", "product_code", "sheets", "amount", "commission", "net", "status",
    "response_code", "stan", "serial",
)  # fmt: skip

PROFILE = {
    "form": "csv",
    "encoding": "ascii",
    "columns": {
        "date": "trx_date", "time": "trx_time", "noref": "reference", "customer_id": "customer_id", "product": "product_code",
        "sheets": "sheets", "amount": "amount", "commission": "commission", "status": "status",
        "response_code": "response_code", "stan": "stan", "serial": "serial",
    },
    "success_words": ["SUCCESS"],
    "failure_words": ["FAILED"],
}  # fmt: skip


def write(lines: "Sequence[Line]", *, biller: str, day: date, folder: Path) -> Path:
    path = folder / f"{biller}_{day:%Y%m%d}.csv"
    with path.open("w", newline="", encoding="ascii") as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow(HEADER)
        out.writerows(
            (
                f"{line.at:%Y-%m-%d}", f"{line.at:%H:%M:%S}", line.noref, line.customer_id, line.product, line.sheets,
                line.amount, line.commission, line.net, "SUCCESS" if line.is_success else "FAILED", line.response_code,
                line.stan, line.serial,
            )
            for line in lines
        )  # fmt: skip
    return path
