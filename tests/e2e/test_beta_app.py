"""The Beta-App as its people work with it, the original's table of trials one by one: by mouse, and by the keyboard alone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from organization.choices import Role
from tests.e2e.browser import Screen

LOOKS = [("desktop", False), ("phone", True)]
MAKE = """
from datetime import date, timedelta
from betaapp import services
from betaapp.models import Application, BetaProgram, Version
from organization.models import Employee
maker = Employee.objects.get(nik="9000012")
program = BetaProgram.objects.filter(name={name!r}).first() or services.make_program(
    name={name!r}, first_on=date.today() + timedelta(days=40), last_on=date.today() + timedelta(days=60),
    new_stores="out", actor=maker)
if {with_application!r} and not program.applications.exists():
    version = Version.objects.filter(application__code="ABSEN").order_by("pk").last()
    services.add_application(program=program, application=version.application, version=version, actor=maker)
inside = list(program.enrollments.values_list("store_id", flat=True))
if inside:
    services.change_stores(program=program, add=(), remove=inside, revision=program.revision, actor=None)
print(program.pk)
"""


@pytest.fixture(params=LOOKS, ids=["desk light", "phone dark"])
def manager(as_role, request) -> Screen:
    """Whose forms are refused now and then: the browser calls such an answer an error."""
    width, dark = request.param
    screen = as_role(Role.BETA_MANAGER, width, dark=dark)
    screen.allow(r"console: Failed to load resource.* 422 ")
    return screen


@pytest.fixture
def draft(portal, request) -> str:
    """A draft of this test's own that tries something at no store yet; its name."""
    name = f"Uji {abs(hash(request.node.name)) % 100_000:05}"
    made = portal.python(MAKE.format(name=name, with_application=True))
    assert made.splitlines()[-1].isdigit()
    return name


def look(screen: Screen, name: str) -> None:
    screen.assert_no_sideways_scroll()
    screen.assert_accessible()
    size = screen.page.viewport_size
    screen.screenshot(f"beta-{name}-{size['width'] if size else ''}")


def main(screen: Screen) -> Locator:
    return screen.page.locator("main")


def press(screen: Screen, name: str) -> None:
    main(screen).get_by_role("button", name=name, exact=True).first.click()


def pick(screen: Screen, field: str, text: str) -> None:
    """Open a yellow field, narrow its list, choose what is left."""
    screen.page.locator(f"#{field}").click()
    screen.page.locator("#picker-query").fill(text)
    screen.page.locator("#picker-results a", has_text=text).first.click()


def told(screen: Screen, text: str) -> None:
    expect(screen.page.locator("#toasts")).to_contain_text(text)


def stores_page(screen: Screen, draft: str) -> None:
    screen.open("/beta/stores/")
    pick(screen, "program-field", draft)
    told(screen, f"Data “{draft}” ditampilkan")


def branch_page(screen: Screen, draft: str) -> list[Locator]:
    """The programme's stores of one branch: its checkboxes."""
    stores_page(screen, draft)
    pick(screen, "branch-field", "Jakarta")
    boxes = main(screen).locator('input[name="store"]:not([disabled])')
    expect(boxes.first).to_be_visible()
    return boxes.all()


def test_view_the_yellow_field_opens_the_list_and_fills_the_page(manager):
    manager.open("/beta/")
    look(manager, "program-empty")
    pick(manager, "program-field", "Kasir 2.1")

    told(manager, "Data “Kasir 2.1 promo bertingkat” ditampilkan")
    for text in ("Kasir 2.1 promo bertingkat", "Kevin Tanuwijaya", "9000012", "Kasir Toko", "2.1.0"):
        expect(main(manager)).to_contain_text(text)
    look(manager, "program")


def test_create_with_dates_is_saved_said_and_filled_in(manager):
    manager.open("/beta/")
    manager.page.locator(".page-actions").get_by_role("link", name="Tambah", exact=True).click()
    name = f"Uji {timezone.localdate():%d%m}"
    main(manager).get_by_label("Program", exact=True).fill(name)
    first = timezone.localdate() + timedelta(days=3)
    expect(manager.page.locator("#id_first_on")).to_have_attribute("type", "date")
    manager.page.locator("#id_first_on").fill(f"{first:%Y-%m-%d}")
    manager.page.locator("#id_last_on").fill(f"{first + timedelta(days=9):%Y-%m-%d}")
    look(manager, "program-add")
    press(manager, "Simpan")

    told(manager, f"Program beta “{name}” tersimpan")
    expect(main(manager)).to_contain_text(name)


def test_incomplete_says_so_beside_each_field(manager):
    manager.open("/beta/programs/add/")
    manager.page.locator("#id_name").fill("Setengah jadi")
    press(manager, "Simpan")

    for field in ("id_first_on", "id_last_on"):
        expect(manager.page.locator(f"#{field}_error")).to_contain_text("Ada form yang belum terisi")
    expect(manager.page.locator("#id_name")).to_have_value("Setengah jadi")
    look(manager, "program-incomplete")


def test_add_an_application_by_its_yellow_field(manager, portal):
    name = "Uji aplikasi baru"
    portal.python(MAKE.format(name=name, with_application=False) + "program.applications.all().delete()\n")
    manager.open("/beta/")
    pick(manager, "program-field", name)
    main(manager).get_by_role("link", name="Tambah Aplikasi", exact=True).click()
    pick(manager, "application-field", "Absensi")
    expect(main(manager)).to_contain_text("Absensi karyawan toko")
    manager.page.locator("#id_version").select_option(label="1.9.0")
    look(manager, "application-add")
    press(manager, "Simpan")

    told(manager, "Absensi Toko 1.9.0 sudah masuk program")
    expect(main(manager).locator("table")).to_contain_text("Absensi Toko")


def test_an_incomplete_application_says_so(manager, draft):
    manager.open("/beta/")
    pick(manager, "program-field", draft)
    main(manager).get_by_role("link", name="Tambah Aplikasi", exact=True).click()
    press(manager, "Simpan")

    expect(manager.page.locator("#id_application_error")).to_contain_text("Ada form yang belum terisi")
    expect(manager.page.locator("#id_version_error")).to_contain_text("Ada form yang belum terisi")


def test_remove_with_batal_and_ya(manager, draft):
    manager.open("/beta/")
    pick(manager, "program-field", draft)
    main(manager).get_by_role("link", name="Hapus Absensi Toko").click()
    look(manager, "application-remove")
    main(manager).get_by_role("link", name="Batal", exact=True).click()
    expect(main(manager).locator("table")).to_contain_text("Absensi Toko")

    main(manager).get_by_role("link", name="Hapus Absensi Toko").click()
    press(manager, "Ya")
    told(manager, "Absensi Toko dihapus dari program")
    expect(main(manager)).to_contain_text("Belum ada aplikasi")


def test_branches_are_listed_searched_and_chosen(manager, draft):
    stores_page(manager, draft)
    manager.page.locator("#branch-field").click()
    results = manager.page.locator("#picker-results a")
    expect(results.nth(20)).to_be_attached()
    manager.page.locator("#picker-query").fill("makas")
    expect(results).to_have_count(1)
    manager.page.keyboard.press("Enter")
    expect(manager.page.locator("#branch-field")).to_contain_text("Makassar")
    expect(main(manager).locator('input[name="store"]').first).to_be_visible()
    look(manager, "stores")


def test_tick_save_with_batal_and_ya_untick_again(manager, draft):
    first, second = branch_page(manager, draft)[:2]
    first.check()
    second.check()
    press(manager, "Simpan Perubahan")
    expect(main(manager)).to_contain_text("+2")
    look(manager, "stores-confirm")
    press(manager, "Batal")
    ticked = main(manager).locator('input[name="store"]:checked')
    expect(ticked).to_have_count(2)  # what was ticked stays; nothing is saved
    press(manager, "Simpan Perubahan")
    press(manager, "Ya")
    told(manager, "Daftar toko berhasil diupdate")
    expect(ticked).to_have_count(2)

    ticked.first.uncheck()
    press(manager, "Simpan Perubahan")
    expect(main(manager)).to_contain_text("−1")
    press(manager, "Ya")
    told(manager, "Daftar toko berhasil diupdate")
    expect(ticked).to_have_count(1)


def test_tick_all_of_a_branch(manager, draft):
    boxes = branch_page(manager, draft)
    main(manager).locator("[data-tick-all]:visible").first.check()
    expect(main(manager).locator('input[name="store"]:checked')).to_have_count(len(boxes))
    press(manager, "Simpan Perubahan")
    press(manager, "Ya")
    told(manager, "Daftar toko berhasil diupdate")
    expect(main(manager).locator('input[name="store"]:checked')).to_have_count(len(boxes))


def test_saving_without_a_change_says_so(manager, draft):
    branch_page(manager, draft)
    press(manager, "Simpan Perubahan")
    told(manager, "Belum melakukan perubahan")


def test_all_branches_at_once(manager, draft):
    stores_page(manager, draft)
    main(manager).locator("[data-box-all]").check()
    main(manager).locator("[data-boxes]").get_by_role("button", name="Simpan Perubahan").click()
    expect(main(manager).get_by_role("button", name="Ya", exact=True)).to_be_visible()
    press(manager, "Ya")
    told(manager, "Daftar toko berhasil diupdate")
    expect(main(manager).locator("[data-box]:not(:checked)")).to_have_count(0)


def test_a_list_of_codes_reports_what_is_no_store(manager, draft):
    stores_page(manager, draft)
    code = manager.page.locator("#id_codes")
    code.fill("NOSUCH1, NOSUCH2")
    press(manager, "Tampilkan selisih")
    expect(main(manager)).to_contain_text("2 kode bukan toko dalam cakupan Anda")


def test_the_keyboard_alone_is_enough(manager, draft):
    manager.open("/beta/stores/")
    page = manager.page
    page.locator("#program-field").focus()
    page.keyboard.press("Space")
    page.keyboard.type(draft)
    expect(page.locator("#picker-results a")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#branch-field")).to_be_visible()
    page.locator("#branch-field").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("jakarta")
    expect(page.locator("#picker-results a")).to_have_count(1)
    page.keyboard.press("Enter")
    box = main(manager).locator('input[name="store"]:not([disabled])').first
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    main(manager).get_by_role("button", name="Simpan Perubahan").first.focus()
    page.keyboard.press("Enter")
    expect(main(manager).get_by_role("button", name="Ya", exact=True)).to_be_visible()
    main(manager).get_by_role("button", name="Ya", exact=True).focus()
    page.keyboard.press("Enter")
    told(manager, "Daftar toko berhasil diupdate")


def test_results_versions_and_feedback_are_looked_at(manager):
    manager.open("/beta/results/")
    pick(manager, "program-field", "Kasir 2.1")
    expect(main(manager)).to_contain_text("belum ada data kendala")
    look(manager, "result")
    manager.open("/beta/versions/drift/?tried=yes")
    look(manager, "drift")
    main(manager).locator("tbody .row-link").first.click()
    expect(main(manager)).to_contain_text("Direncanakan")
    look(manager, "store-version")
    manager.open("/beta/feedback/")
    look(manager, "feedback")
    main(manager).locator("tbody .row-link").first.click()
    look(manager, "feedback-detail")


@pytest.mark.parametrize("width", ["phone", "desktop"])
def test_a_store_writes_feedback_with_its_thumb(as_role, width):
    head = as_role(Role.REPORTER, width)
    head.open("/beta/feedback/add/")
    look(head, "feedback-add")
    expect(main(head).get_by_role("heading", name=re.compile("Tulis umpan balik"))).to_be_visible()
