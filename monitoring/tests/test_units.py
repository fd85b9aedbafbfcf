import pytest
from django.utils import translation

from core.templatetags.gerai import NBSP
from monitoring.metrics import METRICS
from monitoring.units import measure, unit_of


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (None, "percent", "–"),
        (0, "percent", f"0{NBSP}%"),
        (3.26, "percent", f"3,3{NBSP}%"),
        (97.4, "percent", f"97{NBSP}%"),
        (1536, "bytes_per_s", f"1,5{NBSP}KB/s"),
        (0.3512, "load", "0,35"),
        (1234, "count", "1.234"),
        (0.244, "ms", f"0,24{NBSP}ms"),
    ],
)
def test_numbers_are_written_with_their_unit_in_indonesian(value, unit, words):
    with translation.override("id"):
        assert measure(value, unit) == words


def test_a_duration_says_its_two_largest_parts():
    with translation.override("en"):
        assert measure(3 * 86400 + 4 * 3600 + 59, "duration") == "3 days 4 h"
        assert measure(88 * 86400 + 4 * 3600, "duration") == "88 days"
        assert measure(3600 + 120, "duration") == "1 h 2 min"


def test_every_metric_has_a_unit_that_can_be_written():
    assert all(measure(1.0, unit_of(metric.name)) for metric in METRICS)
