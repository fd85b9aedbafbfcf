"""A cursor opens only for the list it was made for, and shows nobody what it holds."""

from datetime import UTC, date, datetime

import pytest

from core.lists.cursor import Position, UnusableCursor, fingerprint, seal, unseal


@pytest.mark.parametrize("value", ["Toko Kemang", "", None, 7, date(2026, 8, 29)])
def test_a_cursor_brings_its_position_back(value):
    position = unseal(seal(Position(value, 12, backwards=True), of="list"), of="list")

    plain = value.isoformat() if isinstance(value, date) else value
    assert position == Position(plain, 12, True)


def test_a_moment_keeps_its_microseconds():
    moment = datetime(2026, 8, 29, 8, 45, 0, 123456, tzinfo=UTC)

    assert unseal(seal(Position(moment, 1), of="list"), of="list").value == moment.isoformat()


def test_a_cursor_of_other_filters_is_refused():
    with pytest.raises(UnusableCursor):
        unseal(seal(Position("a", 1), of="list of open stores"), of="list of closed stores")


@pytest.mark.parametrize("text", ["", "x", "ÿ\x00", "gAAAAA", "9" * 5000])
def test_nonsense_is_refused(text):
    with pytest.raises(UnusableCursor):
        unseal(text, of="list")


def test_one_changed_letter_is_refused():
    sealed = seal(Position("a", 1), of="list")
    altered = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]

    with pytest.raises(UnusableCursor):
        unseal(altered, of="list")


def test_the_value_does_not_stand_in_the_address():
    assert "2015000001" not in seal(Position("2015000001", 1), of="list")


def test_lists_that_differ_in_a_filter_have_other_names():
    assert fingerprint("list", [("state", ["open"])]) != fingerprint("list", [("state", ["closed"])])
