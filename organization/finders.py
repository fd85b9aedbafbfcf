"""What the quick search finds of places and people."""

from django.urls import reverse

from core.lists import SearchFilter
from core.registry import HITS_SHOWN, Hit
from organization.models import Employee
from organization.selectors import employees_visible_to, stores_visible_to

STORE_SEARCH = SearchFilter(fields=("code", "name", "city"))
EMPLOYEE_SEARCH = SearchFilter(fields=("name", "nik"))


def find_stores(viewer: Employee, text: str) -> list[Hit]:
    stores = STORE_SEARCH.filter(stores_visible_to(viewer), text).order_by("code")[:HITS_SHOWN]
    return [
        Hit(label=str(store), url=reverse("organization:store-detail", args=[store.pk]), note=store.city)
        for store in stores
    ]


def find_employees(viewer: Employee, text: str) -> list[Hit]:
    people = EMPLOYEE_SEARCH.filter(employees_visible_to(viewer), text).order_by("name", "pk")[:HITS_SHOWN]
    return [
        Hit(label=person.name, url=reverse("organization:employee-detail", args=[person.pk]), note=person.nik)
        for person in people
    ]
