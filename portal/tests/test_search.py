"""The quick search shows a handful of each kind, and where the rest is."""

import pytest

from organization.choices import Role
from organization.tests.factories import EmployeeFactory, StoreFactory

pytestmark = pytest.mark.django_db


def test_when_there_may_be_more_it_leads_to_the_list(client):
    client.force_login(EmployeeFactory(roles=[Role.ADMINISTRATOR], language="en"))
    StoreFactory.create_batch(4, name="Toko Merdeka")
    assert "All of them in the list" not in client.get("/search/?q=merdeka").content.decode()

    StoreFactory.create_batch(2, name="Toko Merdeka")
    page = client.get("/search/?q=merdeka").content.decode()

    assert 'href="/directory/stores/?q=merdeka"' in page
    assert page.count("Toko Merdeka") == 5
