"""The report and what hangs on it as its people work with it: find, take home, save, ask, settle; on desk and phone."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from organization.choices import Role
from tests.e2e.browser import Screen
from tests.e2e.test_ppob_master import LOOKS, ROWS, follow, look, press, say_what_is_wrong, search

SELL = """
from datetime import UTC, datetime
from ppob.models import Agent, BillerProduct
from ppob.services.sales import Sale, report_sales
route = BillerProduct.objects.select_related("biller", "product").exclude(biller__code="FINNET").first()
agent = Agent.objects.filter(status="active").order_by("{order}").first()
report_sales([Sale(noref="{noref}", biller=route.biller.code, agent=agent.agent_id, product=route.product.code,
                   customer_id="99{noref}", occurred_at=datetime.now(UTC), state="{state}", bill={bill})])
"""


@pytest.fixture(params=LOOKS, ids=["desk light", "phone dark"])
def admin(as_role, request) -> Screen:
    width, dark = request.param
    screen = as_role(Role.PPOB_ADMINISTRATOR, width, dark=dark)
    screen.allow(r"console: Failed to load resource.* 422 ")
    return screen


@pytest.fixture
def mark() -> str:
    return f"{datetime.now(UTC):%d%H%M%S%f}"[:12]


def sell(portal, noref: str, *, state: str = "success", bill: int = 10_000, order: str = "pk") -> None:
    portal.python(SELL.format(noref=noref, state=state, bill=bill, order=order))


def test_find_a_sale_and_all_that_is_known_of_it(admin, portal, mark):
    sell(portal, mark)
    admin.open("/ppob/transactions/")
    page = admin.page
    expect(page.locator("#sales-totals").get_by_text("Sukses", exact=True)).to_be_visible()
    look(admin, "report")
    search(admin, f"99{mark}")
    expect(page.locator(ROWS)).to_have_count(1)
    look(admin, "report-found")
    page.locator(f"{ROWS} a.row-link").click()
    expect(page.get_by_text("Rincian uang")).to_be_visible()
    expect(page.locator(".page-sub").get_by_text(mark)).to_be_visible()
    look(admin, "transaction")


def test_a_filter_that_makes_no_sense_says_so(admin):
    admin.open("/ppob/transactions/?since=kemarin&biller=999999")
    expect(admin.page.get_by_text("tidak dipahami").first).to_be_visible()
    look(admin, "report-nonsense")


def test_take_home_what_is_filtered(admin, portal, mark):
    sell(portal, mark, state="failed")
    admin.open(f"/ppob/transactions/?q={mark}")
    page = admin.page
    page.locator(".page-actions").get_by_role("button", name="Unduh").click()
    with page.expect_download() as taken:
        page.locator("#list-export button[value=csv]").click()
    text = open(taken.value.path(), encoding="utf-8-sig", newline="").read()  # noqa: SIM115, PTH123
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    assert [line[3] for line in lines] == [mark]
    assert head[3] == "Noref"


def test_new_sales_come_by_themselves(as_role, portal, mark):
    screen = as_role(Role.PPOB_STAFF)
    screen.open("/ppob/transactions/")
    page = screen.page
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    sell(portal, mark)
    expect(page.locator(ROWS).filter(has_text=mark)).to_have_count(1, timeout=8000)

    # Whoever reads further down is told, and nothing moves.
    page.evaluate("window.scrollTo(0, 600)")
    first = page.locator(ROWS).first.inner_text()
    later = str(int(mark) + 1).zfill(12)
    sell(portal, later)
    expect(page.locator("#sales-news button")).to_be_visible(timeout=8000)
    assert page.locator(ROWS).first.inner_text() == first
    look(screen, "report-news")
    page.locator("#sales-news button").click()
    expect(page.locator(ROWS).filter(has_text=later)).to_have_count(1)


def test_laporan_tersimpan(admin, mark):
    admin.open("/ppob/transactions/")
    follow(admin, "Laporan tersimpan")
    follow(admin, "Tambah")
    page = admin.page
    press(admin, "Simpan")
    say_what_is_wrong(admin, "id_name")
    look(admin, "report-errors")
    page.locator("main").get_by_label("Nama", exact=True).first.fill(f"Gagal {mark}")
    page.locator("#id_state").select_option("failed")
    page.locator("#id_file_format").select_option("csv")
    press(admin, "Simpan")
    search(admin, mark)
    expect(page.locator(ROWS)).to_have_count(1)
    look(admin, "reports")

    page.locator(f"{ROWS} a.row-link").click()
    press(admin, "Simpan Perubahan")
    expect(page.get_by_text("Tidak ada yang diubah").first).to_be_visible()
    search(admin, mark)
    page.locator(f"{ROWS} a.row-link").click()
    page.locator("#id_frequency").select_option("weekly")
    look(admin, "report-change")
    press(admin, "Simpan Perubahan")
    search(admin, mark)
    expect(page.locator(ROWS).get_by_text("Setiap minggu")).to_be_visible()

    page.locator(ROWS).get_by_role("button", name="Jalankan sekarang").click()
    expect(page).to_have_url(re.compile(r"/jobs/"))
    expect(page.get_by_role("link", name=re.compile("Unduh")).first).to_be_visible(timeout=30_000)

    admin.open(f"/ppob/reports/?q={mark}")
    page.locator(ROWS).get_by_role("link", name="Hapus").click()
    look(admin, "report-delete")
    press(admin, "Ya")
    admin.open(f"/ppob/reports/?q={mark}")
    expect(page.locator(ROWS)).to_have_count(0)


def test_antrian_suspect(admin, portal, mark):
    sell(portal, mark, state="suspect")
    admin.open("/ppob/suspects/")
    look(admin, "suspects")
    search(admin, mark)
    page = admin.page
    expect(page.locator(ROWS)).to_have_count(1)
    page.locator(ROWS).get_by_role("button", name="Minta advice").click()
    page.locator("#confirm").get_by_role("button", name="Batal").click()
    expect(page.locator(ROWS).get_by_text("Belum diminta")).to_be_visible()
    page.locator(ROWS).get_by_role("button", name="Minta advice").click()
    page.locator("#confirm").get_by_role("button", name="Ya").click()
    expect(page.get_by_text("Core ditanya tentang").first).to_be_visible()
    admin.open(f"/ppob/suspects/?q={mark}")
    expect(page.locator(ROWS).get_by_text("Menunggu jawaban")).to_be_visible()


def test_pengecualian(admin, portal, mark):
    # More than any agent of the demo has.
    sell(portal, mark, bill=900_000_000)
    admin.open("/ppob/exceptions/?state=open")
    look(admin, "exceptions")
    page = admin.page
    row = page.locator(ROWS).filter(has_text=mark)
    row.get_by_role("link", name="Tutup").click()
    press(admin, "Tutup pengecualian")
    say_what_is_wrong(admin, "id_note")
    look(admin, "exception-close")
    page.locator("#id_note").fill(f"Lunas tunai {mark}")
    press(admin, "Tutup pengecualian")
    admin.open("/ppob/exceptions/?state=closed")
    expect(page.locator(ROWS).filter(has_text=f"Lunas tunai {mark}")).to_have_count(1)


def test_the_days_figures(admin):
    for path, name in (("/ppob/performance/", "performance"), ("/ppob/recap/", "recap")):
        admin.open(path)
        look(admin, name)
        admin.page.get_by_role("navigation", name="Periode").get_by_role("link", name="7 hari").click()
        look(admin, f"{name}-week")


def test_who_reads_finds_no_way_to_act(as_role):
    screen = as_role(Role.PPOB_STAFF)
    for path in ("/ppob/suspects/", "/ppob/exceptions/", "/ppob/reports/"):
        assert screen.open(path) == 200
        for name in ("Minta advice", "Tutup", "Tambah"):
            expect(screen.page.locator("main").get_by_role("button", name=name, exact=True)).to_have_count(0)
            expect(screen.page.locator("main").get_by_role("link", name=name, exact=True)).to_have_count(0)


def test_the_report_in_english(as_role):
    screen = as_role(Role.PPOB_STAFF, "phone", language="en")
    screen.open("/ppob/transactions/")
    with screen.in_english():
        expect(screen.page.locator("h1")).to_have_text("Transaction report")
        look(screen, "report-en")
