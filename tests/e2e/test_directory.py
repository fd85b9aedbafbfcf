"""Toko and Karyawan: search, filters as chips, pages by key, and coming back to where one was."""

import re

import pytest
from playwright.sync_api import expect

from organization.choices import Role

ROWS = "#list tbody tr"


@pytest.fixture(params=["desktop", "phone"])
def stores(as_role, request):
    screen = as_role(Role.ADMINISTRATOR, request.param)
    screen.open("/directory/stores/")
    return screen


def codes(screen) -> list[str]:
    return screen.page.locator(ROWS).evaluate_all("rows => rows.map(row => row.innerText.split(/\\s/)[0])")


def test_search_narrows_the_list_and_stands_in_the_address(stores):
    page = stores.page
    name = page.locator(ROWS).nth(3).inner_text().split()[0]
    page.get_by_role("searchbox").fill(name)
    expect(page).to_have_url(re.compile(rf"q={name}"))
    expect(page.locator(ROWS).first).to_contain_text(name)
    page.reload()
    expect(page.locator(ROWS).first).to_contain_text(name)


def test_a_filter_is_a_chip_that_can_be_taken_off(stores):
    page = stores.page
    if page.get_by_role("button", name="Saring").is_visible():
        page.get_by_role("button", name="Saring").click()
    page.locator("#list-form select").first.select_option(index=1)
    expect(page.locator(".chip")).to_have_count(1)
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_next_previous_and_back_keep_the_place(stores):
    page = stores.page
    first = codes(stores)
    page.get_by_role("link", name="Berikutnya").click()
    expect(page).to_have_url(re.compile(r"[?&]c="))
    page.wait_for_function(
        "code => !document.querySelector('#list tbody tr').innerText.startsWith(code)", arg=first[0]
    )
    second = codes(stores)
    assert not set(first) & set(second)
    page.locator(ROWS).nth(2).locator("a").first.click()
    page.wait_for_url(re.compile(r"/directory/stores/[^/?]+/"))
    page.go_back()
    page.wait_for_selector(ROWS)
    assert codes(stores) == second
    page.get_by_role("link", name="Sebelumnya").click()
    page.wait_for_function(
        "code => document.querySelector('#list tbody tr').innerText.startsWith(code)", arg=first[0]
    )
    assert codes(stores) == first


def test_nothing_found_says_what_to_do(stores):
    stores.page.get_by_role("searchbox").fill("tidakadatokosepertiini")
    expect(stores.page.get_by_text("Hapus semua saringan").last).to_be_visible()
    stores.assert_accessible()
