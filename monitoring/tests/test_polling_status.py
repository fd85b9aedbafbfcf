"""Colours by fixed limits, and how slowly they change."""

import pytest

from monitoring.choices import Status
from monitoring.polling.status import Damping, Verdict, judge
from monitoring.tests.factories import reading


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, Status.SAFE),
        ({"cpu": 79.9}, Status.SAFE),
        ({"cpu": 80.0}, Status.WARNING),
        ({"cpu": 95.0}, Status.DANGER),
        ({"cpu": 85.0, "disk_pct": 96.0}, Status.DANGER),
        ({"cpu": 96.0, "disk_pct": 86.0}, Status.DANGER),
        ({"cpu": None}, Status.SAFE),
    ],
)
def test_the_worst_metric_decides(values, status):
    assert judge(reading(**values)).status == status


def test_every_passed_limit_is_a_reason():
    assert judge(reading(cpu=99.04, disk_pct=86)).reasons == [
        {"metric": "cpu", "value": 99.0, "limit": 95},
        {"metric": "disk_pct", "value": 86, "limit": 85},
    ]


def test_one_spike_changes_no_colour_and_two_do():
    damping = Damping()

    assert not damping.agrees(Status.SAFE, Status.DANGER)
    assert damping.agrees(Status.SAFE, Status.DANGER)


def test_a_calm_poll_between_two_spikes_starts_again():
    damping = Damping()
    damping.agrees(Status.SAFE, Status.DANGER)
    damping.agrees(Status.SAFE, Status.SAFE)

    assert not damping.agrees(Status.SAFE, Status.DANGER)


def test_a_grey_machine_shows_its_colour_at_once():
    assert Damping().agrees(Status.NO_DATA, Status.SAFE)


def test_worst_first_has_unknown_machines_above_busy_ones():
    order = [Status.DANGER, Status.NO_DATA, Status.WARNING, Status.MAINTENANCE, Status.SAFE]
    severities = [Verdict(status, []).severity for status in order]

    assert severities == sorted(severities, reverse=True)
