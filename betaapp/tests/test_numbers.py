"""Version numbers: what is one, and which is older. The order is semver.org's rule 11 and PEP 440's."""

import pytest

from betaapp.numbers import is_older, is_version_number


@pytest.mark.parametrize(
    "text", ["2.1", "2.1.0", "2.1.0-beta.1", "1!2.0", "2.1.0rc1", "1.0.0-x.7.z.92", "1.0.0-alpha.beta+7"]
)
def test_both_ways_of_writing_are_version_numbers(text):
    assert is_version_number(text)


@pytest.mark.parametrize(
    "text", ["", "dua", "2..1", "2.1.0-", "01.2.3-x.y", "2.1 0", "\u0662.\u0661", "2.1\n3", "1" * 41, "2.1\0"]
)
def test_nonsense_is_none(text):
    assert not is_version_number(text)


SEMVER_ORG = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
]
PEP_440 = [
    "1.dev0",
    "1.0.dev456",
    "1.0a1",
    "1.0a2.dev456",
    "1.0a12",
    "1.0b1",
    "1.0rc1",
    "1.0",
    "1.0.post1",
    "1.1.dev1",
    "1.10",
]


@pytest.mark.parametrize("order", [SEMVER_ORG, PEP_440, ["2.9.0", "2.10.0", "3.0.0"]])
def test_the_order_is_the_published_one(order):
    for position, number in enumerate(order):
        for later in order[position + 1 :]:
            assert is_older(number, later), (number, later)
            assert not is_older(later, number)


def test_two_ways_of_writing_one_number_are_no_step_back():
    assert not is_older("2.1", "2.1.0")
    assert not is_older("2.1.0", "2.1")
