"""The machine that the portal runs on, seen live: what the page shows is what the processor does."""

import time

import pytest
from playwright.sync_api import expect

from organization.choices import Role

WITHIN = 30


@pytest.fixture
def admin(as_role):
    return as_role(Role.MONITORING_ADMIN)


def cpu(screen) -> str:
    return screen.page.locator(".machine-figures [data-value=cpu]").first.inner_text()


def wait_for_change(screen, before: str, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (now := cpu(screen)) not in {before, "", "–", "—"}:
            return now
        screen.page.wait_for_timeout(500)
    raise AssertionError(f"CPU stayed at {before!r} for {seconds} s")


def open_this_host(screen) -> None:
    screen.open("/monitoring/machines/")
    screen.page.locator("tr", has_text="Mesin ini").locator("a.row-link").click()
    screen.page.wait_for_url("**/monitoring/machines/*/")


def test_the_cpu_of_this_machine_moves(admin):
    open_this_host(admin)
    first = wait_for_change(admin, "", WITHIN)
    second = wait_for_change(admin, first, WITHIN)
    assert first != second
    expect(admin.page.locator("html")).to_have_attribute("data-live", "on")


def test_home_shows_the_machines(admin):
    admin.open("/")
    expect(admin.page.get_by_text("Aman").first).to_be_visible(timeout=WITHIN * 1000)


def test_loading_the_machine_shows(admin):
    open_this_host(admin)
    admin.page.get_by_role("button", name="Bebani mesin ini 60 detik").click()
    admin.page.get_by_role("button", name="Ya").click()
    deadline = time.monotonic() + 45
    while time.monotonic() < deadline:
        shown = "".join(sign for sign in cpu(admin).replace(",", ".") if sign.isdigit() or sign == ".")
        if shown and float(shown) > 60:
            return
        admin.page.wait_for_timeout(1000)
    raise AssertionError(f"45 s of load, and the page shows {cpu(admin)!r}")
