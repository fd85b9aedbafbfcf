"""A table on its way into the stores, as an administrator brings it."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from organization.choices import Role
from tests.e2e.browser import Screen

LIST = "/admin/organization/store/"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(("width", "dark", "language"), [("desktop", False, "id"), ("phone", True, "en")])
def test_a_table_is_uploaded_previewed_and_saved(
    as_role: Callable[..., Screen], width: str, dark: bool, language: str
) -> None:
    screen = as_role(Role.ADMINISTRATOR, width, dark=dark, language=language)
    look = f"{width}-{'dark' if dark else 'light'}-{language}"
    _look(screen, f"{LIST}import/", f"import-upload-{look}")

    with screen.page.expect_download() as download:
        screen.page.locator("a[href$='import/current/']").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book.worksheets[0]
    sheet["B2"] = f"Toko Baru {look}"
    sheet["I3"] = 999
    _upload(screen, book)
    _look(screen, "", f"import-errors-{look}")

    sheet["I3"] = None
    sheet.delete_rows(3, sheet.max_row)
    screen.open(f"{LIST}import/")
    _upload(screen, book)
    _look(screen, "", f"import-preview-{look}")
    screen.page.locator(".g-import-confirm button").click()
    screen.page.wait_for_selector("h2:has-text('Tersimpan'), h2:has-text('Saved')")
    _look(screen, "", f"import-saved-{look}")


def _upload(screen: Screen, book: Any) -> None:
    target = io.BytesIO()
    book.save(target)
    screen.page.set_input_files(
        "#id_file", {"name": "toko.xlsx", "mimeType": XLSX, "buffer": target.getvalue()}
    )
    screen.page.locator(".g-import form button").click()
    screen.page.wait_for_selector("#import-run")


def _look(screen: Screen, path: str, name: str) -> None:
    if path:
        assert screen.open(path) == 200
    screen.assert_no_sideways_scroll()
    screen.assert_accessible()
    screen.screenshot(name)
