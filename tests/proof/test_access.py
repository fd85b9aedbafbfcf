"""Every address for every role by every method, and all bad requests. `make test` runs its own slice of both in
tests/access; here the whole table is for `make proof`, and a few rows of it for every other run.
"""

import random
from typing import Any

import pytest

from tests.access.conftest import _cheap_pins, _thousands_of_refusals_are_not_logged  # noqa: F401  fixtures
from tests.access.matrix import rows
from tests.access.test_bad_requests import broken_answers
from tests.access.test_matrix import mismatches
from tests.access.test_others_objects import ADDRESSES, betrayals
from tests.access.world import World
from tests.proof.conftest import IS_FULL

pytestmark = pytest.mark.django_db
ROWS_IN_CI, SHARE_IN_CI = 6, 0.02


def test_the_whole_matrix(seed: int, report: dict[str, Any]) -> None:
    table = list(rows())
    wanted = table if IS_FULL else random.Random(seed).sample(table, ROWS_IN_CI)

    asked, told = mismatches(World(), wanted, whole=True)

    report |= {"requests": asked, "mismatches": told}
    assert not told


def test_all_bad_requests(seed: int, report: dict[str, Any]) -> None:
    sent, broken = broken_answers(World(), seed, share=1.0 if IS_FULL else SHARE_IN_CI)

    report |= {"requests": sent, "broken": broken}
    assert not broken


def test_nobody_learns_of_somebody_elses_object(seed: int, report: dict[str, Any]) -> None:
    wanted = ADDRESSES if IS_FULL else random.Random(seed).sample(ADDRESSES, ROWS_IN_CI)

    asked, told = betrayals(World(), wanted, whole=True)

    report |= {"pairs of requests": asked, "told": told}
    assert not told
