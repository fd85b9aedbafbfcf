"""Five minutes of polls as one row: closed windows, any number of times, after any gap."""

from datetime import timedelta

import pytest
from django.utils import timezone

from monitoring.models import RollUp
from monitoring.services import roll_up
from monitoring.tests.factories import MachineFactory, SampleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def window():
    """The first moment of a closed window of today that has partitions."""
    now = timezone.now() - timedelta(minutes=20)
    return now - timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)


def test_a_closed_window_becomes_one_row(window):
    machine = MachineFactory()
    for second, cpu in enumerate((10, 20, 30, 40)):
        SampleFactory(machine=machine, at=window + timedelta(seconds=second), cpu=cpu)
    roll_up()

    row = RollUp.objects.get()
    assert (row.at, row.samples) == (window, 4)
    assert (row.cpu_min, row.cpu_max, row.cpu_mean, row.cpu_p50) == (10, 40, 25, 25)
    assert row.cpu_p95 == pytest.approx(38.5)
    assert row.iowait_mean is None


def test_the_running_window_waits():
    SampleFactory(at=timezone.now(), cpu=10)
    roll_up(now=timezone.now())

    assert not RollUp.objects.exists()


def test_twice_is_as_good_as_once(window):
    SampleFactory(at=window, cpu=10)

    assert roll_up() == 1
    assert roll_up() == 0
    assert RollUp.objects.count() == 1


def test_a_late_sample_changes_the_window_before(window):
    machine = MachineFactory()
    SampleFactory(machine=machine, at=window, cpu=10)
    roll_up()
    SampleFactory(machine=machine, at=window + timedelta(seconds=5), cpu=30)
    SampleFactory(machine=machine, at=window + timedelta(minutes=5), cpu=50)
    roll_up()

    assert list(RollUp.objects.order_by("at").values_list("cpu_mean", flat=True)) == [20, 50]


def test_each_machine_catches_up_from_its_own_last_row(window):
    old, new = MachineFactory(), MachineFactory()
    SampleFactory(machine=old, at=window, cpu=10)
    roll_up()
    SampleFactory(machine=new, at=window, cpu=20)
    SampleFactory(machine=old, at=window + timedelta(minutes=10), cpu=30)
    roll_up()

    assert RollUp.objects.filter(machine=old).count() == 2
    assert RollUp.objects.filter(machine=new).count() == 1
