"""TIRTA: a ZIP with a Latin-1 CSV in it, separated by ";"; amounts as 1,234,567.00; its day closes at 12:00."""

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ppob.simulation.forms import Line

PROFILE = {
    "form": "zip",
    "inner_form": "csv",
    "encoding": "latin-1",
    "delimiter": ";",
    "columns": {
        "date": "Tanggal", "time": "Jam", "noref": "Référence", "customer_id": "Pelanggan", "product": "Produk",
        "sheets": "Lembar", "amount": "Jumlah", "commission": "Komisi", "status": "Status", "stan": "STAN", "serial": "Token",
    },
    "date_form": "%d-%m-%Y",
    "number_form": "commas",
    "success_words": ["BERHASIL"],
    "failure_words": ["GAGAL"],
}  # fmt: skip
HEADER = (
    "Tanggal",
    "Jam",
    "Référence",
    "Pelanggan",
    "Produk",
    "Lembar",
    "Jumlah",
    "Komisi",
    "Status",
    "STAN",
    "Token",
)


def write(lines: "Sequence[Line]", *, biller: str, day: date, folder: Path) -> Path:
    path = folder / f"{biller}_{day:%Y%m%d}.zip"
    rows = [";".join(HEADER)]
    rows += [
        ";".join(
            (
                f"{line.at:%d-%m-%Y}", f"{line.at:%H:%M:%S}", line.noref, line.customer_id, line.product, str(line.sheets),
                f"{line.amount:,}.00", f"{line.commission:,}.00", "BERHASIL" if line.is_success else "GAGAL", line.stan,
                line.serial,
            )
        )
        for line in lines
    ]  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        # The same moment always: the same day gives the same bytes.
        entry = zipfile.ZipInfo(f"{biller}_{day:%Y%m%d}.csv", (2020, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        package.writestr(entry, ("\r\n".join(rows) + "\r\n").encode("latin-1"))
    return path
