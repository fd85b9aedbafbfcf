"""The rate ratio and its interval: against beta quantiles computed another way, and against published cases."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from betaapp.statistics import rate_ratio


def beta_cdf(x: float, a: int, b: int) -> float:
    """For whole a and b: P(Bin(a+b−1, x) ≥ a), summed term by term."""
    n = a + b - 1
    log_x, log_y = math.log(x), math.log1p(-x)
    terms = (
        math.exp(
            math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * log_x + (n - k) * log_y
        )
        for k in range(a, n + 1)
    )
    return math.fsum(terms)


def beta_quantile(p: float, a: int, b: int) -> float:
    """By halving the interval; slow and plain."""
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        if beta_cdf(middle, a, b) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 60), st.integers(1, 10**6), st.integers(0, 60), st.integers(1, 10**6))
def test_the_limits_are_beta_quantiles_to_a_millionth(x, t, y, u):
    found = rate_ratio(x, t, y, u)
    if x + y == 0:
        assert found is None
        return
    assert found is not None
    low = beta_quantile(0.025, x, y + 1) if x else 0.0
    assert found.low == pytest.approx(low / (1 - low) * u / t, rel=1e-6)
    if y:
        high = beta_quantile(0.975, x + 1, y)
        assert found.high == pytest.approx(high / (1 - high) * u / t, rel=1e-6)
        assert found.value == pytest.approx(x * u / (y * t))
        assert found.low <= found.value <= found.high
    else:
        assert (found.value, found.high) == (None, None)


def test_groups_that_change_places_turn_the_interval_over():
    one, other = rate_ratio(12, 340, 30, 2100), rate_ratio(30, 2100, 12, 340)
    assert one is not None
    assert other is not None
    assert one.low == pytest.approx(1 / other.high)
    assert one.high == pytest.approx(1 / other.low)


@pytest.mark.parametrize("nonsense", [(0, 5, 0, 5), (1, 0, 1, 5), (1, 5, 1, 0), (-1, 5, 1, 5)])
def test_without_events_or_days_there_is_no_ratio(nonsense):
    assert rate_ratio(*nonsense) is None
