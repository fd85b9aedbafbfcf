"""People leave out the columns that they do not need; the address says which, and nothing else changes."""

import re

import pytest
from django.urls import reverse

from monitoring.tests.factories import MachineFactory
from organization.choices import Role
from organization.tests.factories import EmployeeFactory, StoreFactory

pytestmark = pytest.mark.django_db
STORES = "/directory/stores/"
LISTS = ["organization:store-list", "organization:employee-list", "monitoring:machine-list", "audit:list"]


@pytest.fixture(autouse=True)
def person(client):
    made = EmployeeFactory(roles=[Role.AUDITOR], language="en")
    client.force_login(made)
    return made


def heads(page):
    table = re.search(r"<thead>.*?</thead>", page.content.decode(), re.DOTALL)
    return [
        re.sub(r"<[^>]+>|\s+", " ", head).strip() for head in re.findall(r"<th.*?</th>", table[0], re.DOTALL)
    ]


def cells(page):
    row = re.search(r"<tbody>.*?</tr>", page.content.decode(), re.DOTALL)
    return len(re.findall(r"<td", row[0]))


@pytest.mark.parametrize("name", LISTS)
def test_every_column_of_the_menu_can_be_left_out_alone(client, person, name):
    StoreFactory()
    MachineFactory()
    client.post(STORES, {"format": "csv"})  # an entry for the trail
    whole = client.get(reverse(name))
    columns = whole.context["list"].view.optional_columns

    assert len(columns) >= 4
    for column in columns:
        page = client.get(reverse(name), {"hide": column.key})
        assert [one for one in heads(whole) if one not in heads(page)] == [str(column.label)]
        assert cells(page) == cells(whole) - 1 == len(heads(page))


def test_filters_orders_pages_and_exports_keep_what_they_are(client):
    StoreFactory.create_batch(30, city="Bandung")

    page = client.get(STORES, {"hide": "city.nonsense", "q": "toko", "sort": "-name"})
    state = page.context["list"]

    assert state.hide == "city"
    assert "hide=city" in state.next_url
    assert client.get(state.next_url).context["list"].rows
    assert not client.get(state.next_url).context["list"].cursor_was_unusable
    assert state.clear_url == f"{STORES}?hide=city"
    assert "hide" not in state.export_url
    assert '<input type="hidden" name="hide" value="city"' in page.content.decode()


def test_a_second_click_shows_the_column_again(client):
    StoreFactory()
    menu = {choice["column"].key: choice for choice in client.get(STORES).context["list"].column_choices}
    without = client.get(menu["city"]["url"])
    again = {choice["column"].key: choice for choice in without.context["list"].column_choices}

    assert (menu["city"]["shown"], again["city"]["shown"]) == (True, False)
    assert "City" in heads(client.get(again["city"]["url"]))


def test_a_swapped_list_brings_the_menu_along(client):
    StoreFactory()
    fragment = client.get(
        STORES, {"hide": "city"}, headers={"HX-Request": "true", "HX-Target": "list"}
    ).content.decode()

    assert '<div hx-swap-oob="innerHTML:#list-columns">' in fragment
