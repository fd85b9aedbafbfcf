"""MULTIPLS: a workbook; norefs as text, amounts as numbers, the time as one cell."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

if TYPE_CHECKING:
    from ppob.simulation.forms import Line

HEADER = (
    "Waktu",
    "No Ref",
    "ID Pelanggan",
    "Produk",
    "Lembar",
    "Nominal",
    "Komisi",
    "Status",
    "RC",
    "STAN",
    "SN",
)
PROFILE = {
    "form": "xlsx",
    "columns": {
        "date": "Waktu", "noref": "No Ref", "customer_id": "ID Pelanggan", "product": "Produk", "sheets": "Lembar",
        "amount": "Nominal", "commission": "Komisi", "status": "Status", "response_code": "RC", "stan": "STAN", "serial": "SN",
    },
    "date_form": "%Y-%m-%d %H:%M:%S",
    "time_form": "",
    "success_words": ["SUKSES"],
    "failure_words": ["GAGAL"],
}  # fmt: skip


def write(lines: "Sequence[Line]", *, biller: str, day: date, folder: Path) -> Path:
    path = folder / f"{biller}_{day:%Y%m%d}.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("Transaksi")
        for column, name in enumerate(HEADER):
            sheet.write_string(0, column, name)
        for row, line in enumerate(lines, start=1):
            state = "SUKSES" if line.is_success else "GAGAL"
            texts = {
                0: f"{line.at:%Y-%m-%d %H:%M:%S}", 1: line.noref, 2: line.customer_id, 3: line.product, 7: state,
                8: line.response_code, 9: line.stan, 10: line.serial,
            }  # fmt: skip
            for column, number in ((4, line.sheets), (5, line.amount), (6, line.commission)):
                sheet.write_number(row, column, number)
            for column, text in texts.items():
                sheet.write_string(row, column, text)
    return path
