"""The directories' lists: a fixed number of queries, filters in the address, and no address that breaks them."""

import re
from html import unescape

import pytest
from django.urls import reverse

from organization.choices import Role
from organization.models import Store
from organization.tests.factories import BranchFactory, DivisionFactory, EmployeeFactory, StoreFactory

pytestmark = pytest.mark.django_db
CEILING = 8
STORES, EMPLOYEES = "organization:store-list", "organization:employee-list"


@pytest.fixture(autouse=True)
def administrator(client):
    person = EmployeeFactory(roles=[Role.ADMINISTRATOR], name="Zz Administrator", language="en")
    client.force_login(person)
    return person


def make(count):
    DivisionFactory.create_batch(2)
    branches = BranchFactory.create_batch(2)
    for n in range(count):
        store = StoreFactory(branch=branches[n % 2])
        EmployeeFactory(store=store, branch_office=None, division=DivisionFactory())


def links(response, rel):
    return [
        unescape(url) for url in re.findall(rf'href="([^"]+)"[^>]*rel="{rel}"', response.content.decode())
    ]


@pytest.mark.parametrize("count", [2, 20])
@pytest.mark.parametrize("name", [STORES, EMPLOYEES])
def test_a_page_costs_at_most_eight_queries(client, django_assert_max_num_queries, name, count):
    make(count)
    client.get(reverse(name))  # whatever is cached once a process

    with django_assert_max_num_queries(CEILING):
        assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", [STORES, EMPLOYEES])
def test_a_page_in_the_middle_costs_no_more(client, django_assert_max_num_queries, name):
    make(60)
    second = client.get(links(client.get(reverse(name)), "next")[0])
    third = links(second, "next")[0]

    with django_assert_max_num_queries(CEILING):
        response = client.get(third)

    assert links(response, "prev")


def test_the_way_forth_and_back_shows_the_same_rows(client):
    make(60)
    first = client.get(reverse(STORES))
    second = client.get(links(first, "next")[0])
    back = client.get(links(second, "prev")[0])

    codes = [re.findall(r"T\d{5}", page.content.decode()) for page in (first, second, back)]
    assert codes[0] == codes[2]
    assert not set(codes[0]) & set(codes[1])


def test_filters_stand_in_the_address_and_as_chips(client):
    make(4)
    branch = Store.objects.first().branch

    page = client.get(reverse(STORES), {"branch": branch.pk, "state": "open"}).content.decode()

    assert f"Remove filter Branch: {branch}" in page
    assert "Remove filter State: Open" in page
    assert page.count('class="row-link"') == 2


def test_the_search_finds_every_word_anywhere(client):
    StoreFactory(name="Toko Melati Raya", code="1E05")
    StoreFactory(name="Toko Melati Indah", code="T77777")

    for text in ("melati raya", "1e05", "RAYA melati"):
        page = client.get(reverse(STORES), {"q": text}).content.decode()
        assert "Toko Melati Raya" in page
        assert "Toko Melati Indah" not in page


def test_nothing_found_says_what_to_do(client):
    assert "Nothing matches" in client.get(reverse(STORES), {"q": "nowhere"}).content.decode()


def test_a_fragment_is_only_the_list(client):
    make(2)

    fragment = client.get(reverse(STORES), headers={"HX-Request": "true", "HX-Target": "list"})

    assert fragment.content.strip().startswith(b'<div id="list"')
    assert "HX-Request" in fragment.headers["Vary"]


def test_a_cursor_of_other_filters_shows_page_one_and_says_so(client):
    make(60)
    cursor = links(client.get(reverse(STORES)), "next")[0]

    page = client.get(f"{cursor}&state=open").content.decode()

    assert "That page no longer exists" in page
    assert "T0" in page


HOSTILE = [
    {"c": "x"},
    {"c": "\x00"},
    {"c": "A" * 9000},
    {"q": "\x00"},
    {"q": "%_\\'\"" * 30},
    {"q": "a " * 500},
    {"branch": "99999999999999999999999999"},
    {"branch": "-1"},
    {"branch": "\x00"},
    {"division": "\ud83d"},
    {"state": "__class__"},
    {"status": "' OR 1=1"},
    {"verified": ["yes", "no"]},
    {"sort": "password"},
    {"sort": "-"},
    {"size": "1000000"},
    {"size": "٢٥"},
    {"_connector": "OR", "q": "x"},
]


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: ascii(query)[:40])
@pytest.mark.parametrize("name", [STORES, EMPLOYEES])
def test_no_address_breaks_a_list(client, name, query):
    make(2)
    query = {
        key: value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        for key, value in query.items()
    }

    assert client.get(reverse(name), query).status_code == 200


def test_a_filter_that_makes_no_sense_is_left_out_and_says_so(client):
    make(2)

    page = client.get(reverse(STORES), {"branch": "999999"}).content.decode()

    assert "The filter “Branch” could not be understood" in page
    assert page.count('class="row-link"') == 2


def test_more_than_a_thousand_rows_are_not_counted(client):
    first = StoreFactory()
    Store.objects.bulk_create(
        Store(
            code=f"B{n:05}",
            name="Toko",
            branch=first.branch,
            latitude=first.latitude,
            longitude=first.longitude,
            opened_on=first.opened_on,
        )
        for n in range(1000)
    )

    assert "More than 1,000 rows" in client.get(reverse(STORES)).content.decode()


def test_sorting_goes_round_and_keeps_the_filters(client):
    make(3)

    page = unescape(client.get(reverse(STORES), {"sort": "city", "state": "open"}).content.decode())

    assert 'aria-sort="ascending"' in page
    assert "?state=open&sort=-city" in page
