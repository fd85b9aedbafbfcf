"""Numbers, money and times as people here read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from core.templatetags import gerai


@pytest.fixture(params=["id", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


def test_rupiah_are_written_the_indonesian_way_in_every_language(language):
    assert gerai.rupiah(1_250_000) == "Rp\u00a01.250.000"
    assert gerai.rupiah(-500) == "\u2212Rp\u00a0500"


def test_no_number_is_not_zero(language):
    assert gerai.number(None) == gerai.bytes_(None) == gerai.rupiah(None) == gerai.exact_time(None) == "–"
    assert gerai.number(0) == "0"


def test_numbers_follow_the_language():
    with translation.override("id"):
        assert gerai.number(15842) == "15.842"
        assert gerai.bytes_(1536) == "1,5\u00a0KB"
    with translation.override("en"):
        assert gerai.number(15842) == "15,842"
        assert gerai.rate(1536) == "1.5\u00a0KB/s"


@pytest.mark.parametrize(
    ("zone", "written"),
    [("Asia/Jakarta", "08.45 WIB"), ("Asia/Makassar", "09.45 WITA"), ("Asia/Jayapura", "10.45 WIT")],
)
def test_a_time_is_shown_in_the_zone_of_the_person_with_its_name(zone, written):
    moment = datetime(2026, 8, 29, 1, 45, tzinfo=UTC)
    with translation.override("id"), timezone.override(ZoneInfo(zone)):
        assert gerai.exact_time(moment).endswith(written)


def test_how_long_ago_keeps_the_exact_time_for_whoever_asks():
    moment = timezone.now() - timedelta(minutes=7)
    with translation.override("en"):
        html = gerai.ago(moment)
    assert "7 minutes ago" in html
    assert f'datetime="{moment.isoformat()}"' in html


def test_an_icon_is_hidden_from_screen_readers_and_carries_no_style():
    svg = Template('{% icon "home" %}').render(Context())
    assert svg.startswith("<svg")
    assert 'aria-hidden="true"' in svg
    assert "style=" not in svg


def test_initials_and_masks():
    assert gerai.initials("Budi Santoso Putra") == "BP"
    assert gerai.initials("Slamet") == "S"
    assert gerai.masked_phone("0812-3456-7890") == "0812 •••• 890"
