"""Rekonsiliasi H+1 as accountants work with it in the morning: bring the file, look, explain, adjust; a second person
approves and signs. On desk and phone, light and dark, in both languages."""

import io
import json
import re
from datetime import date

import openpyxl
import pytest
from playwright.sync_api import expect

from organization.choices import Role
from tests.e2e.browser import Screen
from tests.e2e.test_ppob_master import LOOKS, ROWS, look, press

EMPTY_DAY = """
from datetime import timedelta
from ppob.business_days import business_day
from ppob.models import Biller, Transaction
from django.utils import timezone
biller = Biller.objects.get(code="FINNET")
day = business_day(biller, timezone.now()) - timedelta(days=1)
while Transaction.objects.filter(biller=biller, business_on=day).exists():
    day -= timedelta(days=1)
print(biller.pk, day)
"""
SHEET = "#difference-sheet"


class Day:
    """A business day of the biller whose days are kept empty, made anew: where its page is, and its file."""

    def __init__(self, portal, folder) -> None:
        biller, day = portal.python(EMPTY_DAY).splitlines()[-1].split()
        self.on = date.fromisoformat(day)
        self.path = f"/ppob/reconciliation/{biller}/{day}/"
        portal.run(
            "ppob_simulate", "--biller", "FINNET", "--date", day, "--transactions", "120", "--breaks", "8", "--out",
            str(folder),
        )  # fmt: skip
        self.counts = json.loads((folder / "answer.json").read_text())["counts"]
        self.file = next(path for path in folder.iterdir() if path.name != "answer.json")

    @property
    def adjustable(self) -> str:
        """The kind of which there are most, of those whose money an adjustment may correct."""
        kinds = ("missing_here", "duplicate_at_biller", "missing_at_biller", "status", "amount")
        return max(kinds, key=lambda kind: self.counts.get(kind, 0))

    @property
    def open(self) -> int:
        return sum(count for kind, count in self.counts.items() if kind not in ("matched", "carried_over"))


@pytest.fixture
def day(portal, tmp_path) -> Day:
    return Day(portal, tmp_path)


def accountant(as_role, look_: tuple[str, bool]) -> Screen:
    width, dark = look_
    screen = as_role(Role.ACCOUNTANT, width, dark=dark)
    screen.allow(r"console: Failed to load resource.* 422 ")
    screen.allow(r"Response Status Error Code 422")
    return screen


def bring(screen: Screen, day: Day) -> None:
    """Upload the file, watch the job, and go on to the day."""
    page = screen.page
    screen.open(f"{day.path}file/")
    press(screen, "Unggah dan bandingkan")
    page.locator("#id_file").set_input_files(day.file)
    look(screen, "recon-upload")
    press(screen, "Unggah dan bandingkan")
    expect(page).to_have_url(re.compile("/jobs/"))
    page.get_by_role("link", name="Lanjutkan").click(timeout=30_000)
    expect(page).to_have_url(re.compile(re.escape(day.path)))
    # Drawn by the page's own script: from here on it listens.
    expect(page.locator("[data-trend-graph] svg").first).to_be_visible()


def choose(screen: Screen, name: str) -> None:
    """A button of the sheet."""
    screen.page.locator(SHEET).get_by_role("button", name=name, exact=True).click()


def taken(screen: Screen, name: str) -> bytes:
    """What a button of the papers downloads."""
    with screen.page.expect_download() as download:
        screen.page.get_by_role("button", name=f"Unduh {name}", exact=True).first.click()
    return download.value.path().read_bytes()


@pytest.mark.parametrize("look_", LOOKS, ids=["desk light", "phone dark"])
def test_the_accountants_morning(as_role, portal, day, look_):
    screen = accountant(as_role, look_)
    page = screen.page
    screen.open("/ppob/reconciliation/")
    look(screen, "recon-board-before")
    expect(page.locator("#board").get_by_role("link", name="Finnet").first).to_be_visible()
    bring(screen, day)
    look(screen, "recon-day")
    expect(page.locator(ROWS)).not_to_have_count(0)
    expect(page.get_by_text(f"{day.open} selisih harus diselesaikan")).to_be_visible()

    # One is looked at with both sides, explained without a reason in vain, and explained.
    page.locator(f"{ROWS} a.row-link").first.click()
    expect(page.locator(SHEET).get_by_role("columnheader", name="Kata biller")).to_be_visible()
    look(screen, "recon-sheet")
    choose(screen, "Jelaskan")
    expect(page.locator("#say-text")).to_be_focused()
    expect(page.locator("#say-error")).to_be_visible()
    page.locator(f"{SHEET} [data-fill]").first.click()
    choose(screen, "Jelaskan")
    expect(page.locator(SHEET).get_by_text("Penjelasan")).to_be_visible()
    page.keyboard.press("Escape")

    # One is adjusted: proposed here, approved by somebody else.
    screen.open(f"{day.path}?kind={day.adjustable}&state=open")
    page.locator(f"{ROWS} a.row-link").first.click()
    page.locator("#say-text").fill("Biller menagih yang tidak kita jual")
    choose(screen, "Usulkan penyesuaian")
    expect(page.locator(SHEET).get_by_text("Orang lain yang menyetujui")).to_be_visible()
    look(screen, "recon-proposed")

    # The rest at once.
    screen.open(f"{day.path}?state=open")
    boxes = page.locator("[data-choose]")
    boxes.first.check()
    page.locator("[data-choose-all]").click()
    page.locator("#bulk-text").fill("Sudah dicek ke biller")
    look(screen, "recon-bulk")
    page.locator("#bulk").get_by_role("button", name="Jelaskan").click()
    expect(page.get_by_text("selisih sudah dijelaskan").first).to_be_visible()

    second = as_role(Role.PPOB_ADMINISTRATOR, look_[0], dark=look_[1])
    second.open(f"{day.path}?state=proposed")
    second.page.locator(f"{ROWS} a.row-link").first.click()
    choose(second, "Setujui dan bukukan")
    second.page.locator("#confirm").get_by_role("button", name="Ya").click()
    expect(second.page.locator(SHEET).get_by_text("dan dibukukan")).to_be_visible()
    look(second, "recon-approved")

    # Two signatures, and the day is locked.
    screen.open(day.path)
    look(screen, "recon-settled")
    press(screen, "Tanda tangan pertama")
    page.locator("#confirm").get_by_role("button", name="Ya").click()
    expect(page.get_by_text("Orang lain yang memberi tanda tangan kedua").first).to_be_visible()
    second.open("/ppob/reconciliation/?state=prepared")
    look(second, "recon-board-prepared")
    press(second, "Tanda tangani semua hari bersih")
    second.page.locator("#confirm").get_by_role("button", name="Ya").click()
    expect(second.page.get_by_text("ditandatangani dan dikunci").first).to_be_visible()
    screen.open(day.path)
    expect(page.get_by_text("Hari ini dikunci")).to_be_visible()
    expect(page.locator("#bulk")).to_have_count(0)
    look(screen, "recon-locked")

    # Taken home: the same numbers in all of them.
    page.get_by_role("link", name="Dokumen", exact=True).click()
    look(screen, "recon-papers")
    book = openpyxl.load_workbook(io.BytesIO(taken(screen, "XLSX")))
    assert any(sheet._charts for sheet in book)
    table = taken(screen, "CSV").decode("utf-8-sig")
    assert taken(screen, "PDF").startswith(b"%PDF-")
    lines = sum(count for kind, count in day.counts.items() if kind == "matched")
    assert str(lines) in {str(cell.value) for sheet in book for row in sheet for cell in row}
    assert re.search(rf"\b{lines}\b", table)


def test_keys_go_from_one_difference_to_the_next(as_role, day):
    screen = accountant(as_role, ("desktop", False))
    bring(screen, day)
    page = screen.page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(ROWS).first).to_have_class(re.compile("is-picked"))
    page.keyboard.press("e")
    expect(page.locator("#say-text")).to_be_focused()
    page.keyboard.type("jke stays text")
    expect(page.locator("#say-text")).to_have_value("jke stays text")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Tombol pintas").click()
    page.keyboard.press("j")
    expect(page.locator(ROWS).nth(1)).not_to_have_class(re.compile("is-picked"))
    page.get_by_role("button", name="Tombol pintas").click()


def test_a_profile_shows_the_first_lines_while_it_is_typed(as_role, day):
    screen = as_role(Role.PPOB_ADMINISTRATOR)
    page = screen.page
    screen.open("/ppob/settlement-profiles/")
    look(screen, "recon-profiles")
    page.locator(ROWS).filter(has_text="FINNET").get_by_role("link").first.click()
    page.locator("#id_sample").set_input_files(day.file)
    expect(page.locator("#preview tbody tr")).to_have_count(20)
    expect(page.locator("#preview")).not_to_have_class(re.compile("htmx-request"))
    look(screen, "recon-profile")
    page.locator("#id_success_words").fill("BERHASIL")
    expect(page.locator("#preview .is-rejected").first).to_be_visible()
    expect(page.locator("#preview")).not_to_have_class(re.compile("htmx-request"))
    look(screen, "recon-profile-wrong")
    page.locator("#id_success_words").fill("SUCCESS")
    expect(page.locator("#preview .is-rejected")).to_have_count(0)


def test_who_reads_finds_no_way_to_act_and_reads_it_in_english(as_role, day):
    accountant_screen = accountant(as_role, ("desktop", False))
    bring(accountant_screen, day)
    screen = as_role(Role.PPOB_STAFF, "phone", language="en")
    screen.open(day.path)
    with screen.in_english():
        expect(screen.page.get_by_text("have to be settled before")).to_be_visible()
        look(screen, "recon-day-en")
        screen.page.locator(f"{ROWS} a.row-link").first.click()
        expect(screen.page.locator(SHEET).get_by_role("columnheader", name="The biller says")).to_be_visible()
        look(screen, "recon-sheet-en")
        for name in ("Explain", "Propose an adjustment", "Sign first"):
            expect(screen.page.get_by_role("button", name=name, exact=True)).to_have_count(0)
        screen.page.keyboard.press("Escape")
