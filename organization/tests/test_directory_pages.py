"""Keyset pages over real rows: nothing shown twice, nothing left out, in both directions."""

from datetime import date, timedelta

import pytest

from core.lists import Sort
from core.lists.keyset import read_page
from core.lists.sorts import Order
from organization.models import Store
from organization.tests.factories import BranchFactory, StoreFactory

pytestmark = pytest.mark.django_db

CODE = Sort(key="code", label="", field="code")
CITY = Sort(key="city", label="", field="city")
PAUSED = Sort(key="paused", label="", field="paused_from")
SIZE = 3


@pytest.fixture
def stores():
    branch, day = BranchFactory(), date(2026, 1, 1)
    for n in range(10):
        StoreFactory(
            branch=branch, city=f"Kota {n % 3}", paused_from=None if n % 2 else day + timedelta(days=n % 4)
        )
    return Store.objects.all()


def walk(queryset, order, *, back=False):
    """All pages from the first to the last, or the same from the last to the first."""
    pages = [read_page(queryset, order=order, size=SIZE)]
    while pages[-1].next:
        pages.append(read_page(queryset, order=order, size=SIZE, position=pages[-1].next))
    if not back:
        return [[row.pk for row in page.rows] for page in pages]
    pages = pages[-1:]
    while pages[0].previous:
        pages.insert(0, read_page(queryset, order=order, size=SIZE, position=pages[0].previous))
    return [[row.pk for row in page.rows] for page in pages]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", [CODE, CITY, PAUSED], ids=lambda sort: sort.key)
def test_every_row_comes_once_in_both_directions(stores, sort, descending):
    order = Order(sort, descending)

    pages = walk(stores, order)

    assert sorted(pk for page in pages for pk in page) == sorted(stores.values_list("pk", flat=True))
    assert [len(page) for page in pages] == [3, 3, 3, 1]
    assert walk(stores, order, back=True) == pages


@pytest.mark.parametrize("descending", [False, True])
def test_rows_without_a_value_come_last_in_both_directions(stores, descending):
    pks = [pk for page in walk(stores, Order(PAUSED, descending)) for pk in page]

    values = [Store.objects.get(pk=pk).paused_from for pk in pks]
    assert values[5:] == [None] * 5
    assert values[:5] == sorted(values[:5], reverse=descending)


def test_a_row_added_before_the_page_shifts_nothing(stores):
    order = Order(CODE, False)
    first = read_page(stores, order=order, size=SIZE)

    StoreFactory(code="0000")

    second = read_page(stores, order=order, size=SIZE, position=first.next)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


def test_the_position_is_kept_when_its_row_is_gone(stores):
    order = Order(CODE, False)
    first = read_page(stores, order=order, size=SIZE)
    expected = read_page(stores, order=order, size=SIZE, position=first.next).rows

    Store.objects.filter(pk=first.rows[-1].pk).delete()

    assert read_page(stores, order=order, size=SIZE, position=first.next).rows == expected
