"""`demo` fills an empty database whole or not at all, and says so in one JSON object."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from organization.models import Employee, Store
from organization.tests.factories import EmployeeFactory
from portal.demo_mark import DemoMark, demo_mark, set_demo_mark
from portal.management.commands import demo

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def _unmarked():
    """The mark is the database's own comment: no teardown of tables takes it away."""
    yield
    set_demo_mark(DemoMark.NONE)


@pytest.fixture
def only_places_and_people(monkeypatch):
    """The machines' history has its own tests."""
    monkeypatch.setattr(demo, "LOADERS", [(1.0, demo.LOADERS[0][1])])


def run(**options) -> dict:
    answer, progress = StringIO(), StringIO()
    call_command("demo", "--json", stdout=answer, stderr=progress, **options)
    assert "100%" in progress.getvalue()
    return json.loads(answer.getvalue())


def test_it_counts_what_it_loaded_and_marks_the_database(only_places_and_people):
    answer = run(stores=120, days=1)

    assert answer["counts"]["organization.store"] == Store.objects.count() == 120
    assert answer["counts"]["organization.employee"] == Employee.objects.count()
    assert answer["seconds"] >= 0
    assert demo_mark() == DemoMark.LOADED


def test_it_refuses_a_database_with_people(only_places_and_people):
    EmployeeFactory()

    with pytest.raises(CommandError, match="has data already"):
        run(stores=120, days=1)
    assert Store.objects.count() == 0
    assert demo_mark() == DemoMark.NONE


def test_a_load_that_breaks_leaves_nothing(monkeypatch):
    def broken(wish, progress):
        raise RuntimeError("the power went out")

    monkeypatch.setattr(demo, "LOADERS", [demo.LOADERS[0], (0.5, broken)])

    with pytest.raises(RuntimeError):
        run(stores=120, days=1)
    assert not Employee.objects.exists()
    assert demo_mark() == DemoMark.NONE


def test_its_size_can_be_set_by_the_environment(only_places_and_people, monkeypatch):
    monkeypatch.setenv("GERAI_DEMO_STORES", "130")

    assert run(days=1)["counts"]["organization.store"] == 130


@pytest.mark.parametrize("options", [{"stores": 5}, {"days": 0}])
def test_a_size_that_makes_no_chain_is_refused(options):
    with pytest.raises(CommandError):
        run(**options)
