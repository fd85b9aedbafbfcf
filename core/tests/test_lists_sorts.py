from django.contrib.auth.models import Group, Permission

from core.lists import Sort
from core.lists.sorts import Order, order_from

SORTS = (
    Sort(key="name", label="Name", field="name"),
    Sort(key="age", label="Age", field="id", descending_first=True),
)


def test_the_address_names_column_and_direction():
    assert order_from("-name", SORTS) == Order(SORTS[0], True)
    assert order_from("age", SORTS).parameter == "age"


def test_a_column_that_is_not_declared_falls_back_to_the_first():
    assert order_from("password", SORTS) == Order(SORTS[0], False)
    assert order_from("--name", (SORTS[1],)) == Order(SORTS[1], True)


def test_the_model_tells_whether_a_column_is_unique_or_may_be_empty():
    assert SORTS[0].is_unique(Group)
    assert not SORTS[0].is_unique(Permission)
    assert not Sort(key="app", label="", field="content_type__app_label").is_nullable(Permission)
    assert Sort(key="x", label="", field="an_annotation").is_nullable(Group)
    assert not Sort(key="x", label="", field="an_annotation", nullable=False).is_nullable(Group)
