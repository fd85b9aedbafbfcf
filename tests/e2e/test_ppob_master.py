"""The back office's master data as its people work with it: in, list, add, change, delete, out; on desk and phone."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from organization.choices import Role
from tests.e2e.browser import Screen
from tests.e2e.people import make_person

ROWS = "#list tbody tr"
WITHOUT_ROLES = """
from organization.models import RoleGrant
RoleGrant.objects.filter(employee__nik="{nik}").delete()
"""
LOOKS = [("desktop", False), ("phone", True)]


@pytest.fixture(params=LOOKS, ids=["desk light", "phone dark"])
def admin(as_role, request) -> Screen:
    """Whose forms are refused now and then: the browser calls such an answer an error."""
    width, dark = request.param
    screen = as_role(Role.PPOB_ADMINISTRATOR, width, dark=dark)
    screen.allow(r"console: Failed to load resource.* 422 ")
    return screen


@pytest.fixture
def mark() -> str:
    """Another number for each run: the portal may be one that stands since yesterday."""
    return f"{datetime.now(UTC):%H%M%S%f}"[:10]


def look(screen: Screen, name: str) -> None:
    screen.assert_no_sideways_scroll()
    screen.assert_accessible()
    size = screen.page.viewport_size
    screen.screenshot(f"ppob-{name}-{size['width'] if size else ''}")


def search(screen: Screen, text: str) -> None:
    screen.page.locator("main").get_by_role("searchbox").fill(text)
    expect(screen.page).to_have_url(re.compile(rf"q={text}"))


def press(screen: Screen, name: str) -> None:
    screen.page.locator("main").get_by_role("button", name=name, exact=True).click()


def follow(screen: Screen, name: str) -> None:
    screen.page.locator(".page-actions").get_by_role("link", name=name, exact=True).click()


def say_what_is_wrong(screen: Screen, field: str) -> None:
    """The first faulty field has the focus, and its error stands beside it."""
    expect(screen.page.locator(f"#{field}_error")).to_be_visible()
    expect(screen.page.locator(f"#{field}")).to_be_focused()


def delete(screen: Screen, name: str) -> None:
    """ "Batal" changes nothing, "Ya" takes it out of use."""
    follow(screen, "Hapus")
    look(screen, f"{name}-delete")
    screen.page.locator("main").get_by_role("link", name="Batal", exact=True).click()
    follow(screen, "Hapus")
    press(screen, "Ya")


def test_in_by_the_card_and_out(screen):
    made = screen()
    made.open("/login/")
    made.page.locator(f"button[value={Role.PPOB_ADMINISTRATOR.value}]").first.click()
    made.page.wait_for_url(lambda url: "/login/" not in url)
    for name in ("User", "Produk", "Koneksi", "User Login"):
        expect(
            made.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).first
        ).to_be_visible()
    made.open("/ppob/agents/")
    made.page.locator("form[action$='/logout/'] button").first.evaluate("button => button.click()")
    made.page.wait_for_url(re.compile(r"/login/"))
    made.open("/ppob/agents/")
    expect(made.page).to_have_url(re.compile(r"/login/\?next=/ppob/agents/"))


def test_user(admin, mark):
    admin.open("/ppob/agents/")
    look(admin, "agents")
    follow(admin, "Tambah")
    press(admin, "Simpan")
    say_what_is_wrong(admin, "id_agent_id")
    look(admin, "agent-errors")
    page = admin.page
    page.locator("main").get_by_label("ID agen").fill(f"08{mark}")
    page.locator("main").get_by_label("Nama").fill(f"Kios Uji {mark}")
    press(admin, "Simpan")
    expect(page.locator("h1")).to_have_text(f"Kios Uji {mark}")
    look(admin, "agent")

    follow(admin, "Ubah")
    press(admin, "Simpan Perubahan")
    expect(page.get_by_text("Tidak ada yang diubah").first).to_be_visible()
    follow(admin, "Ubah")
    page.locator("main").get_by_label("Kota").fill("Bandung")
    page.locator("main").get_by_label("Status").select_option("active")
    press(admin, "Simpan Perubahan")
    expect(page.get_by_text("Bandung").first).to_be_visible()

    delete(admin, "agent")
    search(admin, mark)
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator(ROWS).get_by_text("Ditutup")).to_be_visible()


def test_produk(admin, mark):
    admin.open("/ppob/products/")
    look(admin, "products")
    follow(admin, "Tambah")
    page = admin.page
    page.locator("main").get_by_label("Kode").fill(f"U{mark}")
    page.locator("main").get_by_label("Nama").fill(f"Pulsa Uji {mark}")
    page.locator("main").get_by_label("Jenis").select_option("credit")
    page.locator("main").get_by_label("Harga ke pelanggan").fill("12,5")
    press(admin, "Simpan")
    say_what_is_wrong(admin, "id_price")
    expect(page.locator("main").get_by_label("Nama")).to_have_value(f"Pulsa Uji {mark}")
    look(admin, "product-errors")
    page.locator("main").get_by_label("Harga ke pelanggan").fill("12.500")
    press(admin, "Simpan")
    expect(page.get_by_text("Rp 12.500").first).to_be_visible()
    look(admin, "product-new")

    follow(admin, "Ubah")
    page.locator("main").get_by_label("Bagian agen").fill("750")
    press(admin, "Simpan Perubahan")
    expect(page.get_by_text("Rp 750").first).to_be_visible()

    delete(admin, "product")
    search(admin, mark)
    expect(page.locator(ROWS).get_by_text("Tidak dijual").last).to_be_visible()


def test_koneksi(admin, mark):
    admin.open("/ppob/connections/")
    look(admin, "connections")
    follow(admin, "Tambah")
    page = admin.page
    page.locator("main").get_by_label("Kode").fill(f"L{mark}")
    page.locator("main").get_by_label("Biller").select_option(index=1)
    page.locator("main").get_by_label("Alamat").fill("10.99.0.7")
    page.locator("main").get_by_label("Port").fill("70000")
    press(admin, "Simpan")
    say_what_is_wrong(admin, "id_port")
    page.locator("main").get_by_label("Port").fill("7000")
    press(admin, "Simpan")
    expect(page.locator("h1")).to_have_text(f"L{mark}")
    look(admin, "connection")

    follow(admin, "Ubah")
    page.locator("main").get_by_label("Alamat").fill("10.99.0.8")
    press(admin, "Simpan Perubahan")
    expect(page.get_by_text("10.99.0.8").first).to_be_visible()

    delete(admin, "connection")
    search(admin, mark)
    expect(page.locator(ROWS)).to_have_count(1)


def test_user_login(admin, portal):
    person = make_person(portal)
    portal.python(WITHOUT_ROLES.format(nik=person.nik))  # of a run before, in a portal that stands
    admin.open("/ppob/logins/")
    look(admin, "logins")
    follow(admin, "Tambah")
    page = admin.page
    page.locator("main").get_by_label("NIK").fill("99999999")
    page.locator("main").get_by_label("Level").select_option("ppob_staff")
    press(admin, "Simpan")
    say_what_is_wrong(admin, "id_nik")
    expect(page.get_by_text("NIK Belum Terdaftar!").first).to_be_visible()
    page.locator("main").get_by_label("NIK").fill(person.nik)
    press(admin, "Simpan")
    expect(page.get_by_text(person.nik).first).to_be_visible()
    look(admin, "login-confirm")
    press(admin, "Ya")
    type_the_pin(admin)
    expect(page.locator("main").get_by_text("Staf PPOB").first).to_be_visible()
    look(admin, "login")

    follow(admin, "Ubah")
    page.locator("main").get_by_label("Level").select_option("accountant")
    press(admin, "Simpan Perubahan")
    expect(page.locator("main").get_by_text("Akuntan").first).to_be_visible()

    delete(admin, "login")
    expect(page.get_by_text("sudah berakhir").first).to_be_visible()


def type_the_pin(screen: Screen) -> None:
    """Asked for once in five minutes; the session of a card has shown none yet."""
    field = screen.page.locator("input[type=password]")
    if field.count():
        look(screen, "login-pin")
        field.fill("582914")
        field.press("Enter")


def test_what_was_typed_is_not_lost_by_a_wrong_click(as_role):
    screen = as_role(Role.PPOB_ADMINISTRATOR)
    screen.open("/ppob/agents/add/")
    screen.page.locator("main").get_by_label("Nama").fill("Kios yang belum disimpan")
    asked = []
    screen.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    screen.page.locator(".crumbs a").last.click()
    screen.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    expect(screen.page.locator("main").get_by_label("Nama")).to_have_value("Kios yang belum disimpan")


@pytest.mark.parametrize("role", [Role.PPOB_STAFF, Role.ACCOUNTANT, Role.AUDITOR])
def test_who_reads_finds_no_way_to_change(as_role, role):
    screen = as_role(role)
    for path in ("/ppob/agents/", "/ppob/products/", "/ppob/connections/", "/ppob/logins/"):
        assert screen.open(path) == 200
        expect(screen.page.locator(".page-actions").get_by_role("link", name="Tambah")).to_have_count(0)
        screen.page.locator(f"{ROWS} a.row-link").first.click()
        expect(screen.page.locator(".page-actions").get_by_role("link", name="Ubah")).to_have_count(0)


def test_the_products_page_in_english(as_role):
    screen = as_role(Role.PPOB_STAFF, "phone", language="en")
    screen.open("/ppob/products/")
    with screen.in_english():
        screen.page.locator(f"{ROWS} a.row-link").first.click()
        expect(screen.page.get_by_text("Where we buy it")).to_be_visible()
        look(screen, "product-en")
