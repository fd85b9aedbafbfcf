"""A number on every page: counted once, and never the one from before a change."""

import pytest
from django.db import transaction

from core.counts import forget, kept_count

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "test.count"


class Counter:
    def __init__(self, *numbers):
        self.numbers, self.asked = list(numbers), 0

    def __call__(self):
        self.asked += 1
        return self.numbers.pop(0)


def test_it_is_counted_once():
    count = Counter(3)
    assert [kept_count(KEY, count) for _ in range(3)] == [3, 3, 3]
    assert count.asked == 1


def test_a_change_is_seen_at_the_next_page():
    kept_count(KEY, Counter(3))
    with transaction.atomic():
        forget([KEY])
    assert kept_count(KEY, Counter(4)) == 4


def test_who_counted_before_a_change_does_not_bring_the_old_number_back():
    def slow():
        with transaction.atomic():
            forget([KEY])  # another process commits its change while we count
        return 3

    assert kept_count(KEY, slow) == 3
    assert kept_count(KEY, Counter(4)) == 4


def test_a_change_that_is_taken_back_forgets_nothing():
    kept_count(KEY, Counter(3))
    with pytest.raises(RuntimeError), transaction.atomic():
        forget([KEY])
        raise RuntimeError
    assert kept_count(KEY, Counter(4)) == 3
